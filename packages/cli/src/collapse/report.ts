import {
  type Block,
  formatNumber,
  formatPercent,
  htmlPage,
  imageGrid,
  lineChart,
  type Picture,
  type Section,
} from '@agop/report';
import type { CollapseSummary, LayerNumbers, StageNumbers } from './summary.ts';
import { settingsLine, verdict } from './words.ts';

export interface CollapseReportInput {
  readonly summary: CollapseSummary;
  readonly grams: readonly Picture[];
  readonly commandLine: string;
}

/** The report of a run: one HTML page. */
export async function collapseReport({ summary, grams, commandLine }: CollapseReportInput): Promise<string> {
  const { data, trainingRows, heldOutRows, features, classes, layers, seed, seconds, device, dtype } =
    summary;
  const [first, last] = [layers[0], layers.at(-1)];
  return htmlPage({
    title: `Neural collapse on ${data}`,
    subtitle:
      'A network built layer by layer from average gradient outer products and random features (Deep RFM)',
    intro: [
      {
        kind: 'facts',
        facts: [
          ['NC1 at the input', formatNumber(first?.nc1.input ?? Number.NaN, 3)],
          ['NC1 after the last projection', formatNumber(last?.nc1.projected ?? Number.NaN, 3)],
          ['held-out accuracy', formatPercent(last?.accuracy ?? Number.NaN)],
          ['training rows', String(trainingRows)],
          ['held-out rows', String(heldOutRows)],
          ['features, classes', `${features}, ${classes.length}`],
          ['seed', String(seed)],
          ['seconds', formatNumber(seconds, 3)],
          ['computed on', `${device}, ${dtype}`],
        ],
      },
      { kind: 'text', text: verdict(summary).join(' ') },
      { kind: 'text', text: `Settings: ${settingsLine(summary)}.` },
    ],
    sections: [
      await collapseSection(summary),
      gramSection(grams, classes.length),
      await causeSection(summary),
      await accuracySection(summary),
      numbersSection(summary),
      { heading: 'How it was made', blocks: [{ kind: 'code', text: commandLine }] },
    ],
    footer: 'Made with agop. After Beaglehole, Súkeník, Mondelli, Belkin 2024, arXiv 2402.13728.',
  });
}

const stages = [
  { key: 'input', label: 'X' },
  { key: 'projected', label: 'X √M' },
  { key: 'features', label: 'Φ(X √M)' },
] as const satisfies readonly { key: keyof StageNumbers; label: string }[];

const layerAxis = { label: 'layer' };

async function collapseSection(summary: CollapseSummary): Promise<Section> {
  const blocks: Block[] = [
    {
      kind: 'text',
      text:
        'Each layer scales its rows X to length 1, fits a kernel machine to them, projects them with the root of its average gradient outer product M, and maps the result by Φ. ' +
        'NC1 compares the scatter of samples about their class means with the scatter of the means, tr Σ_W / tr Σ_B: 0 when every class is a point.',
    },
    await curves(summary, 'NC1 over depth, training rows', 'NC1', (layer) => layer.nc1),
    await curves(summary, 'NC1 over depth, held-out rows', 'NC1', (layer) => layer.heldOut.nc1),
    {
      kind: 'text',
      text: 'NC2 is the mean squared difference between the cosines of the centered class means and those of a simplex, in which all pairs have the same angle: 0 when the classes are as far from each other as they can be.',
    },
    await curves(summary, 'NC2 over depth, training rows', 'NC2', (layer) => layer.nc2),
    await curves(summary, 'NC2 over depth, held-out rows', 'NC2', (layer) => layer.heldOut.nc2),
  ];
  return { heading: 'Collapse over depth', blocks };
}

type SummaryLayer = CollapseSummary['layers'][number];

async function curves(
  { layers }: CollapseSummary,
  title: string,
  label: string,
  of: (layer: SummaryLayer) => StageNumbers,
): Promise<Block> {
  if (layers.every((layer) => stages.every(({ key }) => of(layer)[key] === 0))) {
    return { kind: 'text', text: `${title}: 0 in every layer.` };
  }
  const svg = await lineChart({
    title,
    series: stages.map((stage) => ({
      label: stage.label,
      x: layers.map(({ layer }) => layer),
      y: layers.map((layer) => of(layer)[stage.key]),
    })),
    x: layerAxis,
    y: { label, log: true },
  });
  return { kind: 'figure', svg, caption: `${title}, logarithmic scale.` };
}

