import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, type FloatDType, randomArray, ValueError } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { createNaiveBackend, naiveEngine } from '@agop/core/naive';
import { gaussian, laplace } from '@agop/rfm';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import {
  ConvRFMClassifier,
  ConvRFMRegressor,
  convolutionalNtk,
  type ImageKernel,
  patchKernel,
} from '../src/index.ts';

// Distances between patches do not see where the origin of the pixels is, nor their unit.

vi.setConfig({ testTimeout: 60_000 });

let backend: Backend;
beforeAll(async () => {
  backend = await createCpuBackend({ threads: 1 });
});
afterAll(() => backend.dispose());
afterEach(() => {
  expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
});

const [count, side, channels] = [60, 5, 2] as const;
const pixels = side * side * channels;
const base = randomArray(count * pixels, 'normal', { seed: 4 }, 'float64');
const values = Array.from({ length: count }, (_, i) => {
  const at = i * pixels;
  return Math.sin(base[at + 24] as number) + (base[at + 25] as number) * (base[at + 14] as number);
});

const imagesOf = (move: (value: number, at: number) => number, from: number, to: number) => ({
  data: Array.from(base.slice(from * pixels, to * pixels), move),
  shape: [to - from, side, side, channels],
});

async function fitted(kernel: ImageKernel, dtype: FloatDType, move: (value: number, at: number) => number) {
  using model = new ConvRFMRegressor({ backend, kernel, dtype, iterations: 2 });
  await model.fit(imagesOf(move, 0, 45), values.slice(0, 45));
  const diagonal = (model.snapshots.at(-1)?.transform ?? []).filter((_, at) => at % (9 * channels + 1) === 0);
  return { outputs: await model.predict(imagesOf(move, 45, 60)), diagonal, warnings: model.warnings };
}

function worst(a: ArrayLike<number>, b: ArrayLike<number>): number {
  return Array.from(a).reduce((most, value, i) => Math.max(most, Math.abs(value - (b[i] as number))), 0);
}

describe.each([
  [
    'laplace',
    (unit: number, pooling: 'none' | 'average') => patchKernel(laplace({ bandwidth: 3 * unit }), { pooling }),
  ],
  [
    'gaussian',
    (unit: number, pooling: 'none' | 'average') =>
      patchKernel(gaussian({ bandwidth: 3 * unit }), { pooling }),
  ],
] as const)('%s between patches', (_, kernelOf) => {
  test.each([
    ['float32', 'none'],
    ['float64', 'none'],
    ['float32', 'average'],
  ] as const)('the same model at any offset of a channel: %s, pooling %s', async (dtype, pooling) => {
    const expected = await fitted(kernelOf(1, pooling), dtype, (value) => value);
    for (const offset of [300, 1e6, 1e9]) {
      const found = await fitted(kernelOf(1, pooling), dtype, (value, at) => value + (at % 2) * offset);
      // What is left of the digits of the pixels at this offset.
      const digits = Math.max(dtype === 'float32' ? 1e-4 : 1e-10, offset * 1e-13);
      expect(worst(found.outputs, expected.outputs), `offset ${offset}`).toBeLessThan(20 * digits);
      expect(worst(found.diagonal, expected.diagonal), `offset ${offset}`).toBeLessThan(20 * digits);
    }
  });

  test.each([
    ['float32', [1e-12, 1e12]],
    ['float64', [1e-100, 1e100]],
  ] as [FloatDType, number[]][])('the same model in any unit: %s', async (dtype, units) => {
    const expected = await fitted(kernelOf(1, 'none'), dtype, (value) => value);
    for (const unit of units) {
      const found = await fitted(kernelOf(unit, 'none'), dtype, (value) => value * unit);
      const tolerance = dtype === 'float32' ? 1e-3 : 1e-10;
      expect(worst(found.outputs, expected.outputs), `unit ${unit}`).toBeLessThan(tolerance);
      expect(worst(found.diagonal, expected.diagonal), `unit ${unit}`).toBeLessThan(tolerance);
    }
  });
});

