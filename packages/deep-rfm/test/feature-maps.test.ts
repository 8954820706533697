import { type Backend, FormatError, OptionError } from '@agop/core';
import { type FeatureMap, identityMap, type MapTensors, randomCosine, randomRelu } from '@agop/deep-rfm';
import { enginesWith } from '@agop/test-support/engines';
import { describe, expect, test } from 'vitest';
import { drawContext } from '../src/feature-maps/feature-map.ts';
import { featureMapFromDescription } from '../src/feature-maps/serialization.ts';
import { clouds, dot } from './data.ts';

const { x } = clouds(5, 4, 2, 0.3);
const [n, d] = x.shape;

function draw(map: FeatureMap, backend: Backend, layer = 1, seed = 7): MapTensors {
  return map.draw?.(drawContext({ backend, features: d, layer, dtype: 'float64' }, seed)) ?? {};
}

/** Φ of the rows, and what the layer drew, on the host; frees everything. */
async function featuresOf(map: FeatureMap, backend: Backend, layer = 1, seed = 7) {
  const before = backend.memory().tensors;
  const drawn = draw(map, backend, layer, seed);
  const rows = backend.tensor(x.data, x.shape, 'float64');
  const features = map.apply(backend, rows, drawn);
  const width = features.shape[1] as number;
  const data = await features.read();
  const host: Record<string, ArrayLike<number>> = {};
  for (const [name, tensor] of Object.entries(drawn)) {
    host[name] = await tensor.read();
    tensor.dispose();
  }
  rows.dispose();
  features.dispose();
  expect(backend.memory().tensors).toBe(before);
  return { data, width, drawn: host };
}

const row = (i: number): Float64Array => x.data.subarray(i * d, (i + 1) * d);

/** Largest difference between the inner products of features and a kernel. */
function kernelError(
  data: ArrayLike<number>,
  width: number,
  kernel: (a: Float64Array, b: Float64Array) => number,
) {
  const features = Float64Array.from(data);
  let largest = 0;
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const estimate = dot(
        features.subarray(i * width, (i + 1) * width),
        features.subarray(j * width, (j + 1) * width),
      );
      largest = Math.max(largest, Math.abs(estimate - kernel(row(i), row(j))));
    }
  }
  return largest;
}

const distance = (a: Float64Array, b: Float64Array, p: number): number =>
  a.reduce((sum, value, k) => sum + Math.abs(value - (b[k] as number)) ** p, 0) ** (1 / p);