function gramSection(grams: readonly Picture[], classes: number): Section {
  const rows = grams[0]?.height ?? 0;
  return {
    heading: 'Gram matrices',
    blocks: [
      {
        kind: 'text',
        text: `Cosines between ${rows} training rows of ${classes} classes, ordered by class, after their mean has been subtracted: at the input and of the features that layers make. As a class collapses, its block on the diagonal becomes 1.`,
      },
      {
        kind: 'figure',
        svg: imageGrid({
          title: 'Gram matrices by depth',
          pictures: grams,
          columns: Math.min(4, grams.length),
          ramp: 'diverging',
          domain: [-1, 1],
        }),
        caption: 'From -1 to 1; 0 has the colour of the background.',
      },
    ],
  };
}

async function causeSection({ layers, drop }: CollapseSummary): Promise<Section> {
  const decades = (of: (drop: NonNullable<LayerNumbers['drop']>) => number): number[] =>
    layers.map((layer) => (layer.drop === null ? Number.NaN : of(layer.drop)));
  const blocks: Block[] = [
    {
      kind: 'text',
      text: `By how many decades NC1 of the training rows falls in each layer, by the projection with √M and by the random map Φ; below 0 it rises. In all: ${drop.projection.toFixed(2)} decades by projections, ${drop.map.toFixed(2)} by maps. (Scaling rows to length 1 between layers changes NC1 as well, and belongs to neither.)`,
    },
    {
      kind: 'figure',
      svg: await lineChart({
        title: 'What lowers NC1',
        series: [
          { label: 'projection', y: decades(({ projection }) => projection) },
          { label: 'Φ', y: decades(({ map }) => map) },
        ].map((series) => ({ ...series, x: layers.map(({ layer }) => layer) })),
        x: layerAxis,
        y: { label: 'decades of NC1' },
        levels: [{ value: 0, label: '' }],
      }),
      caption: 'log₁₀ of the factor by which NC1 falls, training rows.',
    },
  ];
  return { heading: 'What drives it', blocks };
}

async function accuracySection({ layers, input }: CollapseSummary): Promise<Section> {
  const x = [0, ...layers.map(({ layer }) => layer)];
  return {
    heading: 'Accuracy per layer',
    blocks: [
      {
        kind: 'figure',
        svg: await lineChart({
          title: 'Accuracy per layer',
          series: [
            { label: 'training', x, y: [input.trainAccuracy, ...layers.map((l) => l.trainAccuracy)] },
            { label: 'held out', x, y: [input.accuracy, ...layers.map((l) => l.accuracy)] },
          ],
          x: layerAxis,
          y: { label: 'accuracy', percent: true },
        }),
        caption: 'Of a kernel machine on the features of each layer; 0 is the input.',
      },
      {
        kind: 'figure',
        svg: await lineChart({
          title: 'NC4 per layer',
          series: [
            { label: 'training', x: x.slice(1), y: layers.map(({ nc4 }) => nc4) },
            { label: 'held out', x: x.slice(1), y: layers.map(({ heldOut }) => heldOut.nc4) },
          ],
          x: layerAxis,
          y: { label: 'NC4', percent: true },
        }),
        caption:
          'NC4: the share of rows for which that kernel machine and the nearest class mean of the features decide alike.',
      },
    ],
  };
}

function numbersSection({ layers }: CollapseSummary): Section {
  return {
    heading: 'Numbers',
    blocks: [
      {
        kind: 'table',
        caption: 'Training rows, and the held-out accuracy.',
        header: ['layer', 'NC1 X', 'NC1 X √M', 'NC1 Φ', 'NC2 X', 'NC2 X √M', 'NC2 Φ', 'NC4', 'accuracy'],
        rows: layers.map(({ layer, nc1, nc2, nc4, accuracy }) => [
          layer,
          ...[nc1.input, nc1.projected, nc1.features, nc2.input, nc2.projected, nc2.features],
          formatPercent(nc4),
          formatPercent(accuracy),
        ]),
      },
    ],
  };
}
