import type { TextSummary } from '../experiment.ts';
import { meanAndSpread, spreadText } from '../spread.ts';
import type { AlignedLayer, AlignmentResult, AlignmentSummary, SpeedRow } from './result.ts';

/** An optimizer for people. */
export function speedWords({ learningRate, layer, boost, epsilon }: Omit<SpeedRow, 'runs'>): string {
  return layer === null
    ? `gradient descent, rate ${learningRate}`
    : `SLO of layer ${layer}, C ${boost}, ε ${epsilon}, rate ${learningRate}`;
}

/** A number of a layer over the seeds, at an epoch that was measured. */
export function ofLayer(
  { traces }: AlignmentSummary,
  epoch: number,
  layer: number,
  of: (layer: AlignedLayer) => number | null,
): string {
  const values = traces.flatMap(({ epochs }) => {
    const own = epochs.find((one) => one.epoch === epoch)?.layers[layer];
    const value = own ? of(own) : null;
    return value === null ? [] : [value];
  });
  return spreadText(meanAndSpread(values));
}

/** A number of a row over its seeds. */
export function ofSpeed(
  { runs }: SpeedRow,
  of: (run: SpeedRow['runs'][number]) => number | null | undefined,
): string {
  return spreadText(meanAndSpread(runs.flatMap((run) => of(run) ?? [])));
}

/** Epochs that tables show: the first ones, then about twice as many each time, and the last. */
export function shownEpochs({ traces: [first] }: AlignmentSummary): number[] {
  const epochs = first?.epochs.map(({ epoch }) => epoch) ?? [];
  const wanted = [0, 1, 2, 5, 10, 20, 30, 60, 100];
  return epochs.filter((epoch, i) => i === epochs.length - 1 || wanted.includes(epoch));
}

