import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, Scope, type Tensor } from '@agop/core';
import {
  choleskySolver,
  gaussian,
  type HostRefinement,
  identityMetric,
  kernelMatrix,
  RFMRegressor,
  refinedCholeskySolver,
  type Solver,
} from '@agop/rfm';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { normal, normalTensor } from './data.ts';

// Backends without float64: the CPU's engine, whose float64 nobody knows of.

const [n, d] = [300, 4];
let full: Backend;
let single: Backend;
beforeAll(async () => {
  full = await createCpuBackend({ threads: 1 });
  single = { ...full, dtypes: ['float32'] };
});
afterAll(() => full.dispose());

const kernel = gaussian({ bandwidth: 4 });

interface Fit {
  readonly predictions: Float64Array;
  readonly told: readonly HostRefinement[];
}

/** Predictions of y = x₀ x₁ at other points. */
async function fit(dtype: 'float32' | 'float64', ridge: number, choose?: Solver): Promise<Fit> {
  using scope = new Scope(dtype === 'float64' ? full : single);
  const { ops } = scope;
  const told: HostRefinement[] = [];
  const solver = choose ?? refinedCholeskySolver({ onHostRefinement: (one) => told.push(one) });
  const points = normal(n, d, 1);
  const targets = Float64Array.from(
    { length: n },
    (_, i) => (points[i * d] as number) * (points[i * d + 1] as number),
  );
  const [x, z] = [ops.tensor(points, [n, d], dtype), ops.tensor(normal(50, d, 2), [50, d], dtype)];
  const matrix = kernelMatrix(ops, kernel, x, x, identityMetric);
  const y = ops.tensor(targets, [n, 1], dtype);
  const alpha = scope.own(await solver.solve(ops, { matrix, targets: y, ridge }));
  const values = await ops.matmul(kernelMatrix(ops, kernel, z, x, identityMetric), alpha).read();
  return { predictions: Float64Array.from(values), told };
}

/** ‖a - b‖ / ‖b‖ */
function distance(a: Float64Array, b: Float64Array): number {
  const norm = (v: Float64Array): number => Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
  return norm(a.map((value, i) => value - (b[i] as number))) / norm(b);
}

test('a small ridge is nearer to float64 than float32 alone', async () => {
  const { predictions: exact } = await fit('float64', 1e-5);
  const direct = await fit('float32', 1e-5, choleskySolver);
  const refined = await fit('float32', 1e-5);
  expect(refined.told).toMatchObject([{ shift: 0 }]);
  expect(refined.told[0]?.backwardError).toBeLessThan(2 ** -27);
  expect(distance(refined.predictions, exact)).toBeLessThan(0.7 * distance(direct.predictions, exact));
});

test('a ridge at which float32 has no factor is solved all the same', async () => {
  await expect(fit('float32', 1e-6, choleskySolver)).rejects.toMatchObject({ code: 'NOT_POSITIVE_DEFINITE' });
  const refined = await fit('float32', 1e-6);
  expect(refined.told[0]?.shift).toBeGreaterThan(0);
  const { predictions: exact } = await fit('float64', 1e-6);
  expect(distance(refined.predictions, exact)).toBeLessThan(0.01);
  // Here K as float32 has it has eigenvalues below the ridge's negative.
  await expect(fit('float32', 1e-9)).rejects.toMatchObject({ code: 'NOT_POSITIVE_DEFINITE' });
});

test('from a ridge of 1e-3 on, and where there is float64, nothing goes to the host', async () => {
  const direct = await fit('float32', 1e-3, choleskySolver);
  const { predictions, told } = await fit('float32', 1e-3);
  expect([predictions, told]).toEqual([direct.predictions, []]);
  expect((await fit('float64', 1e-5)).told).toEqual([]);
});

test('the matrix stays where it is needed again, and no tensor is left', async () => {
  const before = full.memory();
  {
    using scope = new Scope(single);
    const x = normalTensor(scope.ops, 40, 3, 1, 'float32');
    const matrix = kernelMatrix(scope.ops, kernel, x, x, identityMetric);
    const content = await matrix.read();
    const targets = normalTensor(scope.ops, 40, 3, 2, 'float32');
    const system = { matrix, targets, ridge: 1e-4, overwrite: false };
    scope.own(await refinedCholeskySolver().solve(scope.ops, system));
    expect(await matrix.read()).toEqual(content);
  }
  expect(full.memory()).toMatchObject({ tensors: before.tensors, bytes: before.bytes });
});

test('systems without a solution fail as those in float64 do', async () => {
  const solve = async (matrix: Tensor): Promise<Tensor> => {
    using targets = single.tensor([1, -1, 2], [3, 1], 'float32');
    return await refinedCholeskySolver().solve(single, { matrix, targets, ridge: 0 });
  };
  using ones = single.full([3, 3], 1, 'float32');
  await expect(solve(ones)).rejects.toMatchObject({ code: 'NOT_POSITIVE_DEFINITE', pivot: 1 });
  using nan = single.full([3, 3], Number.NaN, 'float32');
  await expect(solve(nan)).rejects.toMatchObject({ code: 'NOT_POSITIVE_DEFINITE', pivot: 0 });
  using negative = single.full([3, 3], -1, 'float32');
  await expect(solve(negative)).rejects.toMatchObject({ code: 'NOT_POSITIVE_DEFINITE', pivot: 0 });
});

test('estimators take it by themselves, and say so', async () => {
  const x = Array.from({ length: 60 }, (_, i) => [Math.sin(i), Math.cos(2 * i)]);
  const y = x.map(([a = 0, b = 0]) => a * b);
  const told: HostRefinement[] = [];
  const solver = refinedCholeskySolver({ onHostRefinement: (one) => told.push(one) });
  const options = { backend: single, kernel, ridge: 1e-6, iterations: 1 };
  using named = await new RFMRegressor({ ...options, solver }).fit(x, y);
  using model = await new RFMRegressor(options).fit(x, y);
  expect(told.length).toBeGreaterThan(0);
  expect(await model.predict(x)).toEqual(await named.predict(x));
  expect(model.warnings).toMatchObject([{ code: 'float32-only', iteration: 0 }]);
  using ample = await new RFMRegressor({ ...options, ridge: 1e-3 }).fit(x, y);
  expect(ample.warnings).toEqual([]);
});
