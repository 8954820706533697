import { createCpuBackend } from '@agop/backend-cpu';
import { OptionError, randomArray } from '@agop/core';
import { expect, test } from 'vitest';
import { directionOf } from '../src/tree/direction.ts';
import { treeSettings } from '../src/tree/settings.ts';

const [n, d] = [400, 8];
const data = randomArray(n * d, 'normal', { seed: 1 }, 'float64');
const at = (i: number, k: number): number => data[i * d + k] ?? 0;
const rows = Int32Array.from({ length: n }, (_, i) => i);
const nodeOf = (target: (i: number) => number) => ({
  x: { data, rows: n, columns: d },
  targets: Float64Array.from(rows, target),
  outputs: 1,
  codes: [],
  rows,
});

async function direction(splitIterations: number, target: (i: number) => number): Promise<Float64Array> {
  using backend = await createCpuBackend({ threads: 1 });
  const settings = treeSettings({ splitIterations });
  const vector = await directionOf(backend, 'agop', nodeOf(target), settings, { seed: 0 });
  expect(backend.memory().tensors).toBe(0);
  return vector;
}

test('updates of the metric bring the direction of a split to the column that decides', async () => {
  const step = (i: number): number => Math.sign(at(i, 3)) + 0.3 * at(i, 0);
  const [plain, learned] = [await direction(0, step), await direction(3, step)];
  expect(Math.abs(plain[3] ?? 0)).toBeLessThan(Math.abs(learned[3] ?? 0));
  expect(Math.abs(learned[3] ?? 0)).toBeGreaterThan(0.99);
});

test('targets that do not vary have a direction, though no metric follows from them', async () => {
  for (const iterations of [0, 3]) {
    const vector = await direction(iterations, () => 0);
    expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
  }
});

test('a number of updates is whole, from 0', () => {
  for (const splitIterations of [-1, 0.5, Number.NaN]) {
    expect(() => treeSettings({ splitIterations })).toThrow(OptionError);
  }
});
