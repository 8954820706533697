import { createCpuBackend } from '@agop/backend-cpu';
import {
  AbortedError,
  type Backend,
  FormatError,
  NotFittedError,
  OptionError,
  OutOfMemoryError,
  randomArray,
  ShapeError,
  ValueError,
} from '@agop/core';
import { decodeSafetensors, encodeSafetensors, type FitWarning } from '@agop/estimators';
import { gaussian } from '@agop/rfm';
import * as tf from '@tensorflow/tfjs-core';
import '@tensorflow/tfjs-backend-cpu';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import {
  type ConvProgressEvent,
  ConvRFMClassifier,
  ConvRFMRegressor,
  convolutionalNtk,
  convPresets,
  imageKernelCost,
  patchKernel,
  toHostImages,
} from '../src/index.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await createCpuBackend({ threads: 2 });
});
afterAll(() => backend.dispose());
afterEach(() => {
  expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
});

const kernel = convolutionalNtk({ depth: 2 });

/**
 * Noisy 8 x 8 images with a bar at a random place: upright ('|', height 1), level ('-', 2) or none ('o', 0).
 */
function bars(count: number, seed: number) {
  const data = Float32Array.from(
    randomArray(count * 64, 'normal', { seed }, 'float32'),
    (value) => 0.3 * value,
  );
  const places = randomArray(count * 2, 'uniform', { seed, stream: 1 }, 'float64');
  const labels = Array.from(
    { length: count },
    (_, i) => (['|', '-', 'o'] as const)[i % 3] as '|' | '-' | 'o',
  );
  for (const [i, label] of labels.entries()) {
    const [y, x] = [0, 1].map((k) => Math.floor((places[2 * i + k] as number) * 5)) as [number, number];
    for (let step = 0; step < 4; step++) {
      if (label === '|') data[i * 64 + (y + step) * 8 + x] = 1.5;
      if (label === '-') data[i * 64 + y * 8 + x + step] = 1.5;
    }
  }
  return {
    x: { data, shape: [count, 8, 8, 1] },
    labels,
    angles: labels.map((l) => ['o', '|', '-'].indexOf(l)),
  };
}

const train = bars(120, 1);
const test1 = bars(90, 2);

