import {
  type Block,
  barChart,
  block,
  formatNumber,
  lineChart,
  type PageOptions,
  type Section,
} from '@agop/report';
import { meanAndSpread, spreadText } from '../spread.ts';
import type { AlignedLayer, AlignmentResult, AlignmentSummary } from './result.ts';
import {
  alignmentText,
  ofLayer,
  predictedText,
  shownEpochs,
  speedColumns,
  speedWords,
  verdict,
} from './sentences.ts';

/** The report of a run. */
export async function alignmentPage(result: AlignmentResult): Promise<PageOptions> {
  const { summary } = result;
  const { title, facts } = alignmentText(result);
  return {
    title,
    subtitle:
      'Weights W = W₀ + D of a layer, and the average gradient outer product with respect to its input',
    intro: [
      block.facts([
        ['data', summary.data],
        ['samples', String(summary.samples)],
        ['seeds', summary.seeds.join(', ')],
        ['seconds', formatNumber(summary.seconds, 3)],
        ['computed on', `${summary.device}, ${summary.dtype}`],
      ]),
      ...facts.slice(1, -1).map(block.text),
      block.text(
        'With K the average outer product of the gradients at what a layer makes before its activation, the AGOP is Wᵀ K W. UC-NFA is the Pearson correlation of WᵀW with it; C-NFA that of DᵀD with Dᵀ K D: what training has changed, without the initial weights.',
      ),
      ...verdict(summary).map(block.text),
    ],
    sections: await sections[summary.study](summary),
    footer: 'Made with agop. After Beaglehole, Mitliagkas, Agarwala 2024, arXiv 2402.05271.',
  };
}

const sections: Readonly<
  Record<AlignmentSummary['study'], (summary: AlignmentSummary) => Promise<Section[]>>
> = {
  trace: async (summary) => [
    {
      heading: 'Alignment over the epochs',
      blocks: [
        block.figure(
          await alignmentChart(summary, 'C-NFA', ({ c }) => c),
          'Mean over seeds. Dashed at epoch 0: as predicted from one backward pass before training, of the first and the last layer.',
        ),
        block.figure(await alignmentChart(summary, 'UC-NFA', ({ uc }) => uc), 'Mean over seeds.'),
        block.figure(
          await alignmentChart(summary, 'UC-NFA with the root', ({ ucRoot }) => ucRoot),
          'With AGOP^½, mean over seeds. Before training it is that of random weights.',
        ),
        block.figure(
          await alignmentChart(summary, '|D| / |W|', ({ relativeChange }) => relativeChange),
          'How far the weights have moved, mean over seeds.',
        ),
      ],
    },
    {
      heading: 'Parts of the correlation',
      blocks: [block.text(partsWords), block.figure(await partsChart(summary))],
    },
    {
      heading: 'Numbers',
      blocks: [
        traceTable(summary, 'UC-NFA', ({ uc }) => uc),
        traceTable(summary, 'C-NFA', ({ c }) => c),
        traceTable(summary, '|D| / |W|', ({ relativeChange }) => relativeChange),
        block.table({
          caption: 'C-NFA as predicted before training.',
          header: layerNames(summary),
          rows: [layerNames(summary).map((_, i) => predictedText(summary, i))],
        }),
      ],
    },
  ],
  speed: async (summary) => [
    {
      heading: 'The layer that is sped up aligns',
      blocks: [
        block.text(
          'Speed Limited Optimization divides the gradient of each layer by its norm, and moves one layer C times as fast as the rate says, the others C times slower.',
        ),
        block.figure(await speedBars(summary, 'UC-NFA of the first layer', ({ layers }) => layers[0]?.uc)),
        block.figure(await speedBars(summary, 'UC-NFA of the second layer', ({ layers }) => layers[1]?.uc)),
        block.figure(
          await speedBars(summary, 'Test error', ({ score }) => score.test),
          'Squared error over the variance.',
        ),
        block.table({
          caption:
            'Errors are squared errors over the variance; shares those of the traces of WᵀW and the AGOP on the three inputs that matter.',
          header: ['optimizer', 'train', 'test', 'UC 1', 'root 1', 'C 1', 'UC 2', 'WᵀW on 3', 'AGOP on 3'],
          rows: summary.speeds.map((row) => [speedWords(row), ...speedColumns(row)]),
        }),
      ],
    },
  ],
  early: async ({ early }) => [
    {
      heading: 'C-NFA after a first small step',
      blocks: [
        block.text(
          'Training begins along the gradient G, so that the C-NFA begins as the similarity of GᵀG and Gᵀ K G. For an infinitely wide ReLU network of small outputs both follow from the samples alone. Cosines.',
        ),
        block.table({
          caption:
            'Inputs have variances k^(−spectrum). Predicted, and off by at most so much from what was measured.',
          header: [
            'target',
            'spectrum',
            'infinite width',
            ...(early[0]?.widths ?? []).map(({ width }) => `${width} units`),
            'error',
          ],
          rows: early.map(({ target, spectrum, infinite, widths }) => [
            target,
            spectrum,
            spreadText(meanAndSpread(infinite), 4),
            ...widths.map(({ predicted }) => spreadText(meanAndSpread(predicted), 4)),
            Math.max(
              ...widths.flatMap(({ predicted, measured }) =>
                predicted.map((value, i) => Math.abs(value - (measured[i] as number))),
              ),
            ).toExponential(0),
          ]),
        }),
      ],
    },
  ],
};

