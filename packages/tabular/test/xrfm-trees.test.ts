import { createCpuBackend } from '@agop/backend-cpu';
import { classification, type Rows, regression } from '@agop/estimators';
import { tabularPresets, tabularSettings, tabularTrainer } from '@agop/tabular';
import { describe, expect, test } from 'vitest';
// Made by xRFM 0.4.4 itself with these rows and settings: a tree whose directions are given draws nothing at
// random.
import published from './xrfm-trees.json' with { type: 'json' };

const d = 4;
const [training, held, fresh] = [made(400, 1), made(200, 2), made(20, 3)];

/** Rows without a random generator, uniform between -2 and 2 to the eye. */
function made(rows: number, seed: number): Rows {
  const data = Float64Array.from({ length: rows * d }, (_, at) => {
    const value = Math.sin((at + 1 + 1e5 * seed) * 12.9898) * 1000;
    return (value - Math.floor(value)) * 4 - 2;
  });
  return { data, rows, columns: d };
}

function target({ data, rows }: Rows): Float64Array {
  return Float64Array.from({ length: rows }, (_, i) => {
    const [a, b] = [data[i * d] as number, data[i * d + 1] as number];
    return Math.sin(2 * a) + a * b;
  });
}

const classOf = (value: number) => (value < -0.5 ? 0 : value < 0.7 ? 1 : 2);

/** The codings of both tasks, and targets of the rows. */
async function regressionTask() {
  const opened = await regression(false).open(target(training), training.rows, 'rows');
  const y = { data: target(held), rows: held.rows, columns: 1 };
  return { coding: opened.coding.trainedOn(opened.y), y: opened.y, held: y, selection: 'mse' as const };
}

async function classesTask() {
  const labels = Array.from(target(training), classOf);
  const opened = await classification<number>('prevalence').open(labels, training.rows, 'rows');
  const y = { data: Float64Array.from(target(held), classOf), rows: held.rows, columns: 1 };
  return { coding: opened.coding.trainedOn(opened.y), y: opened.y, held: y, selection: 'brier' as const };
}

/** Probabilities as xRFM gives them: clipped to [0.001, 0.999] and scaled to sum 1. */
function clipped(probabilities: ArrayLike<number>): number[] {
  const values = Array.from(probabilities, (value) => Math.min(0.999, Math.max(0.001, value)));
  return values.map((value, at) => {
    const begin = at - (at % 3);
    return value / values.slice(begin, begin + 3).reduce((a, b) => a + b);
  });
}

describe.each(['constant', 'adaptive'] as const)('a tree of xRFM, %s bandwidth', (bandwidthMode) => {
  test.each([
    { name: 'regression' as const, task: regressionTask },
    { name: 'classes' as const, task: classesTask },
  ])('$name', async ({ name, task }) => {
    using backend = await createCpuBackend({ threads: 1 });
    const { coding, y, held: heldY, selection } = await task();
    const settings = tabularSettings({
      ...tabularPresets.xrfm2025,
      backend,
      kernel: { name: 'lpq', parameters: { bandwidth: 3, norm: 2, exponent: 1 } },
      bandwidthMode,
      iterations: 3,
      ridge: 1e-2,
      selection,
      tree: {
        ...tabularPresets.xrfm2025.tree,
        split: { vector: [1, -2, 0.5, 0] },
        leafRows: 130,
        overlap: 0.05,
        refillRows: 0,
      },
    });
    const job = { coding, training: { x: training, y }, held: { x: held, y: heldY }, test: undefined };
    const fitted = await tabularTrainer.fit(job, settings, {});
    const outputs = await tabularTrainer.predict(fitted, fresh);
    fitted.dispose();
    const expected = published[bandwidthMode][name];
    expect(fitted.leaves.map(({ rows, best }) => [rows, best])).toEqual(expected.leaves);
    expect(fitted.routing.temperature).toBeCloseTo(expected.temperature ?? 0, 10);
    const scores = fitted.temperatures.map(({ score }) => score);
    const found = name === 'classes' ? clipped(coding.probabilities(outputs) ?? []) : Array.from(outputs);
    for (const [i, value] of expected.predictions.entries()) expect(found[i]).toBeCloseTo(value, 3);
    if (name === 'regression') {
      for (const [i, value] of expected.scores.entries()) expect(scores[i]).toBeCloseTo(value, 4);
    }
  });
});
