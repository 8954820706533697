import { formatNumber, formatPercent } from '@agop/report';
import type { TextSummary } from '../experiment.ts';
import { type MeanAndSpread, meanAndSpread } from '../spread.ts';
import type { CollapsedLayer, NetworkCollapseResult, NetworkCollapseSummary, NetworkRun } from './result.ts';

/** The trainings that differ in their seed only. */
export interface Training {
  readonly gain: number;
  readonly decay: number;
  readonly runs: readonly NetworkRun[];
}

/** The runs of a result by their gain and decay, in the order of the result. */
export function trainingsOf({ runs }: NetworkCollapseSummary): Training[] {
  const groups = new Map<string, NetworkRun[]>();
  for (const run of runs) {
    const key = `${run.gain} ${run.decay}`;
    groups.set(key, [...(groups.get(key) ?? []), run]);
  }
  return Array.from(groups.values(), (own) => ({
    gain: own[0]?.gain ?? Number.NaN,
    decay: own[0]?.decay ?? Number.NaN,
    runs: own,
  }));
}

/** `gain 0.3, decay 0.0005`. */
export function trainingWords({ gain, decay }: Pick<Training, 'gain' | 'decay'>): string {
  return decay === 0 ? `gain ${gain}` : `gain ${gain}, decay ${decay}`;
}

/** A number of a layer after training, over the seeds that have it. */
export function overSeeds(
  { runs }: Training,
  layer: number,
  of: (layer: CollapsedLayer) => number | null,
): MeanAndSpread {
  return meanAndSpread(
    runs.flatMap(({ epochs }) => {
      const own = epochs.at(-1)?.layers[layer];
      const value = own ? of(own) : null;
      return value === null ? [] : [value];
    }),
  );
}

/** A result as text. */
export function networkCollapseText({
  summary,
}: NetworkCollapseResult): TextSummary & { readonly table: string[] } {
  const { data, trainingRows, heldOutRows, features, classes, layers, width, seeds, device, dtype } = summary;
  const { learningRate, momentum, batchSize } = summary;
  return {
    title: `Neural collapse of a trained network on ${data}`,
    facts: [
      `${trainingRows} training rows${heldOutRows > 0 ? `, ${heldOutRows} held out` : ''}; ${features} features, ${classes.length} classes`,
      `${layers} hidden layers of ${width} units · gradient descent, rate ${learningRate}, momentum ${momentum}, batches of ${batchSize}`,
      `${seeds.length === 1 ? `seed ${seeds[0]}` : `seeds ${seeds.join(', ')}`} · ${device}, ${dtype}`,
    ],
    table: trainingsOf(summary)
      .flatMap((training) => ['', ...tableOf(training)])
      .slice(1),
    findings: verdict(summary),
  };
}

function tableOf(training: Training): string[] {
  const { layers } = training.runs[0]?.epochs.at(-1) ?? { layers: [] };
  const cell = (value: string): string => value.padStart(11);
  return [
    `${trainingWords(training)}, ${training.runs[0]?.epochs.at(-1)?.epoch} epochs`,
    `layer${['NC1: h', 'S Vt h', 'ReLU(Wh)', 'AGOP^.5 h', 'share', 'NC2: h', 'NC3', 'NFA root'].map(cell).join('')}`,
    ...layers.map(({ layer }, i) => {
      const mean = (of: (own: CollapsedLayer) => number | null): number => overSeeds(training, i, of).mean;
      const share = mean((own) => own.share);
      return [
        String(layer).padStart(5),
        ...(['none', 'right', 'left', 'gradient'] as const).map((key) =>
          cell(mean((own) => own.nc1[key]).toExponential(2)),
        ),
        cell(Number.isNaN(share) ? '-' : share.toFixed(2)),
        cell(mean((own) => own.nc2.none).toExponential(2)),
        cell(mean((own) => own.nc3).toFixed(3)),
        cell(mean((own) => own.nfa.root).toFixed(3)),
      ].join('');
    }),
  ];
}

/** What happened, in words. */
export function verdict(summary: NetworkCollapseSummary): string[] {
  return trainingsOf(summary).map((training) => {
    const last = summary.layers - 1;
    const [start, end] = [
      overSeeds(training, 0, ({ nc1 }) => nc1.none).mean,
      overSeeds(training, last, ({ nc1 }) => nc1.left).mean,
    ];
    const shares = Array.from(
      { length: summary.layers },
      (_, i) => overSeeds(training, i, ({ share }) => share).mean,
    );
    const told = shares.filter((share) => Number.isFinite(share));
    const majority = told.filter((share) => share > 0.5).length;
    const accuracy = meanAndSpread(
      training.runs.map(({ epochs }) => epochs.at(-1)?.accuracy ?? Number.NaN),
    ).mean;
    const heldOut = training.runs.flatMap(({ heldOut: own }) => (own ? [own.accuracy] : []));
    const scored = heldOut.length === 0 ? '' : ` (held out: ${formatPercent(meanAndSpread(heldOut).mean)})`;
    const fall = `from ${formatNumber(start, 3)} at the input to ${formatNumber(end, 3)} after the last hidden layer`;
    const cause = `singular values and right singular vectors make the larger part of the change in ${majority} of ${told.length} layers`;
    return `${trainingWords(training)}: NC1 ${end < start ? 'falls' : 'does not fall'}, ${fall}; ${cause}; accuracy ${formatPercent(accuracy)}${scored}.`;
  });
}
