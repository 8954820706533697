import type { ConvRFMClassifier } from '@agop/conv-rfm';
import { type Backend, formatBytes } from '@agop/core';
import { type Block, formatNumber, formatPercent, htmlPage, lineChart, type Section } from '@agop/report';
import type { ConvData } from './data.ts';
import { attentionCharts, filterCharts } from './pictures.ts';
import { scoreColumns } from './score-table.ts';
import { type ConvRound, type ConvSummary, kernelWords } from './summary.ts';
import { isLayered, keptAccuracy, keptLine, roundsExplained, scoredImages, verdict } from './words.ts';

export interface ConvReportInput {
  readonly summary: ConvSummary;
  readonly model: ConvRFMClassifier<number>;
  readonly data: ConvData;
  readonly backend: Backend;
  readonly commandLine: string;
}

/** The report of a run: one HTML page. */
export async function convReport(input: ConvReportInput): Promise<string> {
  const { summary, commandLine } = input;
  const { rounds, image, kernel } = summary;
  const kept = keptAccuracy(summary);
  const fixed = rounds[0]?.accuracy ?? null;
  return htmlPage({
    title: `ConvRFM on ${summary.data}`,
    subtitle: 'A kernel machine on images that learns what to look for in their patches',
    intro: [
      {
        kind: 'facts',
        facts: [
          ...(kept === null || fixed === null
            ? []
            : ([
                ['accuracy', formatPercent(kept)],
                ['with the fixed kernel', formatPercent(fixed)],
              ] as const)),
          ['training images', String(summary.trainingImages)],
          ['size', `${image.height} x ${image.width} x ${image.channels}`],
          ['classes', String(summary.classes)],
          ['kernel', kernelWords(kernel)],
          ['memory', formatBytes(summary.cost.bytes)],
          ['seconds', formatNumber(summary.seconds, 3)],
          ['computed on', `${summary.device}, ${summary.dtype}`],
        ],
      },
      { kind: 'text', text: [verdict(summary), keptLine(summary)].filter((text) => text !== '').join(' ') },
    ],
    sections: [
      await roundsSection(summary),
      ...(await filtersSection(input)),
      { heading: 'How it was made', blocks: [{ kind: 'code', text: commandLine }] },
    ],
    footer: 'Made with agop. After Beaglehole, Radhakrishnan, Pandit and Belkin 2023, arXiv 2309.00570.',
  });
}

async function roundsSection(summary: ConvSummary): Promise<Section> {
  const { rounds, runs, validationImages, testImages, testHeldOut } = summary;
  const images = scoredImages(summary);
  const columns = scoreColumns(summary);
  const from = testHeldOut ? ', held out of the same files' : '';
  const chosen =
    testImages > 0 && validationImages > 0 ? '; ridge and round are chosen on validation images alone' : '';
  const scores = images === undefined ? '' : ` Accuracy on ${images}${from}${chosen}.`;
  const blocks: Block[] = [
    {
      kind: 'text',
      text: `${roundsExplained(isLayered(summary))} After each round the average gradient outer product over patches (AGOP) says which directions of a patch matter to the predictor; its root multiplies all patches in the next one.${scores}`,
    },
    ...(images === undefined ? [] : [await accuracyChart(summary)]),
    {
      kind: 'table',
      caption:
        runs.length > 1
          ? `Means and standard deviations over ${runs.length} seeds`
          : 'Scores per round; marked: the one that was kept',
      header: columns.map(({ title }) => title),
      rows: rounds.map((round) => columns.map(({ cell }) => cell(round))),
      ...(runs.length === 1 && { marked: [runs[0]?.best ?? 0] }),
    },
  ];
  return { heading: images === undefined ? 'Rounds' : 'Accuracy', blocks };
}

async function accuracyChart({ rounds, runs }: ConvSummary): Promise<Block> {
  const layers = [...new Set(rounds.map(({ layer }) => layer))];
  const curve = (label: string, own: readonly ConvRound[]) => ({
    label,
    x: own.map(({ iteration }) => iteration),
    y: own.map(({ accuracy }) => accuracy ?? Number.NaN),
  });
  const inLayer = (own: readonly ConvRound[], layer: number) => own.filter((round) => round.layer === layer);
  const series = layers.flatMap((layer) => {
    const named = layers.length > 1 ? `layer ${layer}` : 'ConvRFM';
    if (runs.length === 1) return [curve(named, inLayer(rounds, layer))];
    const prefix = layers.length > 1 ? `${named}, ` : '';
    return runs.map(({ seed, rounds: own }) => curve(`${prefix}seed ${seed}`, inLayer(own, layer)));
  });
  return {
    kind: 'figure',
    svg: await lineChart({
      title: 'Accuracy per round',
      series,
      x: { label: 'round' },
      y: { label: 'accuracy', percent: true },
    }),
  };
}

async function filtersSection({ model, data, backend, summary }: ConvReportInput): Promise<Section[]> {
  const snapshots = model.snapshots.filter(({ layer }) => layer === 0);
  const last = snapshots.at(-1);
  if (!last || snapshots.length < 2) return [];
  const { grids, spectrum } = await filterCharts(backend, snapshots);
  const where = isLayered(summary) ? 'layer 0, round' : 'round';
  const charts = attentionCharts(data.test ?? data.training, last, summary.runs[0]?.seed ?? 0);
  return [
    {
      heading: 'The filters it found',
      blocks: [
        {
          kind: 'text',
          text: `The eigenvectors of the patch metric with the largest eigenvalues: patches of ${last.patchSize} x ${last.patchSize} pixels that the kernel compares images by, with their share of the metric. In ${where} 0 the metric is the identity: every direction counts alike, and single pixels are shown.`,
        },
        ...grids.map(
          ({ iteration, svg }): Block => ({
            kind: 'figure',
            svg,
            caption: `${where.replace(/^./, (first) => first.toUpperCase())} ${iteration}${iteration === 0 ? ': the identity' : ''}.`,
          }),
        ),
        {
          kind: 'text',
          text: `The eigenvalues of the metric of ${where} ${last.iteration}, as shares of their sum: the steeper they fall, the fewer directions of a patch the kernel looks at.`,
        },
        { kind: 'figure', svg: spectrum },
      ],
    },
    {
      heading: 'What it looks at',
      blocks: [
        { kind: 'text', text: `Some ${data.test ? 'test' : 'training'} images:` },
        { kind: 'figure', svg: charts.images },
        {
          kind: 'text',
          text: `The length of the patch around each pixel after it is multiplied by the root of the metric of ${where} ${last.iteration}, bright where much of it is left for the kernel; all on one scale:`,
        },
        { kind: 'figure', svg: charts.strength },
        {
          kind: 'text',
          text: 'These patches laid over each other again, each picture on a scale of its own:',
        },
        { kind: 'figure', svg: charts.seen },
      ],
    },
  ];
}