describe.each(enginesWith(2))('feature maps on $name', ({ create }) => {
  test('random ReLU: max(W x, 0) with uniform weights in (-1/√d, 1/√d)', async () => {
    using backend = await create();
    const { data, width, drawn } = await featuresOf(randomRelu({ width: 300 }), backend);
    const weights = Float64Array.from(drawn['weights'] as ArrayLike<number>);
    expect(width).toBe(300);
    for (let i = 0; i < n; i++) {
      for (let k = 0; k < width; k++) {
        const expected = Math.max(0, dot(row(i), weights.subarray(k * d, (k + 1) * d)));
        expect(data[i * width + k] as number).toBeCloseTo(expected, 12);
      }
    }
    const bound = 1 / Math.sqrt(d);
    expect(Math.max(...weights)).toBeLessThan(bound);
    expect(Math.min(...weights)).toBeGreaterThan(-bound);
    expect(Math.max(...weights)).toBeGreaterThan(0.98 * bound);
    expect(Math.abs(weights.reduce((sum, value) => sum + value, 0) / weights.length)).toBeLessThan(
      0.05 * bound,
    );
  });

  test('normal weights have variance 2/d', async () => {
    using backend = await create();
    const { drawn } = await featuresOf(randomRelu({ width: 2000, weights: 'normal' }), backend);
    const weights = Float64Array.from(drawn['weights'] as ArrayLike<number>);
    expect(weights.reduce((sum, value) => sum + value * value, 0) / weights.length).toBeCloseTo(2 / d, 1);
  });

  const many = 20_000; // the error of an inner product is about 1/√20000 = 0.007
  test.each([
    ['gaussian', (a: Float64Array, b: Float64Array) => Math.exp(-(distance(a, b, 2) ** 2) / (2 * 1.5 ** 2))],
    ['cauchy', (a: Float64Array, b: Float64Array) => Math.exp(-distance(a, b, 1) / 1.5)],
    ['laplace', (a: Float64Array, b: Float64Array) => Math.exp(-distance(a, b, 2) / 1.5)],
  ] as const)('random cosines with spectrum %s estimate its kernel', async (spectrum, kernel) => {
    using backend = await create();
    const { data, width } = await featuresOf(
      randomCosine({ spectrum, bandwidth: 1.5, width: many }),
      backend,
    );
    expect(width).toBe(many);
    expect(kernelError(data, width, kernel)).toBeLessThan(0.035);
  });

  test('random cosines are as many as the columns, unless told', async () => {
    using backend = await create();
    expect((await featuresOf(randomCosine(), backend)).width).toBe(d);
  });

  test('the same seed and layer give the same features, others do not', async () => {
    using backend = await create();
    for (const map of [randomRelu({ width: 8 }), randomCosine({ spectrum: 'laplace' })]) {
      const first = await featuresOf(map, backend);
      expect((await featuresOf(map, backend)).data).toEqual(first.data);
      expect((await featuresOf(map, backend, 2)).data).not.toEqual(first.data);
      expect((await featuresOf(map, backend, 1, 8)).data).not.toEqual(first.data);
    }
  });

  test('the identity', async () => {
    using backend = await create();
    expect((await featuresOf(identityMap(), backend)).data).toEqual(x.data);
  });
});

test('engines draw the same weights', async () => {
  const drawn = await Promise.all(
    enginesWith(2).map(async ({ create }) => {
      using backend = await create();
      return (await featuresOf(randomRelu({ width: 16 }), backend)).drawn['weights'];
    }),
  );
  expect(drawn[0]).toEqual(drawn[1]);
});

describe('options and files', () => {
  test.each([
    () => randomRelu({ width: 0 }),
    () => randomRelu({ width: 1.5 }),
    () => randomRelu({ weights: 'cauchy' as 'normal' }),
    () => randomCosine({ bandwidth: 0 }),
    () => randomCosine({ bandwidth: Number.NaN }),
    () => randomCosine({ width: -1 }),
    () => randomCosine({ spectrum: 'flat' as 'cauchy' }),
  ])('what is out of range is refused: %s', (make) => {
    expect(make).toThrow(OptionError);
  });

  test.each([
    randomRelu({ width: 9, weights: 'normal' }),
    randomCosine({ spectrum: 'laplace', bandwidth: 3 }),
    randomCosine({ width: 4 }),
    identityMap(),
  ])('$name comes back from its description', (map) => {
    const { name, parameters } = map;
    const restored = featureMapFromDescription(JSON.parse(JSON.stringify({ name, parameters })));
    expect({ name: restored.name, parameters: restored.parameters }).toEqual({ name, parameters });
  });

  test('unknown and damaged descriptions are refused', () => {
    const parameters = {};
    expect(() => featureMapFromDescription({ name: 'toString', parameters })).toThrow(FormatError);
    expect(() => featureMapFromDescription({ name: 'randomRelu', parameters })).toThrow(
      "lacks its parameter 'width'",
    );
    const bad = { width: -3, weights: 'normal' };
    expect(() => featureMapFromDescription({ name: 'randomRelu', parameters: bad })).toThrow(FormatError);
    const own = { ...identityMap(), name: 'own' };
    expect(featureMapFromDescription({ name: 'own', parameters }, { own: () => own })).toBe(own);
  });
});