/** A number of each layer over the epochs. */
export function alignmentChart(
  { traces, layers }: AlignmentSummary,
  label: string,
  of: (layer: AlignedLayer) => number | null,
): Promise<string> {
  const epochs = traces[0]?.epochs ?? [];
  const mean = (values: readonly number[]): number => meanAndSpread(values).mean;
  const predicted = (i: number) => ({
    value: mean(traces.map((trace) => trace.predicted[i] ?? Number.NaN)),
    label: `predicted, layer ${i + 1}`,
  });
  return lineChart({
    title: `${label} over the epochs`,
    series: Array.from({ length: layers }, (_, i) => ({
      label: `layer ${i + 1}`,
      x: epochs.map(({ epoch }) => epoch),
      y: epochs.map((_, at) =>
        mean(
          traces.map((trace) => {
            const own = trace.epochs[at]?.layers[i];
            return (own && of(own)) ?? Number.NaN;
          }),
        ),
      ),
    })),
    x: { label: 'epoch' },
    y: { label },
    ...(label === 'C-NFA' && { levels: [...new Set([0, layers - 1])].map(predicted) }),
  });
}

const partsWords =
  'The product of WᵀW and the AGOP is the sum of 16 parts, in each of which every W is W₀ or D. One has D four times: the numerator of the C-NFA. Its share grows as the weights move.';

/** How the share of the part that is all change grows. */
export function partsChart({ traces, layers }: AlignmentSummary): Promise<string> {
  const epochs = traces[0]?.epochs ?? [];
  return lineChart({
    title: 'Share of the part of D alone',
    series: Array.from({ length: layers }, (_, i) => ({
      label: `layer ${i + 1}`,
      x: epochs.map(({ epoch }) => epoch),
      y: epochs.map(
        (_, at) =>
          meanAndSpread(traces.map((trace) => trace.epochs[at]?.layers[i]?.parts[15] ?? Number.NaN)).mean,
      ),
    })),
    x: { label: 'epoch' },
    y: { label: 'share' },
  });
}

function layerNames({ layers }: AlignmentSummary): string[] {
  return Array.from({ length: layers }, (_, i) => `layer ${i + 1}`);
}

function traceTable(
  summary: AlignmentSummary,
  name: string,
  of: (layer: AlignedLayer) => number | null,
): Block {
  return block.table({
    caption: `${name}, mean over seeds ± standard deviation.`,
    header: ['epoch', ...layerNames(summary)],
    rows: shownEpochs(summary).map((epoch) => [
      epoch,
      ...layerNames(summary).map((_, i) => ofLayer(summary, epoch, i, of)),
    ]),
  });
}

/** A number of each optimizer. */
export function speedBars(
  { speeds }: AlignmentSummary,
  title: string,
  of: (run: AlignmentSummary['speeds'][number]['runs'][number]) => number | undefined,
): Promise<string> {
  return barChart({
    title,
    bars: speeds.map((row) => ({
      label: row.layer === null ? `SGD, rate ${row.learningRate}` : `SLO ${row.layer}, C ${row.boost}`,
      value: meanAndSpread(row.runs.map((run) => of(run) ?? Number.NaN)).mean,
    })),
    label: title,
  });
}
