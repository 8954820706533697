import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Backend } from '@agop/core';
import { FormatError, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { decodeSafetensors, encodeSafetensors } from '@agop/estimators';
import {
  gaussian,
  type Kernel,
  lpq,
  ntk,
  presets,
  RFMClassifier,
  RFMRegressor,
  radialKernel,
} from '@agop/rfm';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { normal, productTarget } from './data.ts';

const [n, d] = [40, 3];
const x = { data: normal(n, d, 1), shape: [n, d] };
const y = productTarget(x.data, d);
const labels = Array.from(y, (value) => (value > 0 ? 'up' : 'down'));

let backend: Backend;
let folder: string;
beforeEach(async () => {
  backend = createNaiveBackend();
  folder = await mkdtemp(join(tmpdir(), 'agop-model-'));
});
afterEach(async () => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
  await rm(folder, { recursive: true });
});

const cauchy = (bandwidth: number): Kernel =>
  radialKernel('cauchy', (s, { bandwidth: l }) => s.div(l.pow(2)).add(1).reciprocal(), { bandwidth });

describe('a saved model', () => {
  test.each<[string, object]>([
    ['Gaussian, full', { kernel: gaussian({ bandwidth: 2 }), iterations: 2 }],
    ['Gaussian, diagonal', { kernel: gaussian({ bandwidth: 2 }), iterations: 2, diagonal: true }],
    ['plain kernel regression', { kernel: ntk({ depth: 3 }), iterations: 0 }],
    [
      'lpq with a transform',
      { ...presets.xrfm2025, kernel: lpq({ bandwidth: 2, p: 1.5, q: 0.8 }), iterations: 1 },
    ],
    ['a kernel of the user', { kernel: cauchy(3), iterations: 1, ridge: 1e-6 }],
  ])('predicts the same after loading: %s', async (_, options) => {
    using model = new RFMRegressor({ backend, ...options });
    await model.fit(x, y, { validation: 0.25 });
    const path = join(folder, 'model.safetensors');
    await model.save(path, { attachments: { preprocessing: '{"columns":[]}' } });
    const kernels = { cauchy: (k: Readonly<Record<string, number>>) => cauchy(k['bandwidth'] ?? 0) };
    using loaded = await RFMRegressor.load(path, { backend, kernels });
    expect(await loaded.predict(x)).toEqual(await model.predict(x));
    expect(loaded.best).toBe(model.best);
    expect(loaded.history).toEqual(model.history);
    expect(loaded.attachments).toEqual({ preprocessing: '{"columns":[]}' });
    expect(await loaded.featureImportances()).toEqual(await model.featureImportances());
    expect(await readdir(folder)).toEqual(['model.safetensors']);
  });

  test('of a classifier keeps its classes, and loads in another dtype', async () => {
    using model = new RFMClassifier<string>({ backend, iterations: 1 });
    await model.fit(x, labels);
    const bytes = await model.toBytes();
    using loaded = await RFMClassifier.load<string>(bytes, { backend, dtype: 'float64' });
    expect(loaded.classes).toEqual(['down', 'up']);
    expect(await loaded.predict(x)).toEqual(await model.predict(x));
    expect(loaded.machine.centers.dtype).toBe('float64');
    expect(await model.toBytes()).toEqual(bytes);
  });

  test('refuses what is no such model, and leaves nothing alive', async () => {
    using classifier = new RFMClassifier<string>({ backend, iterations: 1 });
    await classifier.fit(x, labels);
    const bytes = await classifier.toBytes();
    const load = (source: Uint8Array) => RFMClassifier.load(source, { backend });
    const format = { code: 'FORMAT' };
    for (const length of [0, 4, 100, bytes.length - 1]) {
      await expect(load(bytes.subarray(0, length)), `${length} bytes`).rejects.toMatchObject(format);
    }
    await expect(load(new TextEncoder().encode('a,b\n1,2\n'.repeat(50)))).rejects.toMatchObject(format);
    await expect(load(encodeSafetensors({}))).rejects.toMatchObject(format);
    await expect(RFMRegressor.load(bytes, { backend })).rejects.toThrow(/classifier.*RFMClassifier\.load/);
    const newer = encodeSafetensors({}, { format: 'agop-rfm', model: '{"version":999}' });
    await expect(load(newer)).rejects.toThrow(/version 999.*Update/);
    using unknownKernel = new RFMRegressor({ backend, kernel: cauchy(3), iterations: 0 });
    await unknownKernel.fit(x, y);
    await expect(RFMRegressor.load(await unknownKernel.toBytes(), { backend })).rejects.toThrow(
      /cauchy.*kernels/,
    );
    const path = join(folder, 'none.safetensors');
    await expect(RFMClassifier.load(path, { backend })).rejects.toMatchObject({ code: 'STORAGE' });
  });

  // The cases of estimators change every value and every tensor; here is what takes a pair of them.
  test('is not believed: kernels, depths, classes and scales', async () => {
    const kernel = ntk({ depth: 256 });
    expect(() => ntk({ depth: 257 })).toThrow('depth must be a whole number from 1 to 256, but is 257.');
    using classifier = new RFMClassifier<string>({ backend, kernel, iterations: 0 });
    await classifier.fit(x, labels);
    const { tensors, metadata } = decodeSafetensors(await classifier.toBytes());
    const load = (edit: object) => {
      const model = JSON.stringify({ ...JSON.parse(metadata['model'] ?? ''), ...edit });
      return RFMClassifier.load(encodeSafetensors(tensors, { ...metadata, model }), { backend });
    };
    const saved = (name: string, depth: number) => ({ kernel: { name, parameters: { depth } } });
    for (const name of ['__proto__', 'constructor', 'valueOf', 'toString']) {
      await expect(load(saved(name, 3))).rejects.toMatchObject({ code: 'FORMAT' });
    }
    for (const depth of [257, 20_000, 2 ** 31 - 1]) {
      await expect(load(saved('ntk', depth))).rejects.toThrow(/^The saved model is damaged.*1 to 256/);
    }
    await expect(load({ classes: ['up', 'up'] })).rejects.toThrow('it names a class twice');
    await expect(load({ classes: ['up', 'down', 'left'] })).rejects.toMatchObject({ code: 'FORMAT' });
  });

  test('in float64 is not squeezed into float32', async () => {
    using model = new RFMRegressor({ backend, dtype: 'float64', iterations: 0 });
    await model.fit(x, y);
    const { tensors, metadata } = decodeSafetensors(await model.toBytes());
    tensors['coefficients']?.data.fill(1e300);
    const bytes = encodeSafetensors(tensors, metadata);
    await expect(RFMRegressor.load(bytes, { backend, dtype: 'float32' })).rejects.toThrow(/range of float32/);
  });

  test('survives a failed save', async () => {
    using model = new RFMRegressor({ backend, iterations: 0 });
    await model.fit(x, y);
    // A folder that is a file cannot be written into.
    const file = join(folder, 'old');
    await writeFile(file, 'precious');
    await expect(model.save(join(file, 'model'))).rejects.toMatchObject({ code: 'STORAGE' });
    expect(await readFile(file, 'utf8')).toBe('precious');
    expect(await readdir(folder)).toEqual(['old']);
  });
});

