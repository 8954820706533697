import { createCpuBackend } from '@agop/backend-cpu';
import { OptionError, randomArray } from '@agop/core';
import { expect, test } from 'vitest';
import { directionOf } from '../src/tree/direction.ts';
import { type SplitDirection, treeSettings } from '../src/tree/settings.ts';

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

async function direction(
  splitIterations: number,
  target: (i: number) => number,
  split: SplitDirection = 'agop',
  columns = data,
): Promise<Float64Array> {
  using backend = await createCpuBackend({ threads: 1 });
  const settings = treeSettings({ splitIterations });
  const node = { ...nodeOf(target), x: { data: columns, rows: n, columns: d } };
  const vector = await directionOf(backend, split, node, settings, { seed: 0 });
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
  for (const split of ['agop', 'variation'] as const) {
    for (const iterations of [0, 3]) {
      const vector = await direction(iterations, () => 0, split);
      expect(Math.hypot(...vector)).toBeCloseTo(1, 12);
    }
  }
});

test('the direction of most variation is that of a linear function, in any columns that it depends on', async () => {
  // Columns 1 and 2 are nearly equal, 7 is constant and 6 the sum of two others.
  const columns = Float64Array.from({ length: n * d }, (_, index) => {
    const [i, k] = [Math.floor(index / d), index % d];
    if (k === 2) return at(i, 1) + 1e-3 * at(i, 2);
    if (k === 6) return at(i, 4) + at(i, 5);
    return k === 7 ? 3 : at(i, k);
  });
  const target = (i: number): number => 3 * at(i, 0) - at(i, 4);
  const vector = await direction(0, target, 'variation', columns);
  expect(vector.every(Number.isFinite)).toBe(true);
  const side = (i: number): number =>
    vector.reduce((sum, weight, k) => sum + weight * (columns[i * d + k] ?? 0), 0);
  const sides = Array.from(rows, side);
  const middle = sides.toSorted((a, b) => a - b)[n / 2] ?? 0;
  const agree = Array.from(rows).filter((i) => sides[i] !== undefined && side(i) > middle === target(i) > 0);
  expect(Math.max(agree.length, n - agree.length) / n).toBeGreaterThan(0.9);
  expect(vector[7]).toBeCloseTo(0, 12);
});

test('a number of updates is whole, from 0', () => {
  for (const splitIterations of [-1, 0.5, Number.NaN]) {
    expect(() => treeSettings({ splitIterations })).toThrow(OptionError);
  }
});
