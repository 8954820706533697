import { createNaiveBackend } from '@agop/core/naive';
import { expect, test } from 'vitest';
import {
  fitKernelMachine,
  gaussian,
  identityMetric,
  kernelMatrix,
  laplace,
  leaveOneOut,
  posteriorVariance,
  quadratic,
  RFMRegressor,
} from '../src/index.ts';
import { normal } from './data.ts';

const [n, d] = [16, 2];
const points = normal(n, d, 3);
const values = normal(n, 1, 4);
const ridge = 0.2;

test('the variance at a point is that of leaving it out', async () => {
  using backend = createNaiveBackend();
  using x = backend.tensor(points, [n, d], 'float64');
  using y = backend.tensor(values, [n, 1], 'float64');
  using matrix = kernelMatrix(backend, laplace({ bandwidth: 2 }), x, x, identityMetric);
  const { variances } = await leaveOneOut(backend, { matrix, targets: y, ridge });
  const rest = { x: points.slice(d), y: values.slice(1) };
  using restX = backend.tensor(rest.x, [n - 1, d], 'float64');
  using restY = backend.tensor(rest.y, [n - 1, 1], 'float64');
  using machine = await fitKernelMachine({
    backend,
    kernel: laplace({ bandwidth: 2 }),
    x: restX,
    y: restY,
    ridge,
  });
  using first = backend.tensor(points.slice(0, d), [1, d], 'float64');
  const [variance] = await posteriorVariance(machine, first, ridge);
  // The amplitude yᵀ (K + λ I)⁻¹ y / n, by the coefficients.
  const alpha = Float64Array.from(await machine.coefficients.read());
  const amplitude = alpha.reduce((sum, a, i) => sum + a * (rest.y[i] as number), 0) / (n - 1);
  expect(variance).toBeCloseTo(amplitude * (variances[0] as number), 9);
});

test('far from all rows the variance is the amplitude, near them it is small; in units of y', async () => {
  using backend = createNaiveBackend();
  const fit = async (unit: number) => {
    using model = new RFMRegressor({
      backend,
      kernel: gaussian({ bandwidth: 1 }),
      iterations: 0,
      ridge: 1e-3,
    });
    await model.fit(
      { data: points, shape: [n, d] },
      values.map((value) => unit * value),
    );
    return await model.posteriorVariance([Array.from(points.slice(0, d)), [50, 50], [60, -60]]);
  };
  const [near = 0, far = 0, farther = 0] = await fit(1);
  expect(near).toBeLessThan(0.01 * far);
  expect(farther).toBeCloseTo(far, 9);
  const scaled = await fit(10);
  expect(scaled[1]).toBeCloseTo(100 * far, 6);
  expect(backend.memory().tensors).toBe(0);
});

test('it is that of the model it was asked of, also where another fit ends meanwhile; an overflow is named', async () => {
  using backend = createNaiveBackend();
  using model = new RFMRegressor({ backend, kernel: quadratic(), dtype: 'float64', iterations: 0 });
  const x = { data: points, shape: [n, d] };
  await model.fit(x, values);
  const asked = await model.posteriorVariance(x);
  const importances = await model.permutationImportances(x, values, { repeats: 3 });
  const meanwhile = [
    model.posteriorVariance(x),
    model.permutationImportances(x, values, { repeats: 3 }),
  ] as const;
  await model.fit(x, Float64Array.from(values).reverse());
  expect(await meanwhile[0]).toEqual(asked);
  expect(await meanwhile[1]).toEqual(importances);
  await expect(model.posteriorVariance([[1e100, 1]])).rejects.toMatchObject({ code: 'VALUE', row: 0 });
  model.dispose();
  expect(backend.memory().tensors).toBe(0);
});