test.each([
  ['float32', [1e-12, 1e12]],
  ['float64', [1e-100, 1e100]],
] as [FloatDType, number[]][])(
  'the tangent kernel is that of a network without bias: any unit, %s',
  async (dtype, units) => {
    for (const pooling of ['none', 'average'] as const) {
      const kernel = convolutionalNtk({ depth: 2, pooling });
      const expected = await fitted(kernel, dtype, (value) => value);
      for (const unit of units) {
        const found = await fitted(kernel, dtype, (value) => value * unit);
        const tolerance = dtype === 'float32' ? 5e-3 : 1e-9;
        expect(worst(found.outputs, expected.outputs), `unit ${unit}`).toBeLessThan(tolerance);
        expect(worst(found.diagonal, expected.diagonal), `unit ${unit}`).toBeLessThan(tolerance);
      }
    }
  },
);

test('zeros around the images stay zeros, and images are used as they are where these are compared with pixels', async () => {
  const moved = (value: number): number => value + 3;
  for (const pooling of ['none', 'average'] as const) {
    const kernel = patchKernel(laplace({ bandwidth: 3 }), { padding: 'same', pooling });
    using model = new ConvRFMRegressor({ backend, kernel, dtype: 'float64', iterations: 0 });
    await model.fit(imagesOf(moved, 0, 45), values.slice(0, 45));
    expect(model.origin.some((value) => value !== 0)).toBe(pooling === 'none');
    using naive = createNaiveBackend();
    using peer = new ConvRFMRegressor({ backend: naive, kernel, dtype: 'float64', iterations: 0 });
    await peer.fit(imagesOf(moved, 0, 45), values.slice(0, 45));
    expect(
      worst(await model.predict(imagesOf(moved, 45, 60)), await peer.predict(imagesOf(moved, 45, 60))),
    ).toBeLessThan(1e-9);
  }
});

describe('images that are not centered, far from 0', () => {
  const radial = laplace({ bandwidth: 3 });
  test.each([
    ['a kernel that sees it', convolutionalNtk({ depth: 2 }), 0],
    ['zeros around the images', patchKernel(radial, { padding: 'same', pooling: 'average' }), 0],
    ['feature layers', patchKernel(radial), 1],
  ] as const)('the fit goes on in float64, or says what is lost: %s', async (_, kernel, layers) => {
    for (const [offset, dtype, codes, wanted] of [
      [10, 'float32', [], 'float32'],
      [1e4, 'float32', ['float64'], 'float64'],
      [1e9, 'float64', ['far-from-zero'], 'float64'],
    ] as const) {
      const said: string[] = [];
      const deep = layers === 0 ? {} : { deep: { layers, width: 8 } };
      using model = new ConvRFMRegressor({
        ...{ backend, kernel, dtype, ridge: 0.1, iterations: 0, ...deep },
      });
      await model.fit(
        imagesOf((value, at) => value + (at % 2) * offset, 0, 45),
        values.slice(0, 45),
        { onWarning: ({ message }) => said.push(message) },
      );
      expect(model.warnings.map(({ code }) => code)).toEqual(codes);
      expect(model.machine.coefficients.dtype).toBe(wanted);
      if (codes.length > 0) expect(said.join()).toMatch(/channel 1, .*Subtract the mean of each channel/);
    }
  });
});

test('the origin travels with the model', async () => {
  const kernel = patchKernel(gaussian({ bandwidth: 3 }));
  const moved = (value: number): number => value + 1e4;
  using model = new ConvRFMRegressor({ backend, kernel, iterations: 1 });
  await model.fit(imagesOf(moved, 0, 45), values.slice(0, 45));
  expect(Math.abs((model.origin[0] as number) - 1e4)).toBeLessThan(1);
  using loaded = await ConvRFMRegressor.load(await model.toBytes(), { backend });
  expect(loaded.origin).toEqual(model.origin);
  expect(await loaded.predict(imagesOf(moved, 45, 60))).toEqual(await model.predict(imagesOf(moved, 45, 60)));
});

