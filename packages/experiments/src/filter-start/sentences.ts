import { formatPercent } from '@agop/report';
import type { TextSummary } from '../experiment.ts';
import { moments } from '../moments.ts';
import {
  type FilterStartResult,
  type FilterStartSummary,
  type StartCurve,
  starts,
  trainings,
} from './result.ts';

/** Mean over the seeds of the accuracy after each epoch. */
export function meanCurve(
  { curves, epochs }: FilterStartSummary,
  start: StartCurve['start'],
  training: StartCurve['training'],
): number[] {
  const own = curves.filter((one) => one.start === start && one.training === training);
  return Array.from(
    { length: epochs },
    (_, epoch) => own.reduce((sum, { accuracy }) => sum + (accuracy[epoch] as number), 0) / own.length,
  );
}

/** Mean and deviation over the seeds of the accuracy after an epoch, from 1. */
export function accuracyAt(
  { curves }: FilterStartSummary,
  start: StartCurve['start'],
  training: StartCurve['training'],
  epoch: number,
): ReturnType<typeof moments> {
  return moments(
    curves
      .filter((one) => one.start === start && one.training === training)
      .map(({ accuracy }) => accuracy[epoch - 1] as number),
  );
}

/** Epochs that are told. */
export function toldEpochs({ epochs }: FilterStartSummary): number[] {
  return [...new Set([1, Math.ceil(epochs / 4), epochs])];
}

/** Mean ± deviation in percent; the mean alone for a single run. */
export function percentSpread([mean, deviation]: ReturnType<typeof moments>): string {
  if (deviation === 0) return (100 * mean).toFixed(1);
  return `${(100 * mean).toFixed(1)} ± ${(100 * deviation).toFixed(1)}`;
}

/** A result as text. */
export function filterStartText({ summary }: FilterStartResult): TextSummary & { readonly table: string[] } {
  const { images, samples, testSamples, filters, patchSize, agopSamples, iterations, seeds } = summary;
  const told = toldEpochs(summary);
  return {
    title: 'Filters that start from the patch AGOP of a ConvRFM',
    facts: [
      `${samples} training images of ${images}, ${testSamples} test images; ${filters} filters of ${patchSize} x ${patchSize}; AGOP from ${agopSamples} images after ${iterations} updates; ${seeds.length === 1 ? '1 seed' : `${seeds.length} seeds`}`,
    ],
    table: [
      `${'test accuracy, %'.padEnd(34)}${told.map((epoch) => `epoch ${epoch}`.padStart(14)).join('')}`,
      ...trainings.flatMap((training) =>
        starts.map(
          (start) =>
            `${training === 'all' ? 'filters trained' : 'filters fixed'}, ${start}`.padEnd(34) +
            told
              .map((epoch) => percentSpread(accuracyAt(summary, start, training, epoch)).padStart(14))
              .join(''),
        ),
      ),
    ],
    findings: verdict(summary),
  };
}

/** What the run shows, in words. */
export function verdict(summary: FilterStartSummary): string[] {
  return trainings.map((training) => {
    const [own, random] = (['patch AGOP', 'random'] as const).map((start) =>
      accuracyAt(summary, start, training, summary.epochs),
    ) as [ReturnType<typeof moments>, ReturnType<typeof moments>];
    const difference = own[0] - random[0];
    const noise = Math.sqrt((own[1] ** 2 + random[1] ** 2) / Math.max(1, summary.seeds.length));
    const words =
      Math.abs(difference) < 2 * noise || summary.seeds.length === 1
        ? 'within what seeds differ by'
        : 'beyond what seeds differ by';
    return `${training === 'all' ? 'Filters trained' : 'Filters fixed'}: the AGOP's end at ${formatPercent(own[0])}, random ones at ${formatPercent(random[0])}, ${words}.`;
  });
}
