import { createCpuBackend } from '@agop/backend-cpu';
import { type FloatDType, randomArray } from '@agop/core';
import { expect, test } from 'vitest';
import { variationDirection } from '../src/tree/variation.ts';

const [m, d] = [300, 5];

/** Rows around 0 whose columns follow from each other, [m, d]. */
const x = (() => {
  const normal = randomArray(m * d, 'normal', { seed: 3 }, 'float64');
  const mixed = Float64Array.from({ length: m * d }, (_, at) => {
    return (normal[at] as number) + 0.7 * (normal[at - (at % d) + ((at + 1) % d)] as number);
  });
  const mean = (k: number) =>
    Array.from({ length: m }, (_, i) => at(mixed, i, k)).reduce((a, b) => a + b) / m;
  const means = Array.from({ length: d }, (_, k) => mean(k));
  return mixed.map((value, index) => value - (means[index % d] as number));
})();

/** Symmetric, positive semidefinite. */
const agop = (() => {
  const b = randomArray(d * d, 'normal', { seed: 4 }, 'float64');
  return Float64Array.from({ length: d * d }, (_, index) => {
    const [i, j] = [Math.floor(index / d), index % d];
    return Array.from({ length: d }, (_, k) => at(b, i, k) * at(b, j, k)).reduce((p, q) => p + q);
  });
})();

function at(values: Float64Array, i: number, k: number): number {
  return values[i * d + k] as number;
}

const unit = (vector: Float64Array): Float64Array<ArrayBuffer> => {
  const length = Math.hypot(...vector) * Math.sign(vector.find((entry) => entry !== 0) ?? 1);
  return Float64Array.from(vector, (entry) => entry / length);
};

async function found(gradients: Float64Array, data: Float64Array, dtype: FloatDType): Promise<Float64Array> {
  using backend = await createCpuBackend({ threads: 1 });
  using matrix = backend.tensor(gradients, [d, d], dtype);
  const rows = { data, rows: data.length / d, columns: d };
  const vector = await variationDirection(backend, matrix, rows);
  expect(backend.memory().tensors).toBe(1);
  return vector;
}

/** v ← G C v, many times. */
function byPowers(): Float64Array {
  let v = new Float64Array(d).fill(1);
  for (let step = 0; step < 2000; step++) {
    const sides = Array.from({ length: m }, (_, i) => v.reduce((sum, w, k) => sum + w * at(x, i, k), 0));
    const c = v.map((_, k) => sides.reduce((sum, side, i) => sum + side * at(x, i, k), 0));
    v = unit(v.map((_, i) => c.reduce((sum, entry, k) => sum + entry * at(agop, i, k), 0)));
  }
  return v;
}

test.each(['float64', 'float32'] as const)(
  'is the top eigenvector of AGOP times covariance: %s',
  async (dtype) => {
    const [vector, expected] = [unit(await found(agop, x, dtype)), byPowers()];
    // The ridge of 5e-5 on correlations.
    expected.forEach((entry, k) => void expect(vector[k]).toBeCloseTo(entry, 4));
  },
);

test('follows the units of columns', async () => {
  const units = [1e6, 1, 1e-6, 1e3, 1];
  const data = x.map((value, index) => value * (units[index % d] as number));
  const gradients = agop.map(
    (value, index) => value / (units[Math.floor(index / d)] as number) / (units[index % d] as number),
  );
  const other = await found(gradients, data, 'float32');
  const vector = unit(other.map((entry, k) => entry * (units[k] as number)));
  unit(await found(agop, x, 'float32')).forEach((entry, k) => void expect(vector[k]).toBeCloseTo(entry, 5));
});

test('after splits along a direction another one comes', async () => {
  const gradients = new Float64Array(d * d);
  gradients[0] = 4;
  gradients[d + 1] = 1;
  const normal = randomArray(m * d, 'normal', { seed: 5 }, 'float64');
  expect(Math.abs(unit(await found(gradients, normal, 'float64'))[0] as number)).toBeGreaterThan(0.9);
  const slab = Array.from({ length: m }, (_, i) => i).filter((i) => Math.abs(at(normal, i, 0)) < 0.5);
  const inside = Float64Array.from(slab.flatMap((i) => Array.from(normal.subarray(i * d, (i + 1) * d))));
  expect(Math.abs(unit(await found(gradients, inside, 'float64'))[1] as number)).toBeGreaterThan(0.9);
});

test('constant columns and a constant predictor have no part in it', async () => {
  const data = x.map((value, index) => (index % d === 2 ? 0 : value));
  expect((await found(agop, data, 'float32'))[2]).toBe(0);
  expect(await found(new Float64Array(d * d), x, 'float32')).toEqual(new Float64Array(d));
});

test.each([
  { rows: 100, columns: 600, noise: 1e-4 },
  { rows: 1000, columns: 800, noise: 1e-3 },
  { rows: 500, columns: 300, noise: 0 },
])(
  'many columns that are nearly one: $columns of $rows rows, noise $noise',
  async ({ rows, columns, noise }) => {
    using backend = await createCpuBackend({ threads: 1 });
    const common = randomArray(rows, 'normal', { seed: 6 }, 'float64');
    const own = randomArray(rows * columns, 'normal', { seed: 7 }, 'float64');
    const data = own.map((value, index) => (common[Math.floor(index / columns)] as number) + noise * value);
    using matrix = backend.tensor(new Float64Array(columns ** 2).fill(1), [columns, columns], 'float32');
    const vector = await variationDirection(backend, matrix, { data, rows, columns });
    // The gradient is the same in all columns, and so is the direction.
    const [first = 0] = vector;
    expect(first).not.toBe(0);
    expect(vector.every((entry) => Math.abs(entry / first - 1) < 1e-2)).toBe(true);
  },
);
