import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Backend, FormatError, input, NotFittedError, OptionError, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  collapseMetrics,
  DeepRFM,
  type DeepRFMOptions,
  deepPresets,
  type FeatureMap,
  identityMap,
  type LayerEvent,
  nc4,
  randomCosine,
  randomRelu,
} from '@agop/deep-rfm';
import { decodeSafetensors, encodeSafetensors, toTfTensor } from '@agop/estimators';
import { gaussian, RFMClassifier } from '@agop/rfm';
import { enginesWith } from '@agop/test-support/engines';
import { afterAll, describe, expect, test } from 'vitest';
import { clouds, part } from './data.ts';

const all = clouds(90, 8, 3, 0.4);
const [training, held] = [part(all, 0, 60), part(all, 60, 90)];
const small = { depth: 3, ridge: 0.01, featureMap: randomRelu({ width: 40 }) } as const;

const folder = await mkdtemp(join(tmpdir(), 'agop-deep-'));
afterAll(() => rm(folder, { recursive: true }));

/** A model fitted with validation data, on its backend. */
async function fitted(backend: Backend, options: Partial<DeepRFMOptions> = {}): Promise<DeepRFM<string>> {
  const model = new DeepRFM<string>({ backend, ...small, ...options });
  return model.fit(training.x, training.y, { validation: held });
}

