import {
  type Block,
  block,
  formatNumber,
  formatPercent,
  lineChart,
  type PageOptions,
  type Section,
  scatterChart,
} from '@agop/report';
import { collapseCurves, gramGrid, layerAxis } from './pictures.ts';
import {
  type CollapseLayer,
  type CollapsePlane,
  type CollapseRunResult,
  type CollapseSummary,
  type StageNumbers,
  stages,
} from './result.ts';
import { settingsLine, verdict } from './sentences.ts';

/** The report of a run. */
export async function collapsePage({ summary, grams, planes = [] }: CollapseRunResult): Promise<PageOptions> {
  const { data, trainingRows, heldOutRows, features, classes, layers, seed, seconds, device, dtype } =
    summary;
  const [first, last] = [layers[0], layers.at(-1)];
  return {
    title: `Neural collapse on ${data}`,
    subtitle:
      'A network built layer by layer from average gradient outer products and random features (Deep RFM)',
    intro: [
      block.facts([
        ['NC1 at the input', formatNumber(first?.nc1.input ?? Number.NaN, 3)],
        ['NC1 after the last projection', formatNumber(last?.nc1.projected ?? Number.NaN, 3)],
        ['held-out accuracy', formatPercent(last?.accuracy ?? Number.NaN)],
        ['training rows', String(trainingRows)],
        ['held-out rows', String(heldOutRows)],
        ['features, classes', `${features}, ${classes.length}`],
        ['seed', String(seed)],
        ['seconds', formatNumber(seconds, 3)],
        ['computed on', `${device}, ${dtype}`],
      ]),
      block.text(verdict(summary).join(' ')),
      block.text(`Settings: ${settingsLine(summary)}.`),
    ],
    sections: [
      await collapseSection(layers),
      ...(planes.length === 0 ? [] : [await planeSection(planes, classes.map(String))]),
      ...(grams.length === 0 ? [] : [gramSection(grams, classes.length)]),
      await causeSection(summary),
      await accuracySection(summary),
      numbersSection(layers),
    ],
    footer: 'Made with agop. After Beaglehole, Súkeník, Mondelli, Belkin 2024, arXiv 2402.13728.',
  };
}

async function collapseSection(layers: readonly CollapseLayer[]): Promise<Section> {
  const blocks: Block[] = [
    block.text(
      'Each layer scales its rows X to length 1, fits a kernel machine to them, projects them with the root of its average gradient outer product M, and maps the result by Φ. ' +
        'NC1 compares the scatter of samples about their class means with the scatter of the means, tr Σ_W / tr Σ_B: 0 when every class is a point.',
    ),
    await collapseCurve(layers),
    await curves(layers, 'NC1 over depth, held-out rows', 'NC1', (layer) => layer.heldOut.nc1),
    block.text(
      'NC2 is the mean squared difference between the cosines of the centred class means and those of a simplex, in which all pairs have the same angle: 0 when the classes are as far from each other as they can be.',
    ),
    await curves(layers, 'NC2 over depth, training rows', 'NC2', (layer) => layer.nc2),
    await curves(layers, 'NC2 over depth, held-out rows', 'NC2', (layer) => layer.heldOut.nc2),
  ];
  return { heading: 'Collapse over depth', blocks };
}

/** NC1 of the training rows over depth, of a network so far. @param width of the chart */
export function collapseCurve(layers: readonly CollapseLayer[], width?: number): Promise<Block> {
  return curves(layers, 'NC1 over depth, training rows', 'NC1', (layer) => layer.nc1, width);
}

async function curves(
  layers: readonly CollapseLayer[],
  title: string,
  label: string,
  of: (layer: CollapseLayer) => StageNumbers,
  width?: number,
): Promise<Block> {
  const series = stages.map((stage) => ({
    label: stage.label,
    y: layers.map((layer) => of(layer)[stage.key]),
  }));
  const x = layers.map(({ layer }) => layer);
  return collapseCurves({ title, label, x, series, ...(width !== undefined && { width }) });
}

/** Planes that are shown: the input, the last layer, and some between. */
const shownPlanes = 4;

