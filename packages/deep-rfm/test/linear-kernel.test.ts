// With the linear kernel everything is known. Its machine is f(x) = Wᵀx with W = Xᵀ(X Xᵀ + λ I)⁻¹ Y, so that
// AGOP = W Wᵀ at every point, and the projected rows have inner products X M Xᵀ = P Y Yᵀ P / max(W Wᵀ), P = K
// (K + λ I)⁻¹. Without ridge and with independent rows P = I: one projection makes every class a point and
// their means a simplex.

import { type Backend, randomArray } from '@agop/core';
import { collapseMetrics, deepRecursiveFeatureMachine, identityMap, isLayerStep } from '@agop/deep-rfm';
import { oneHot } from '@agop/estimators';
import { innerProductKernel } from '@agop/rfm';
import { enginesWith } from '@agop/test-support/engines';
import { describe, expect, test } from 'vitest';
import { dot } from './data.ts';

const linear = innerProductKernel('linear', ({ u }) => u, {});
const [rows, features, classes] = [24, 40, 4];
const labels = Int32Array.from({ length: rows }, (_, i) => i % classes);
const signed = oneHot(labels, classes).map((value) => 2 * value - 1);
const independent = randomArray(rows * features, 'normal', { seed: 5 }, 'float64');

// An eigenvalue 0 of M is computed as about 1e-16, its root as 1e-8, which enters NC1 and NC2 squared.
const rootOfRounding = 1e-14;

interface FirstLayer {
  readonly metric: Float64Array;
  /** Inner products of the rows, [rows, rows]. */
  readonly input: Float64Array;
  readonly projected: Float64Array;
}

async function firstLayer(backend: Backend, data: Float64Array, ridge: number): Promise<FirstLayer> {
  const d = data.length / rows;
  using x = backend.tensor(data, [rows, d], 'float64');
  using y = backend.tensor(signed, [rows, classes], 'float64');
  const options = { backend, x, y, kernel: linear, ridge, depth: 1, featureMap: identityMap() };
  for await (const step of deepRecursiveFeatureMachine(options)) {
    if (!isLayerStep(step)) continue;
    using input = backend.gram(step.input);
    using projected = backend.gram(step.projected);
    return {
      metric: Float64Array.from(await step.metric.read()),
      input: Float64Array.from(await input.read()),
      projected: Float64Array.from(await projected.read()),
    };
  }
  throw new Error('no layer');
}

/** K (K + λ I)⁻¹ Y, on the host by Gauss-Jordan elimination: an independent route. */
function smoothed(k: Float64Array, ridge: number): Float64Array {
  const width = rows + classes;
  const m = new Float64Array(rows * width);
  for (let i = 0; i < rows; i++) {
    for (let j = 0; j < rows; j++) m[i * width + j] = (k[i * rows + j] as number) + (i === j ? ridge : 0);
    for (let c = 0; c < classes; c++) m[i * width + rows + c] = signed[i * classes + c] as number;
  }
  for (let pivot = 0; pivot < rows; pivot++) {
    const scale = m[pivot * width + pivot] as number;
    for (let j = 0; j < width; j++) m[pivot * width + j] = (m[pivot * width + j] as number) / scale;
    for (let i = 0; i < rows; i++) {
      if (i === pivot) continue;
      const factor = m[i * width + pivot] as number;
      for (let j = 0; j < width; j++) {
        m[i * width + j] = (m[i * width + j] as number) - factor * (m[pivot * width + j] as number);
      }
    }
  }
  return Float64Array.from({ length: rows * classes }, (_, at) => {
    const [i, c] = [Math.floor(at / classes), at % classes];
    let sum = 0;
    for (let j = 0; j < rows; j++) sum += (k[i * rows + j] as number) * (m[j * width + rows + c] as number);
    return sum;
  });
}

