import type { ConvRFMClassifier } from '@agop/conv-rfm';
import { type Backend, formatBytes } from '@agop/core';
import { type Block, formatNumber, formatPercent, htmlPage, lineChart, type Section } from '@agop/report';
import type { ConvData } from './data.ts';
import { attentionCharts, filterCharts } from './pictures.ts';
import { type ConvRound, type ConvSummary, kernelWords } from './summary.ts';

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
  const { rounds, runs, image, kernel } = summary;
  const first = rounds[0] as ConvRound;
  const kept = rounds[runs[0]?.best ?? rounds.length - 1] as ConvRound;
  return htmlPage({
    title: `ConvRFM on ${summary.data}`,
    subtitle: 'A kernel machine on images that learns what to look for in their patches',
    intro: [
      {
        kind: 'facts',
        facts: [
          ['accuracy', formatPercent(kept.accuracy)],
          ['with the fixed kernel', formatPercent(first.accuracy)],
          ['training images', String(summary.trainingImages)],
          ['size', `${image.height} x ${image.width} x ${image.channels}`],
          ['classes', String(summary.classes)],
          ['kernel', kernelWords(kernel)],
          ['memory', formatBytes(summary.cost.bytes)],
          ['seconds', formatNumber(summary.seconds, 3)],
          ['computed on', `${summary.device}, ${summary.dtype}`],
        ],
      },
      { kind: 'text', text: verdict(first, kept, summary) },
    ],
    sections: [
      await roundsSection(summary),
      ...(await filtersSection(input)),
      { heading: 'How it was made', blocks: [{ kind: 'code', text: commandLine }] },
    ],
    footer: 'Made with agop. After Beaglehole, Radhakrishnan, Pandit and Belkin 2023, arXiv 2309.00570.',
  });
}

function verdict(first: ConvRound, kept: ConvRound, { testImages, validationImages }: ConvSummary): string {
  const on = testImages > 0 ? `${testImages} test images` : `${validationImages} validation images`;
  const gain = kept.accuracy - first.accuracy;
  if (kept === first) {
    return `On ${on} the fixed kernel gets ${formatPercent(first.accuracy)} right, and validation preferred it to all learned metrics.`;
  }
  const change = `${Math.abs(100 * gain).toFixed(1)} points ${gain >= 0 ? 'more' : 'less'}`;
  return `On ${on} the fixed kernel gets ${formatPercent(first.accuracy)} right, the kernel in the learned metric of round ${kept.iteration} ${formatPercent(kept.accuracy)}: ${change}.`;
}

async function roundsSection({ rounds, runs, testImages, validationImages }: ConvSummary): Promise<Section> {
  const layers = [...new Set(rounds.map(({ layer }) => layer))];
  const named = (layer: number): string =>
    layer === 0 ? 'ConvRFM' : `after ${layer} feature ${layer === 1 ? 'layer' : 'layers'}`;
  const series =
    runs.length > 1
      ? runs.map(({ seed, rounds: own }) => ({
          label: `seed ${seed}`,
          y: own.map(({ accuracy }) => accuracy),
        }))
      : layers.map((layer) => {
          const own = rounds.filter((round) => round.layer === layer);
          return {
            label: named(layer),
            x: own.map((round) => round.iteration),
            y: own.map(({ accuracy }) => accuracy),
          };
        });
  const blocks: Block[] = [
    {
      kind: 'text',
      text: `Round 0 is kernel regression with the fixed kernel. After each round the average gradient outer product over patches (AGOP) says which directions of a patch matter to the predictor; its root multiplies all patches in the next one. Accuracy on ${testImages > 0 ? `${testImages} test` : `${validationImages} validation`} images${testImages > 0 && validationImages > 0 ? '; ridge and round are chosen on validation images alone' : ''}.`,
    },
    {
      kind: 'figure',
      svg: await lineChart({
        title: 'Accuracy per round',
        series,
        x: { label: 'round' },
        y: { label: 'accuracy', percent: true },
      }),
    },
    {
      kind: 'table',
      caption:
        runs.length > 1 ? `Means and standard deviations over ${runs.length} seeds` : 'Scores per round',
      header: [
        'feature layers',
        'round',
        'accuracy',
        ...(runs.length > 1 ? ['±'] : []),
        'mse',
        'ridge',
        ...(rounds[0]?.validation ? ['validation accuracy'] : []),
      ],
      rows: rounds.map((round) => [
        String(round.layer),
        String(round.iteration),
        formatPercent(round.accuracy),
        ...(runs.length > 1 ? [formatPercent(round.accuracyDeviation ?? 0)] : []),
        round.mse,
        round.ridge.toExponential(0),
        ...(round.validation ? [formatPercent(round.validation.accuracy)] : []),
      ]),
      ...(runs.length === 1 && { marked: [runs[0]?.best ?? 0] }),
    },
  ];
  return { heading: 'Accuracy', blocks };
}

async function filtersSection({ model, data, backend, summary }: ConvReportInput): Promise<Section[]> {
  const snapshots = model.snapshots.filter(({ layer }) => layer === 0);
  const last = snapshots.at(-1);
  if (!last || snapshots.length < 2) return [];
  const { grids, spectrum } = await filterCharts(backend, snapshots);
  const charts = attentionCharts(data.test ?? data.training, last, summary.runs[0]?.seed ?? 0);
  return [
    {
      heading: 'The filters it found',
      blocks: [
        {
          kind: 'text',
          text: `The eigenvectors of the patch metric with the largest eigenvalues: patches of ${last.patchSize} x ${last.patchSize} pixels that the kernel compares images by, with their share of the metric. In round 0 the metric is the identity: every direction counts alike, and single pixels are shown.`,
        },
        ...grids.map(
          ({ iteration, svg }): Block => ({
            kind: 'figure',
            svg,
            caption: iteration === 0 ? 'Round 0: the identity.' : `Round ${iteration}.`,
          }),
        ),
        {
          kind: 'figure',
          svg: spectrum,
          caption: `The eigenvalues of the metric of round ${last.iteration}, as shares of their sum: the steeper they fall, the fewer directions of a patch the kernel looks at.`,
        },
      ],
    },
    {
      heading: 'What it looks at',
      blocks: [
        { kind: 'text', text: `Some ${data.test ? 'test' : 'training'} images:` },
        { kind: 'figure', svg: charts.images },
        {
          kind: 'text',
          text: `The length of the patch around each pixel after it is multiplied by the root of the metric of round ${last.iteration}, bright where much of it is left for the kernel; all on one scale:`,
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
