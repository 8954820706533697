import { lineChart, type Series } from '@agop/report';
import { gramGrid } from '../../src/collapse/pictures.ts';
import { type CollapseRunResult, stages } from '../../src/collapse/result.ts';
import type { Save } from '../page.ts';
import { experiments, type RunResult } from './runs.ts';

/** Draws how the Gram matrix of some training rows, ordered by class, changes over depth. */
export function drawGrams(grams: CollapseRunResult['grams'], name: string, save: Save): void {
  save(`gram-${name}`, gramGrid(grams, `Gram matrices on ${name}`));
}

/** Draws the curves of all experiments that have been run. */
export async function drawRuns(runs: readonly RunResult[], save: Save): Promise<void> {
  for (const { name } of experiments) {
    const own = runs.filter(({ experiment }) => experiment === name);
    if (own.length === 0) continue;
    for (const rows of ['train', 'heldOut'] as const) {
      for (const metric of ['nc1', 'nc2'] as const) {
        const label = metric.toUpperCase();
        const svg = await lineChart({
          title: `${label} on ${name}, ${rows === 'train' ? 'training' : 'held-out'} rows`,
          series: stages.map((stage) =>
            joined(
              stage.label,
              1,
              own.map(({ layers }) => layers.map((layer) => layer[rows][metric][stage.key])),
            ),
          ),
          x: { label: 'layer' },
          y: { label, log: true },
        });
        save(`${metric}-${rows === 'train' ? 'train' : 'held-out'}-${name}`, svg);
      }
    }
    const accuracies = own.map(({ input, layers }) => [
      input.heldOut,
      ...layers.map(({ heldOut }) => heldOut.accuracy),
    ]);
    save(
      `accuracy-${name}`,
      await lineChart({
        title: `Held-out accuracy on ${name}`,
        series: [joined('held out', 0, accuracies)],
        x: { label: 'layer (0: input)' },
        y: { label: 'accuracy', percent: true },
      }),
    );
  }
}

/** Several curves over the same places as one series: a value that is not a number leaves a gap. */
function joined(label: string, first: number, curves: readonly (readonly number[])[]): Series {
  return {
    label,
    x: curves.flatMap((curve) => [...curve.map((_, i) => first + i), first]),
    y: curves.flatMap((curve) => [...curve, Number.NaN]),
  };
}