describe('classifier', () => {
  test('learns, better than the fixed kernel; the same from a file, in another dtype and in a pooled kernel', async () => {
    using model = new ConvRFMClassifier<string>({ backend, kernel, ridge: [1e-5, 1e-2], iterations: 2 });
    await model.fit(train.x, train.labels, { validation: { x: test1.x, y: test1.labels } });
    const score = await model.score(test1.x, test1.labels);
    expect(model.history).toHaveLength(6);
    expect(model.history.map(({ iteration, ridge }) => [iteration, ridge])).toEqual([
      [0, 1e-5],
      [0, 1e-2],
      [1, 1e-5],
      [1, 1e-2],
      [2, 1e-5],
      [2, 1e-2],
    ]);
    const accuracies = model.history.map(({ scores }) => scores?.accuracy as number);
    expect(model.best.scores?.accuracy).toBe(Math.max(...accuracies));
    expect(score).toBeCloseTo(model.best.scores?.accuracy as number, 10);
    expect(score).toBeGreaterThan(0.6);
    expect(model.classes).toEqual(['-', 'o', '|']);
    expect(model.snapshots.map(({ iteration }) => iteration)).toEqual([0, 1, 2]);

    const bytes = await model.toBytes();
    using loaded = await ConvRFMClassifier.load<string>(bytes, { backend });
    expect(await loaded.predict(test1.x)).toEqual(await model.predict(test1.x));
    expect(await loaded.decisionFunction(test1.x)).toEqual(await model.decisionFunction(test1.x));
    expect(loaded.history).toEqual(model.history);
    expect(loaded.best).toEqual(model.best);
    expect(loaded.snapshots[2]?.transform).toEqual(model.snapshots[2]?.transform);
    using wide = await ConvRFMClassifier.load<string>(bytes, { backend, dtype: 'float64' });
    const [a, b] = [await wide.decisionFunction(test1.x), await model.decisionFunction(test1.x)];
    expect(Math.max(...a.map((value, i) => Math.abs(value - (b[i] as number))))).toBeLessThan(1e-2);
  });

  test('probabilities are a distribution, and scores count unknown labels as wrong', async () => {
    using model = new ConvRFMClassifier<string>({
      backend,
      kernel: patchKernel(gaussian({ bandwidth: 2 })),
      iterations: 1,
    });
    await model.fit(train.x, train.labels);
    const p = await model.predictProba(test1.x);
    expect(p).toHaveLength(90 * 3);
    for (let i = 0; i < 90; i++)
      expect((p[3 * i] as number) + (p[3 * i + 1] as number) + (p[3 * i + 2] as number)).toBeCloseTo(1, 12);
    const half = test1.labels.map((label, i) => (i % 2 === 0 ? label : 'x'));
    expect(await model.score(test1.x, half)).toBeLessThanOrEqual(0.5);
  });

  test('a fraction is held out by class, the same for the same seed', async () => {
    const fitted = async (seed: number) => {
      using model = new ConvRFMClassifier<string>({ backend, kernel, iterations: 1, seed });
      await model.fit(train.x, train.labels, { validation: 0.25 });
      expect(model.machine.centers.shape[0]).toBe(90);
      return model.history.map(({ scores }) => scores?.mse);
    };
    expect(await fitted(5)).toEqual(await fitted(5));
    expect(await fitted(5)).not.toEqual(await fitted(6));
  });

  test('Deep ConvRFM: feature layers, and back from a file', async () => {
    for (const activation of ['relu', 'none'] as const) {
      using model = new ConvRFMClassifier<string>({
        backend,
        kernel,
        iterations: 1,
        deep: { layers: 1, width: 6, activation },
      });
      await model.fit(train.x, train.labels, { validation: { x: test1.x, y: test1.labels } });
      expect(model.history.map(({ layer, iteration }) => [layer, iteration])).toEqual([
        [0, 0],
        [0, 1],
        [1, 0],
        [1, 1],
      ]);
      expect(await model.score(test1.x, test1.labels)).toBeCloseTo(model.best.scores?.accuracy as number, 10);
      using loaded = await ConvRFMClassifier.load<string>(await model.toBytes(), { backend });
      expect(await loaded.decisionFunction(test1.x)).toEqual(await model.decisionFunction(test1.x));
    }
  });

  test('the last layer is kept where there is no validation data', async () => {
    using model = new ConvRFMClassifier<string>({
      backend,
      kernel,
      iterations: 1,
      deep: { layers: 1, width: 5 },
    });
    await model.fit(train.x, train.labels);
    expect(model.best).toMatchObject({ layer: 1, iteration: 1 });
    expect(model.machine.centers.shape).toEqual([120, 6, 6, 5]);
    expect(model.machine.kernel.depth).toBe(1);
    using loaded = await ConvRFMClassifier.load<string>(await model.toBytes(), { backend });
    expect(await loaded.decisionFunction(test1.x)).toEqual(await model.decisionFunction(test1.x));
  });

  test('tf.Tensor in, tf.Tensor out; channels first where that is said', async () => {
    using model = new ConvRFMClassifier<number>({ backend, kernel, iterations: 0, channels: 'first' });
    const x = tf.tensor4d(train.x.data, [120, 1, 8, 8]);
    const y = tf.tensor1d(train.angles, 'int32');
    await model.fit(x, y);
    const p = await model.predictProba(x);
    expect(p.shape).toEqual([120, 3]);
    expect(await model.score(x, train.angles)).toBeGreaterThan(0.9);
    for (const tensor of [x, y, p]) tensor.dispose();
  });

  test('progress runs from 0 to 1, iterations are told', async () => {
    using model = new ConvRFMClassifier<string>({ backend, kernel, iterations: 1 });
    const test = { x: test1.x, y: test1.labels };
    const events: ConvProgressEvent[] = [];
    const iterations: number[] = [];
    await model.fit(train.x, train.labels, {
      validation: 0.2,
      test,
      onProgress: (event) => events.push(event),
      onIteration: ({ iteration, best }) => {
        iterations.push(iteration);
        expect(best.scores?.accuracy).toBeGreaterThanOrEqual(0);
      },
    });
    expect(iterations).toEqual([0, 1]);
    const fractions = events.map(({ fraction }) => fraction);
    expect(fractions).toEqual([...fractions].sort((a, b) => a - b));
    expect(fractions.at(-1)).toBeCloseTo(1, 6);
    expect(new Set(events.map(({ phase }) => phase))).toEqual(
      new Set(['kernel', 'solve', 'validation', 'test', 'gradients']),
    );
  });

  test('an abort leaves the model as it was, and nothing behind', async () => {
    using model = new ConvRFMClassifier<string>({ backend, kernel, iterations: 1, tileBytes: 1 });
    await model.fit(train.x, train.labels);
    const before = await model.decisionFunction(test1.x);
    for (const phase of ['kernel', 'gradients', 'validation']) {
      const stop = new AbortController();
      const onProgress = (event: ConvProgressEvent) => event.phase === phase && stop.abort();
      const fit = model.fit(train.x, train.labels, { signal: stop.signal, onProgress, validation: 0.2 });
      await expect(fit).rejects.toBeInstanceOf(AbortedError);
    }
    expect(await model.decisionFunction(test1.x)).toEqual(before);
  });

  test('the published choice on test data warns', async () => {
    using model = new ConvRFMClassifier<string>({
      backend,
      kernel,
      ...convPresets.convrfm2023,
      iterations: 1,
    });
    await expect(model.fit(train.x, train.labels, { validation: 0.2 })).rejects.toThrow(OptionError);
    const warnings: FitWarning[] = [];
    const validation = { x: test1.x, y: test1.labels };
    await model.fit(train.x, train.labels, { validation, onWarning: (warning) => warnings.push(warning) });
    expect(warnings.find(({ code }) => code === 'optimistic')?.message).toMatch(/chosen on the test data/);
    expect(model.warnings).toEqual(warnings);
  });
});