test.each([
  ['float32', 1e20, 'overflow'],
  ['float32', 1e-20, 'vanish'],
  ['float64', 1e200, 'overflow'],
  ['float64', 1e-200, 'vanish'],
] as const)(
  'beyond what squares reach, an error that names the channel: %s, %f',
  async (dtype, unit, word) => {
    const fit = fitted(convolutionalNtk({ depth: 2 }), dtype, (value, at) => value * (at % 2) * unit);
    await expect(fit).rejects.toSatisfy(ValueError.isInstance);
    await expect(fit).rejects.toThrow(new RegExp(`${word} .*channel 1 .*Rescale`, 's'));
  },
);

test('an AGOP of zeros ends the fit with the last good transform, and says so', async () => {
  const said: string[] = [];
  const kernel = patchKernel(gaussian({ bandwidth: 1e-3 }));
  using model = new ConvRFMClassifier<string>({ backend, kernel });
  const labels = values.map((value) => (value > 0 ? 'above' : 'below'));
  await model.fit(
    imagesOf((value) => value, 0, 60),
    labels,
    { onWarning: ({ message }) => said.push(message) },
  );
  expect(model.warnings.map(({ code, iteration }) => [code, iteration])).toEqual([['ended-early', 1]]);
  expect(said.join()).toMatch(/Iteration 1 could not be fitted.* is 0/);
  expect(model.history.map(({ iteration }) => iteration)).toEqual([0]);
  expect(model.best.iteration).toBe(0);
  expect(
    await model.score(
      imagesOf((value) => value, 0, 60),
      labels,
    ),
  ).toBe(1);
  using loaded = await ConvRFMClassifier.load<string>(await model.toBytes(), { backend });
  expect(loaded.history).toEqual(model.history);
  const before = backend.memory().tensors;
  const onWarning = () => {
    throw new RangeError('mine');
  };
  using other = new ConvRFMClassifier<string>({ backend, kernel });
  const images = imagesOf((value) => value, 0, 60);
  await expect(other.fit(images, labels, { onWarning })).rejects.toThrow(new RangeError('mine'));
  expect(backend.memory().tensors).toBe(before);
});

test('where float32 does not suffice the fit begins again in float64, and says so', async () => {
  // Pairs of images that differ by less than float32 sees of their kernel, with targets of their own.
  const close = imagesOf(
    (value, at) => (Math.floor(at / pixels) % 2 === 0 ? value : (base[at - pixels] as number) + 1e-5 * value),
    0,
    40,
  );
  const labels = values.slice(0, 40).map((_, i) => i % 2);
  const kernel = convolutionalNtk({ depth: 1 });
  using model = new ConvRFMClassifier<number>({
    backend,
    kernel,
    ridge: 0,
    iterations: 1,
  });
  await model.fit(close, labels);
  expect(model.warnings.map(({ code }) => code)).toContain('float64');
  expect(model.machine.coefficients.dtype).toBe('float64');
  // A backend without float64 has nothing to go on in.
  using single = createBackend({
    ...naiveEngine,
    dtypes: ['float32'],
    preferredDType: 'float32',
  });
  using other = new ConvRFMClassifier<number>({ backend: single, kernel, ridge: 0, iterations: 1 });
  await expect(other.fit(close, labels)).rejects.toMatchObject({ code: 'NOT_POSITIVE_DEFINITE' });
  expect(single.memory().tensors).toBe(0);
});

test('whatever callback fails, and whenever, nothing is left', async () => {
  const kernel = patchKernel(gaussian({ bandwidth: 1 }));
  const images = imagesOf((value) => value, 0, 60);
  using model = new ConvRFMRegressor({ backend, kernel, iterations: 1 });
  const before = backend.memory().tensors;
  for (const name of ['onProgress', 'onIteration']) {
    let calls = 0;
    await model.fit(images, values, { [name]: () => (calls += 1) });
    model.dispose();
    for (let at = 0; at < calls; at++) {
      let call = 0;
      const fails = () => {
        if (call++ === at) throw new RangeError('mine');
      };
      const rejects = async () => fails();
      for (const callback of [fails, rejects]) {
        call = 0;
        await expect(model.fit(images, values, { [name]: callback })).rejects.toThrow(new RangeError('mine'));
        expect(backend.memory().tensors).toBe(before);
      }
    }
  }
});