describe.each(enginesWith(2))('DeepRFM on $name', ({ create }) => {
  test('fits, scores every depth, and is measured layer by layer', async () => {
    using backend = await create();
    {
      using model = await fitted(backend);
      expect(model.fitted).toBe(true);
      expect(model.classes).toEqual(['class 0', 'class 1', 'class 2']);
      expect(model.layers.map(({ layer, width }) => [layer, width])).toEqual([
        [1, 40],
        [2, 40],
        [3, 40],
      ]);
      const scores = await model.scores(held.x, held.y);
      expect(scores).toEqual([model.input.heldOut, ...model.layers.map(({ heldOut }) => heldOut?.accuracy)]);
      expect(await model.scores(training.x, training.y)).toEqual([
        model.input.train,
        ...model.layers.map(({ train }) => train.accuracy),
      ]);
      for (const [layer, score] of scores.entries())
        expect(await model.score(held.x, held.y, { layer })).toBe(score);
      expect(await model.score(held.x, held.y)).toBe(scores[3]);
      expect(scores[3] as number).toBeGreaterThan(0.8);
      for (const { train, heldOut } of model.layers) {
        // Training rows are interpolated, and where classes have collapsed the nearest mean is their own.
        expect(train.nc4).toBeGreaterThan(0.9);
        expect(heldOut?.nc4).toBeGreaterThan(0.7);
      }
      const [first, , last] = model.layers;
      expect(last?.train.projected.nc1.ratio as number).toBeLessThan(
        0.25 * (first?.train.projected.nc1.ratio as number),
      );
    }
    expect(backend.memory().tensors).toBe(0);
  });

  test('what is recorded is what transform gives', async () => {
    using backend = await create();
    using model = await fitted(backend);
    for (const rows of [training, held]) {
      for (const { layer, train, heldOut } of model.layers) {
        const record = rows === training ? train : heldOut;
        for (const stage of ['input', 'projected', 'features'] as const) {
          const { nc1, nc2 } = await collapseMetrics(await model.transform(rows.x, layer, { stage }), rows.y);
          expect(record?.[stage].nc1.ratio as number).toBeCloseTo(nc1.ratio, 10);
          expect(record?.[stage].nc2.distance as number).toBeCloseTo(nc2.distance, 10);
        }
        // The machine of a layer sees the layer's features scaled to length 1.
        const features = unitRows(await model.transform(rows.x, layer, { stage: 'features' }));
        const predicted = await model.predict(rows.x, { layer });
        expect(record?.nc4).toBe(await nc4(features, rows.y, predicted));
      }
    }
    const drop = model.layers[1]?.train.drop;
    const { input, features } = model.layers[1]?.train ?? {};
    expect(drop?.total).toBeCloseTo(
      Math.log10((input?.nc1.ratio as number) / (features?.nc1.ratio as number)),
      12,
    );
  });

  test('depth 0 is plain kernel regression on the data', async () => {
    using backend = await create();
    using model = await fitted(backend, {
      standardization: false,
      rowNormalization: 'none',
      kernel: gaussian({ bandwidth: 3 }),
    });
    using plain = new RFMClassifier<string>({
      backend,
      kernel: gaussian({ bandwidth: 3 }),
      ridge: 0.01,
      iterations: 0,
      dtype: 'float64',
    });
    await plain.fit(training.x, training.y);
    expect(await model.predict(held.x, { layer: 0 })).toEqual(await plain.predict(held.x));
  });

  test('layer 0 of transform is the standardised data', async () => {
    using backend = await create();
    const constant = {
      data: training.x.data.map((value, at) => (at % 8 === 3 ? 7.7 : value)),
      shape: training.x.shape,
    };
    using model = new DeepRFM<string>({ backend, ...small, depth: 1 });
    await model.fit(constant, training.y);
    const { data, shape } = (await model.transform(constant, 0)) as { data: Float64Array; shape: number[] };
    expect(shape).toEqual([60, 8]);
    for (let j = 0; j < 8; j++) {
      const column = data.filter((_, at) => at % 8 === j);
      const mean = column.reduce((sum, value) => sum + value, 0) / 60;
      const variance = column.reduce((sum, value) => sum + value ** 2, 0) / 60;
      expect(mean).toBeCloseTo(0, 12);
      expect(variance).toBeCloseTo(j === 3 ? 0 : 1, 12);
    }
  });

  test('kept features change nothing but the memory', async () => {
    using backend = await create();
    using lean = await fitted(backend);
    const leanTensors = backend.memory().tensors;
    using keeping = await fitted(backend, { keepFeatures: true });
    expect(backend.memory().tensors - leanTensors).toBe(leanTensors + small.depth);
    for (let layer = 0; layer <= 3; layer++) {
      expect(await keeping.predict(held.x, { layer })).toEqual(await lean.predict(held.x, { layer }));
    }
  });

  test('several iterations and cosine features', async () => {
    using backend = await create();
    using model = await fitted(backend, {
      iterations: 2,
      featureMap: randomCosine({ bandwidth: 5, spectrum: 'gaussian', width: 30 }),
    });
    const bytes = await model.toBytes();
    using loaded = await DeepRFM.load<string>(bytes, { backend });
    expect(await loaded.scores(held.x, held.y)).toEqual(await model.scores(held.x, held.y));
  });

  test('saved and loaded, it gives the same answers', async () => {
    using backend = await create();
    using model = await fitted(backend);
    const path = join(folder, 'model.safetensors');
    await model.save(path);
    using loaded = await DeepRFM.load<string>(path, { backend });
    expect(loaded.classes).toEqual(model.classes);
    expect(loaded.layers).toEqual(model.layers);
    expect(loaded.input).toEqual(model.input);
    expect(loaded.depth).toBe(3);
    for (let layer = 0; layer <= 3; layer++) {
      expect(await loaded.predict(held.x, { layer })).toEqual(await model.predict(held.x, { layer }));
      expect(await loaded.transform(held.x, layer)).toEqual(await model.transform(held.x, layer));
    }
    expect(await loaded.projection(2)).toEqual(await model.projection(2));
    expect(await loaded.toBytes()).toEqual(await model.toBytes());
  });

  test('progress and abort', async () => {
    using backend = await create();
    const events: LayerEvent[] = [];
    using model = new DeepRFM<string>({ backend, ...small });
    await model.fit(training.x, training.y, { validation: 0.25, onLayer: (event) => events.push(event) });
    expect(events.map(({ layer }) => layer)).toEqual([1, 2, 3]);
    expect(
      events.every(({ depth, secondsLeft, elapsed }) => depth === 3 && secondsLeft >= 0 && elapsed > 0),
    ).toBe(true);
    expect(events.at(-1)?.secondsLeft).toBe(0);
    const before = backend.memory().tensors;
    const answers = await model.predict(held.x);
    const controller = new AbortController();
    const again = model.fit(training.x, training.y, {
      onLayer: ({ layer }) => layer === 2 && controller.abort(),
      signal: controller.signal,
    });
    await expect(again).rejects.toMatchObject({ code: 'ABORTED' });
    expect(await model.predict(held.x)).toEqual(answers);
    expect(backend.memory().tensors).toBe(before);
    await expect(
      model.fit(training.x, training.y, {
        onLayer: () => {
          throw new TypeError('a callback that fails');
        },
      }),
    ).rejects.toThrow('a callback that fails');
    expect(backend.memory().tensors).toBe(before);
  });

  test('float32 agrees with float64 to about 1e-3 as long as classes have not collapsed', async () => {
    using backend = await create();
    using double = await fitted(backend, { depth: 2 });
    using single = await fitted(backend, { depth: 2, dtype: 'float32' });
    expect((await single.transform(held.x, 2)).data).toBeInstanceOf(Float32Array);
    for (const [index, { train }] of double.layers.entries()) {
      const other = single.layers[index]?.train.projected.nc1.ratio as number;
      expect(other / train.projected.nc1.ratio).toBeCloseTo(1, 2);
    }
  });
});