/** A result as text. */
export function alignmentText({ summary }: AlignmentResult): TextSummary & { readonly table: string[] } {
  const { study, data, samples, layers, width, epochs, seeds, device, dtype, batchSize, learningRate } =
    summary;
  const network = `${layers} hidden layers of ${width} units, ReLU, no biases`;
  const training = `${epochs} epochs in batches of ${batchSize}`;
  return {
    title: titles[study],
    facts: [
      `${data}: ${samples} samples`,
      ...(study === 'early'
        ? []
        : [`${network} · ${study === 'trace' ? `rate ${learningRate}, ` : ''}${training}`]),
      `${seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(', ')}`} · ${device}, ${dtype}`,
    ],
    table: tables[study](summary),
    findings: verdict(summary),
  };
}

const titles = {
  trace: 'Layers align with their gradients while a network trains',
  speed: 'Speed Limited Optimization makes a layer align',
  early: 'Alignment, predicted before training',
} as const;

const cell = (text: string): string => text.padStart(16);

const tables: Readonly<Record<AlignmentSummary['study'], (summary: AlignmentSummary) => string[]>> = {
  trace: (summary) => {
    const chosen = shownEpochs(summary);
    const indices = Array.from({ length: summary.layers }, (_, i) => i);
    const part = (name: string, of: (layer: AlignedLayer) => number | null): string[] => [
      `${name.padEnd(10)}${indices.map((i) => cell(`layer ${i + 1}`)).join('')}`,
      ...chosen.map(
        (epoch) =>
          `epoch ${String(epoch).padStart(4)}${indices.map((i) => cell(ofLayer(summary, epoch, i, of))).join('')}`,
      ),
    ];
    return [
      ...part('UC-NFA', ({ uc }) => uc),
      '',
      ...part('C-NFA', ({ c }) => c),
      `predicted ${indices.map((i) => cell(predictedText(summary, i))).join('')}`,
      '',
      ...part('|D|/|W|', ({ relativeChange }) => relativeChange),
    ];
  },
  speed: ({ speeds }) => [
    `${''.padEnd(46)}${['train', 'test', 'UC 1', 'root 1', 'C 1', 'UC 2', 'NFM on 3', 'AGOP on 3'].map(cell).join('')}`,
    ...speeds.map((row) => `${speedWords(row).padEnd(46)}${speedColumns(row).map(cell).join('')}`),
  ],
  early: ({ early }) => [
    `target   spectrum${cell('infinite')}${(early[0]?.widths ?? []).map(({ width }) => cell(`${width} units`)).join('')}${cell('largest error')}`,
    ...early.map((row) => {
      const columns = [
        spreadText(meanAndSpread(row.infinite), 4),
        ...row.widths.map(({ predicted }) => spreadText(meanAndSpread(predicted), 4)),
        largestError([row]).toExponential(0),
      ];
      return `${row.target.padEnd(8)}${String(row.spectrum).padStart(9)}${columns.map(cell).join('')}`;
    }),
  ],
};

/** C-NFA of a layer as predicted before training, over the seeds. */
export function predictedText({ traces }: AlignmentSummary, layer: number): string {
  return spreadText(meanAndSpread(traces.map(({ predicted }) => predicted[layer] ?? Number.NaN)));
}

/** What a row of speeds is told by. */
export function speedColumns(row: SpeedRow): string[] {
  return [
    ofSpeed(row, ({ score }) => score.train),
    ofSpeed(row, ({ score }) => score.test),
    ofSpeed(row, ({ layers }) => layers[0]?.uc),
    ofSpeed(row, ({ layers }) => layers[0]?.ucRoot),
    ofSpeed(row, ({ layers }) => layers[0]?.c),
    ofSpeed(row, ({ layers }) => layers[1]?.uc),
    ofSpeed(row, ({ nfmShare }) => nfmShare),
    ofSpeed(row, ({ agopShare }) => agopShare),
  ];
}

/** How far predictions are from what one small step gave. */
export function largestError(early: AlignmentSummary['early']): number {
  const errors = early.flatMap(({ widths }) =>
    widths.flatMap(({ predicted, measured }) =>
      predicted.map((value, i) => Math.abs(value - (measured[i] as number))),
    ),
  );
  return Math.max(0, ...errors);
}

/** What happened, in words. */
export function verdict(summary: AlignmentSummary): string[] {
  const { study, traces, speeds, early, classes } = summary;
  if (study === 'early') {
    return [
      `The prediction from one backward pass is off by ${largestError(early).toExponential(0)} at most from what one small step gives.`,
    ];
  }
  if (study === 'speed') {
    const best = speeds.filter(({ layer }) => layer === 1);
    return best.map(
      (row) =>
        `${speedWords(row)}: UC-NFA of the first layer ${ofSpeed(row, ({ layers }) => layers[0]?.uc)}, test error ${ofSpeed(row, ({ score }) => score.test)}; ${speedWords(speeds[0] as SpeedRow)}: ${ofSpeed(speeds[0] as SpeedRow, ({ layers }) => layers[0]?.uc)}, ${ofSpeed(speeds[0] as SpeedRow, ({ score }) => score.test)}.`,
    );
  }
  const last = traces[0]?.epochs.at(-1)?.epoch ?? 0;
  const first = traces[0]?.epochs[1]?.epoch ?? 0;
  const dip = meanAndSpread(
    traces.map(({ epochs }) => Math.min(...epochs.map(({ layers }) => layers[0]?.uc ?? Number.NaN))),
  );
  const score = (of: 'train' | 'test') => spreadText(meanAndSpread(traces.map((trace) => trace.score[of])));
  return [
    `The C-NFA of the first layer is ${ofLayer(summary, first, 0, ({ c }) => c)} after epoch ${first} (predicted before training: ${predictedText(summary, 0)}) and ${ofLayer(summary, last, 0, ({ c }) => c)} at the end.`,
    `Its UC-NFA is ${ofLayer(summary, 0, 0, ({ uc }) => uc)} before training, ${spreadText(dip)} at its lowest, ${ofLayer(summary, last, 0, ({ uc }) => uc)} at the end, when the weights have moved by ${ofLayer(summary, last, 0, ({ relativeChange }) => relativeChange)} of their norm.`,
    classes
      ? `Accuracy ${score('train')} on training images, ${score('test')} on test images.`
      : `Squared error over the variance ${score('train')} on training rows, ${score('test')} on test rows.`,
  ];
}