async function planeSection(planes: readonly CollapsePlane[], classes: readonly string[]): Promise<Section> {
  const count = Math.min(shownPlanes, planes.length);
  const places = Array.from({ length: count }, (_, i) =>
    Math.round((i * (planes.length - 1)) / Math.max(1, count - 1)),
  );
  const figures = await Promise.all(
    places.map(async (place) => {
      const plane = planes[place] as CollapsePlane;
      const name = plane.layer === 0 ? 'The input' : `Layer ${plane.layer}`;
      return block.figure(await planeChart(plane, classes, name), `${name}.`);
    }),
  );
  return {
    heading: 'Classes become points',
    blocks: [
      block.text(
        'Some training rows at several depths, each projected on the plane in which the class means differ most there; distances relative to those of the means.',
      ),
      ...figures,
    ],
  };
}

function planeChart(
  { classes: of, points }: CollapsePlane,
  classes: readonly string[],
  title: string,
): Promise<string> {
  return scatterChart({
    title,
    groups: classes.map((label, k) => {
      const own = of.flatMap((one, i) => (one === k ? [i] : []));
      return {
        label,
        x: own.map((i) => points[2 * i] as number),
        y: own.map((i) => points[2 * i + 1] as number),
      };
    }),
    height: 320,
  });
}

function gramSection(grams: CollapseRunResult['grams'], classes: number): Section {
  return {
    heading: 'Gram matrices',
    blocks: [
      block.text(
        `Cosines between ${grams[0]?.rows ?? 0} training rows of ${classes} classes, ordered by class, after their mean has been subtracted: at the input and of the features that layers make. As a class collapses, its block on the diagonal becomes 1.`,
      ),
      block.figure(
        gramGrid(grams, 'Gram matrices by depth'),
        'From -1 to 1; 0 has the colour of the background.',
      ),
    ],
  };
}

async function causeSection({ layers, drop }: CollapseSummary): Promise<Section> {
  const decades = (label: string, of: 'projection' | 'map') => ({
    label,
    x: layers.map(({ layer }) => layer),
    y: layers.map((layer) => layer.drop?.[of] ?? Number.NaN),
  });
  return {
    heading: 'What drives it',
    blocks: [
      block.text(
        `By how many decades NC1 of the training rows falls in each layer, by the projection with √M and by the random map Φ; below 0 it rises. In all: ${drop.projection.toFixed(2)} decades by projections, ${drop.map.toFixed(2)} by maps. (Scaling rows to length 1 between layers changes NC1 as well, and belongs to neither.)`,
      ),
      block.figure(
        await lineChart({
          title: 'What lowers NC1',
          series: [decades('projection', 'projection'), decades('Φ', 'map')],
          x: layerAxis,
          y: { label: 'decades of NC1' },
          levels: [{ value: 0, label: '' }],
        }),
        'log₁₀ of the factor by which NC1 falls, training rows.',
      ),
    ],
  };
}

async function accuracySection({ layers, input }: CollapseSummary): Promise<Section> {
  const x = [0, ...layers.map(({ layer }) => layer)];
  return {
    heading: 'Accuracy per layer',
    blocks: [
      block.figure(
        await lineChart({
          title: 'Accuracy per layer',
          series: [
            { label: 'training', x, y: [input.trainAccuracy, ...layers.map((l) => l.trainAccuracy)] },
            { label: 'held out', x, y: [input.accuracy, ...layers.map((l) => l.accuracy)] },
          ],
          x: layerAxis,
          y: { label: 'accuracy', percent: true },
        }),
        'Of a kernel machine on the features of each layer; 0 is the input.',
      ),
      block.figure(
        await lineChart({
          title: 'NC4 per layer',
          series: [
            { label: 'training', x: x.slice(1), y: layers.map(({ nc4 }) => nc4) },
            { label: 'held out', x: x.slice(1), y: layers.map(({ heldOut }) => heldOut.nc4) },
          ],
          x: layerAxis,
          y: { label: 'NC4', percent: true },
        }),
        'NC4: the share of rows for which that kernel machine and the nearest class mean of the features decide alike.',
      ),
    ],
  };
}

function numbersSection(layers: readonly CollapseLayer[]): Section {
  const table = block.table({
    caption: 'Training rows, and the held-out accuracy.',
    header: ['layer', 'NC1 X', 'NC1 X √M', 'NC1 Φ', 'NC2 X', 'NC2 X √M', 'NC2 Φ', 'NC4', 'accuracy'],
    rows: layers.map(({ layer, nc1, nc2, nc4, accuracy }) => [
      layer,
      ...[nc1.input, nc1.projected, nc1.features, nc2.input, nc2.projected, nc2.features],
      formatPercent(nc4),
      formatPercent(accuracy),
    ]),
  });
  return { heading: 'Numbers', blocks: [table] };
}