describe('regressor', () => {
  test('predicts in the units of the targets, several at once, and back from a file', async () => {
    const targets = train.angles.map((angle) => [1000 + 10 * angle, -angle]);
    const testTargets = test1.angles.map((angle) => [1000 + 10 * angle, -angle]);
    using model = new ConvRFMRegressor({ backend, kernel, ridge: 1e-2, iterations: 1 });
    await model.fit(train.x, targets, { validation: { x: test1.x, y: testTargets } });
    expect(await model.score(train.x, targets)).toBeGreaterThan(0.9);
    expect(await model.score(test1.x, testTargets)).toBeGreaterThan(0.1);
    const predictions = await model.predict(test1.x);
    expect(predictions).toHaveLength(180);
    expect(predictions[0]).toBeGreaterThan(990);
    using loaded = await ConvRFMRegressor.load(await model.toBytes(), { backend });
    expect(await loaded.predict(test1.x)).toEqual(predictions);
    await expect(ConvRFMClassifier.load(await model.toBytes(), { backend })).rejects.toBeInstanceOf(
      FormatError,
    );
  });

  test('constant targets are refused', async () => {
    using model = new ConvRFMRegressor({ backend, kernel });
    await expect(model.fit(train.x, new Float64Array(120).fill(3))).rejects.toBeInstanceOf(ValueError);
  });
});

test('single images keep their digits; gray ones may leave out the channels', async () => {
  const images = await toHostImages(
    [
      { data: [0.1, 0.2, 0.3, 0.4], shape: [2, 2] },
      { data: [0.5, 0.6, 0.7, 0.8], shape: [2, 2, 1] },
    ],
    'X',
  );
  expect(images).toMatchObject({ rows: 2, columns: 4, height: 2, width: 2, channels: 1 });
  expect(Array.from(images.data)).toEqual([0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8]);
});