/** Outer product of the rows of [rows, classes]. */
function outer(a: Float64Array): Float64Array {
  const row = (i: number): Float64Array => a.subarray(i * classes, (i + 1) * classes);
  return Float64Array.from({ length: rows * rows }, (_, at) =>
    dot(row(Math.floor(at / rows)), row(at % rows)),
  );
}

/** Largest difference after both are scaled to their first entry's size. */
function differenceUpToScale(a: Float64Array, b: Float64Array): number {
  const scale = (b[0] as number) / (a[0] as number);
  return (
    Math.max(...a.map((value, at) => Math.abs(scale * value - (b[at] as number)))) / Math.abs(b[0] as number)
  );
}

describe.each(enginesWith(2))('linear kernel on $name', ({ create }) => {
  test('without ridge, one projection collapses independent rows to a simplex', async () => {
    using backend = await create();
    using x = backend.tensor(independent, [rows, features], 'float64');
    using y = backend.tensor(signed, [rows, classes], 'float64');
    const options = { backend, x, y, kernel: linear, depth: 1, featureMap: identityMap() };
    for await (const step of deepRecursiveFeatureMachine(options)) {
      if (!isLayerStep(step)) continue;
      const [before, after] = [
        await collapseMetrics(step.input, labels),
        await collapseMetrics(step.projected, labels),
      ];
      expect(before.nc1.ratio).toBeGreaterThan(1);
      expect(after.nc1.ratio).toBeLessThan(rootOfRounding);
      expect(after.nc2.distance).toBeLessThan(rootOfRounding);
      expect(after.nc2.equinorm).toBeLessThan(1e-7);
    }
  });

  test('without ridge, the projected rows have the inner products of the targets', async () => {
    using backend = await create();
    const { projected } = await firstLayer(backend, independent, 0);
    expect(differenceUpToScale(projected, outer(signed))).toBeLessThan(1e-10);
  });

  test.each([0.01, 1, 30])('with ridge %f, those of the smoothed targets', async (ridge) => {
    using backend = await create();
    // More rows than features would do as well: only P changes.
    for (const d of [features, 10]) {
      const { input, projected } = await firstLayer(backend, independent.slice(0, rows * d), ridge);
      expect(differenceUpToScale(projected, outer(smoothed(input, ridge)))).toBeLessThan(1e-9);
    }
  });

  test('the metric is W Wᵀ over its largest entry', async () => {
    using backend = await create();
    const { metric } = await firstLayer(backend, independent, 0.5);
    expect(Math.max(...metric)).toBeCloseTo(1, 14);
    using m = backend.tensor(metric, [features, features], 'float64');
    const { values } = await backend.eigh(m);
    const spectrum = await values.read();
    // Rank: one direction per class.
    expect(Math.abs(spectrum[features - classes - 1] as number)).toBeLessThan(1e-12);
    expect(spectrum[features - classes] as number).toBeGreaterThan(1e-3);
    values.dispose();
  });

  test('classes in orthogonal subspaces, alike within: one projection collapses them also with ridge', async () => {
    using backend = await create();
    // Sample i of class c is e_c + a direction of its own: K is a I + b 1 1ᵀ within classes, 0 between them.
    const data = new Float64Array(rows * (classes + rows));
    for (let i = 0; i < rows; i++) {
      data[i * (classes + rows) + (labels[i] as number)] = 1;
      data[i * (classes + rows) + classes + i] = 1.5;
    }
    using x = backend.tensor(data, [rows, classes + rows], 'float64');
    using y = backend.tensor(signed, [rows, classes], 'float64');
    const options = { backend, x, y, kernel: linear, ridge: 2, depth: 1, featureMap: identityMap() };
    for await (const step of deepRecursiveFeatureMachine(options)) {
      if (!isLayerStep(step)) continue;
      expect((await collapseMetrics(step.input, labels)).nc1.ratio).toBeGreaterThan(1);
      const { nc1, nc2 } = await collapseMetrics(step.projected, labels);
      expect(nc1.ratio).toBeLessThan(rootOfRounding);
      expect(nc2.distance).toBeLessThan(rootOfRounding);
    }
  });
});