test('models move between engines', async () => {
  const [wasm, naive] = await Promise.all(enginesWith(2).map(({ create }) => create()));
  using _first = wasm as Backend;
  using _second = naive as Backend;
  using model = await fitted(wasm as Backend);
  using loaded = await DeepRFM.load<string>(await model.toBytes(), { backend: naive as Backend });
  const [ours, theirs] = [await model.transform(held.x, 3), await loaded.transform(held.x, 3)];
  for (let at = 0; at < ours.data.length; at++) {
    expect(theirs.data[at] as number).toBeCloseTo(ours.data[at] as number, 10);
  }
  expect(await loaded.predict(held.x)).toEqual(await model.predict(held.x));
});

describe('with one engine', async () => {
  const backend = createNaiveBackend();
  const quick = { backend, depth: 1, ridge: 0.1, featureMap: randomRelu({ width: 10 }) };

  test('the preset is that of the published program', () => {
    expect(deepPresets.collapse2024).toMatchObject({ depth: 6, ridge: 1e-3, iterations: 1, power: 0.5 });
    expect(deepPresets.collapse2024.kernel).toMatchObject({ name: 'laplace', parameters: { bandwidth: 2 } });
    expect(deepPresets.collapse2024.featureMap.parameters).toEqual({ width: 512, weights: 'uniform' });
  });

  test('label codings differ by a constant that kernel machines see', async () => {
    using signed = await new DeepRFM(quick).fit(training.x, training.y);
    using oneHot = await new DeepRFM({ ...quick, labelCoding: 'oneHot' }).fit(training.x, training.y);
    expect(await oneHot.projection(1)).not.toEqual(await signed.projection(1));
  });

  test('tf.Tensor in, tf.Tensor out', async () => {
    await import('@tensorflow/tfjs-backend-cpu');
    using model = await new DeepRFM<number>(quick).fit(
      training.x,
      training.y.map((label) => Number(label.slice(-1))),
    );
    const rows = await toTfTensor(held.x.data, held.x.shape);
    const features = await model.transform(rows, 1);
    expect(features.shape).toEqual([30, 10]);
    const own = await model.transform({ data: Float32Array.from(held.x.data), shape: held.x.shape }, 1);
    const given = await features.data();
    for (let at = 0; at < 300; at++) expect(given[at] as number).toBeCloseTo(own.data[at] as number, 5);
    const labels = await toTfTensor(
      held.y.map((label) => Number(label.slice(-1))),
      [30],
    );
    expect(await model.score(rows, labels)).toBe(
      await model.score(
        held.x,
        held.y.map((label) => Number(label.slice(-1))),
      ),
    );
    for (const tensor of [rows, features, labels]) tensor.dispose();
  });

  test("the user's own feature map is saved by what it drew", async () => {
    const signed = (): FeatureMap => ({
      name: 'signs',
      parameters: { times: 2 },
      draw: ({ backend: ops, features, layer, dtype }) => ({
        signs: ops.tensor(
          Float64Array.from({ length: features }, (_, j) => ((j + layer) % 2 === 0 ? 1 : -1)),
          [1, features],
          dtype,
        ),
      }),
      apply(ops, x, { signs }) {
        using flipped = ops.map(input('x').mul(input('s')), { x, s: signs as Tensor });
        using positive = ops.map(input('x').max(0), { x: flipped });
        return ops.concat([x, positive], 1);
      },
    });
    using model = await new DeepRFM({ ...quick, depth: 2, featureMap: signed() }).fit(training.x, training.y);
    const bytes = await model.toBytes();
    expect(Object.keys(decodeSafetensors(bytes).tensors)).toContain('layer.2.drawn.signs');
    await expect(DeepRFM.load(bytes, { backend })).rejects.toThrow("The feature map 'signs' is not among");
    using loaded = await DeepRFM.load(bytes, { backend, featureMaps: { signs: signed } });
    expect(await loaded.predict(held.x)).toEqual(await model.predict(held.x));
  });

  test('validation rows may lack classes, but not all but one', async () => {
    const two = { x: held.x.data.slice(0, 16), y: held.y.slice(0, 2) };
    using model = new DeepRFM(quick);
    await model.fit(training.x, training.y, { validation: { x: { data: two.x, shape: [2, 8] }, y: two.y } });
    expect(model.layers[0]?.heldOut?.projected.nc1).toEqual({ ratio: 0, scattering: 0 });
    expect(model.layers[0]?.heldOut?.drop).toBeNull();
    await expect(
      model.fit(training.x, training.y, {
        validation: { x: [[...held.x.data.slice(0, 8)]], y: held.y.slice(0, 1) },
      }),
    ).rejects.toThrow('The validation rows are all of one class');
  });

  test('without validation data nothing is held out', async () => {
    using model = await new DeepRFM(quick).fit(training.x, training.y);
    expect(model.layers[0]?.heldOut).toBeNull();
    expect(model.input.heldOut).toBeNull();
    expect(JSON.parse(JSON.stringify(model.layers))).toEqual(model.layers);
  });

  test('messages say what does not fit', async () => {
    const model = new DeepRFM<string>(quick);
    await expect(model.fit(training.x, training.y.slice(2))).rejects.toThrow(
      'X has 60 rows, but y has 58 labels.',
    );
    await expect(
      model.fit(training.x, training.y, { validation: { x: [[1, 2]], y: ['class 0'] } }),
    ).rejects.toThrow('Validation X has 2 columns, but X has 8.');
    expect(backend.memory().tensors).toBe(0);
  });

  test('equal rows without ridge are a numerical error that says so', async () => {
    const twice = { data: Float64Array.from([...training.x.data, ...training.x.data]), shape: [120, 8] };
    await expect(
      new DeepRFM({ ...quick, ridge: 0 }).fit(twice, [...training.y, ...training.y]),
    ).rejects.toMatchObject({
      code: 'NOT_POSITIVE_DEFINITE',
      message: expect.stringContaining('duplicate rows with ridge 0'),
    });
    expect(backend.memory().tensors).toBe(0);
  });

  test('what needs a fit says so', async () => {
    const model = new DeepRFM(quick);
    for (const ask of [
      () => model.predict(held.x),
      () => model.transform(held.x, 1),
      () => model.toBytes(),
      () => model.scores(held.x, held.y),
      () => model.projection(1),
    ]) {
      await expect(ask()).rejects.toThrow(NotFittedError);
    }
    expect(() => model.layers).toThrow(NotFittedError);
    expect(() => model.classes).toThrow(NotFittedError);
  });

  test('layers and columns that are not there', async () => {
    using model = await new DeepRFM(quick).fit(training.x, training.y);
    for (const layer of [-1, 2, 0.5]) {
      await expect(model.predict(held.x, { layer })).rejects.toThrow(
        'layer must be a whole number from 0 to 1',
      );
      await expect(model.transform(held.x, layer)).rejects.toThrow(OptionError);
    }
    await expect(model.projection(0)).rejects.toThrow('from 1 to 1');
    await expect(model.predict([[1, 2, 3]])).rejects.toThrow(
      'X has 3 columns, but the model was fitted on 8 features.',
    );
    await expect(model.score(held.x, ['class 0'])).rejects.toThrow('X has 30 rows, but y has 1 labels.');
  });

  test.each([
    { labelCoding: 'hot' as 'oneHot' },
    { dtype: 'float16' as 'float32' },
    { depth: -1 },
    { ridge: -1 },
  ])('%o is refused at once', (options) => {
    expect(() => new DeepRFM({ backend, ...options })).toThrow(OptionError);
  });

  test('foreign, damaged and newer files are refused', async () => {
    using model = await new DeepRFM(quick).fit(training.x, training.y);
    const before = backend.memory().tensors;
    const bytes = await model.toBytes();
    const { tensors, metadata } = decodeSafetensors(bytes);
    const changed = (edit: (description: Record<string, unknown>) => void): Uint8Array => {
      const description = JSON.parse(metadata['model'] as string);
      edit(description);
      return encodeSafetensors(tensors, { ...metadata, model: JSON.stringify(description) });
    };
    const without = (name: string): Uint8Array => {
      const { [name]: _, ...rest } = tensors;
      return encodeSafetensors(rest, metadata);
    };
    const load = (file: Uint8Array) => DeepRFM.load(file, { backend });
    await expect(load(bytes.subarray(0, 100))).rejects.toThrow(FormatError);
    await expect(load(encodeSafetensors({}, { format: 'agop-rfm', model: '{}' }))).rejects.toThrow(
      'Not a saved Deep RFM',
    );
    await expect(load(encodeSafetensors({}, { ...metadata, model: 'no JSON' }))).rejects.toThrow('no JSON');
    await expect(load(changed((d) => Object.assign(d, { version: 2 })))).rejects.toThrow('format version 2');
    await expect(load(changed((d) => Object.assign(d, { depth: 2 })))).rejects.toThrow('incomplete');
    await expect(load(changed((d) => Object.assign(d, { classes: 5 })))).rejects.toThrow('incomplete');
    await expect(
      load(changed((d) => Object.assign(d, { kernel: { name: 'odd', parameters: {} } }))),
    ).rejects.toThrow("The kernel 'odd' is not among");
    await expect(load(without('inputs'))).rejects.toThrow("lacks the tensor 'inputs'");
    await expect(load(without('layer.1.projection'))).rejects.toThrow(
      "lacks the tensor 'layer.1.projection'",
    );
    await expect(load(without('layer.1.drawn.weights'))).rejects.toThrow(
      "lacks the tensor 'layer.1.drawn.weights'",
    );
    await expect(load(without('standardization.mean'))).rejects.toThrow('standardization.mean');
    const wrong = {
      ...tensors,
      'depth.1.coefficients': tensors['depth.0.coefficients'] as never,
      inputs: { dtype: 'float64', shape: [2, 8], data: new Float64Array(16) } as const,
    };
    await expect(load(encodeSafetensors(wrong, metadata))).rejects.toThrow(
      "'depth.0.coefficients' is not [2, 3]",
    );
    await expect(DeepRFM.load(join(folder, 'none.safetensors'), { backend })).rejects.toMatchObject({
      code: 'STORAGE',
    });
    expect(backend.memory().tensors).toBe(before);
  });

  test('features in which all class means coincide stop the fit', async () => {
    const constantMap: FeatureMap = {
      ...identityMap(),
      apply: (ops, x) => ops.full([x.shape[0] as number, 4], 1, 'float64'),
    };
    await expect(
      new DeepRFM({ ...quick, featureMap: constantMap }).fit(training.x, training.y),
    ).rejects.toThrow('All class means coincide');
    expect(backend.memory().tensors).toBe(0);
  });
});

function unitRows({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }) {
  const [rows, d] = shape as [number, number];
  const scaled = Float64Array.from(data);
  for (let i = 0; i < rows; i++) {
    const row = scaled.subarray(i * d, (i + 1) * d);
    const length = Math.hypot(...row);
    for (let j = 0; j < d; j++) row[j] = (row[j] as number) / length;
  }
  return { data: scaled, shape: [rows, d] as const };
}