describe('bad input is refused with a reason', () => {
  const y = train.labels;
  const fit = (x: unknown, labels: readonly string[] = y, options = {}) =>
    new ConvRFMClassifier<string>({ backend, kernel, iterations: 0, ...options }).fit(x as never, labels);
  const images = (...shape: number[]) => ({
    data: new Float32Array(shape.reduce((a, b) => a * b, 1)),
    shape,
  });
  const two = (n: number) => Array.from({ length: n }, (_, i) => String(i % 2));

  test.each([
    ['smaller than the patch', images(4, 2, 5, 1), ShapeError, /2 x 5.*smaller than the patches of 3 x 3/],
    ['too small for the layers', images(4, 4, 4, 1), ShapeError, /too small for 2 layers/],
    ['channels first', images(4, 3, 16, 16), ShapeError, /looks like \[n, channels, height, width\]/],
    ['a rank that is no image', images(4, 64), ShapeError, /must be images/],
    ['data that does not fill', { data: [1, 2, 3], shape: [4, 8, 8, 1] }, ShapeError, /do not fill/],
    ['no images', images(0, 8, 8, 1), ValueError, /no images/],
    [
      'mixed sizes',
      [images(8, 8, 1), images(8, 9, 1), images(8, 8, 1), images(8, 8, 1)],
      ShapeError,
      /mixed sizes: image 1/,
    ],
    ['something else', 'mnist', Error, /must be images/],
  ])('%s', async (_, x, type, message) => {
    const error = await fit(x, two(4)).then(
      () => undefined,
      (reason: unknown) => reason,
    );
    expect(error).toBeInstanceOf(type);
    expect((error as Error).message).toMatch(message);
  });

  test('pixels that are not finite, with their place', async () => {
    const data = train.x.data.slice();
    data[64 * 7 + 8 * 3 + 5] = Number.NaN;
    await expect(fit({ ...train.x, data })).rejects.toThrow(/NaN in image 7, row 3, column 5, channel 0/);
  });

  test('labels that do not go with the images', async () => {
    await expect(fit(train.x, y.slice(1))).rejects.toThrow(/120 images, but y has 119 labels/);
    await expect(fit(train.x, new Array<string>(120).fill('a'))).rejects.toBeInstanceOf(ValueError);
  });

  test('several ridges without validation data, options out of range', async () => {
    await expect(fit(train.x, y, { ridge: [1, 2] })).rejects.toThrow(/needs validation data/);
    for (const options of [
      { ridge: [] },
      { ridge: -1 },
      { iterations: -1 },
      { update: 'square' },
      { agopImages: 0 },
      { deep: { layers: 2 } },
      { dtype: 'float16' },
    ]) {
      expect(() => new ConvRFMClassifier({ backend, kernel, ...(options as object) })).toThrow(OptionError);
    }
    expect(() => convolutionalNtk({ depth: 0 })).toThrow(OptionError);
    expect(() => convolutionalNtk({ patchSize: 2, padding: 'same' })).toThrow(OptionError);
  });

  test('images of another size at prediction, and a model that is not fitted', async () => {
    using model = new ConvRFMClassifier<string>({ backend, kernel, iterations: 0 });
    await expect(model.predict(train.x)).rejects.toBeInstanceOf(NotFittedError);
    await model.fit(train.x, y);
    await expect(model.predict(images(2, 9, 8, 1))).rejects.toThrow(/9 x 8 x 1.*fitted on 8 x 8 x 1/);
  });

  test('work that cannot fit is refused before it begins', async () => {
    await expect(fit(train.x, y, { memoryBudget: 100_000 })).rejects.toBeInstanceOf(OutOfMemoryError);
    const pooled = convolutionalNtk({ depth: 1, pooling: 'average', patchSize: 7 });
    const size = { height: 224, width: 224, channels: 3 };
    const cost = imageKernelCost(backend, pooled, { size, left: 2, dtype: 'float32' });
    expect(cost.pairPositions).toBe(3 * 218 ** 4);
    expect(cost.bytes).toBeGreaterThan(2 ** 40);
    const large = { data: new Float32Array(2 * 224 * 224 * 3), shape: [2, 224, 224, 3] };
    await expect(fit(large, ['a', 'b'], { kernel: pooled })).rejects.toThrow(/Average pooling compares/);
  });

  test('files that are truncated, foreign or newer', async () => {
    using model = new ConvRFMClassifier<string>({ backend, kernel, iterations: 0 });
    await model.fit(train.x, y);
    const bytes = await model.toBytes();
    const load = (some: Uint8Array) => ConvRFMClassifier.load(some, { backend });
    await expect(load(bytes.slice(0, bytes.length - 8))).rejects.toBeInstanceOf(FormatError);
    await expect(load(encodeSafetensors({}, { format: 'other' }))).rejects.toThrow(
      /Not a saved ConvRFM model/,
    );
    const { tensors, metadata } = decodeSafetensors(bytes);
    const newer = encodeSafetensors(tensors, { ...metadata, model: '{"version": 3}' });
    await expect(load(newer)).rejects.toThrow(/format version 3/);
    const { images: _, ...rest } = tensors;
    await expect(load(encodeSafetensors(rest, metadata))).rejects.toThrow(/lacks the tensor 'images'/);
  });
});