describe('numbers that are finite, but large', () => {
  const edited = (
    bytes: Uint8Array,
    name: string,
    value: number,
    dtype: 'float32' | 'float64',
  ): Uint8Array => {
    const { tensors, metadata } = decodeSafetensors(bytes);
    const tensor = tensors[name];
    if (!tensor) throw new Error(`There is no ${name}.`);
    const data = Float64Array.from(tensor.data).fill(value);
    return encodeSafetensors({ ...tensors, [name]: { dtype, shape: tensor.shape, data } }, metadata);
  };
  const fitted = async (): Promise<Uint8Array> => {
    using model = new RFMRegressor({ backend, kernel: gaussian({ bandwidth: 2 }), iterations: 1 });
    await model.fit(x, y);
    return await model.toBytes();
  };

  test('predictions that overflow are an error', async () => {
    const bytes = await fitted();
    using model = await RFMRegressor.load(edited(bytes, 'targetScale', 1.7e308, 'float64'), { backend });
    await expect(model.predict(x)).rejects.toThrow(ValueError);
  });

  test('a file in float32 holds no number beyond its range', async () => {
    const bytes = edited(await fitted(), 'metric', 1e300, 'float64');
    await expect(RFMRegressor.load(bytes, { backend })).rejects.toThrow(FormatError);
  });
});
