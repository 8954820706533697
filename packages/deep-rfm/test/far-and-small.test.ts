import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, ValueError } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { naiveEngine } from '@agop/core/naive';
import { DeepRFM, type DeepRFMOptions, randomRelu } from '@agop/deep-rfm';
import { gaussian } from '@agop/rfm';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { clouds, type LabelledData, part } from './data.ts';

// Columns are standardized in float64 before the cast: neither their origin nor their unit is seen.

let backend: Backend;
beforeAll(async () => {
  backend = await createCpuBackend({ threads: 1 });
});
afterAll(() => backend.dispose());
afterEach(() => {
  expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
});

const all = clouds(90, 6, 3, 1);
const [training, held] = [part(all, 0, 60), part(all, 60, 90)];
const small = { depth: 2, ridge: 0.01, featureMap: randomRelu({ width: 24 }) } as const;

const moved = ({ data, shape }: LabelledData['x'], move: Move) => ({
  data: data.map((value, at) => move(value, at % shape[1])),
  shape,
});

type Move = (value: number, column: number) => number;

async function fitted(options: Partial<DeepRFMOptions>, move: Move) {
  using model = new DeepRFM<string>({ backend, ...small, ...options });
  const validation = { x: moved(held.x, move), y: held.y };
  await model.fit(moved(training.x, move), training.y, { validation });
  return model.layers.map(({ train, heldOut }) => ({
    ratio: train.projected.nc1.ratio,
    accuracy: heldOut?.accuracy,
  }));
}

describe.each(['float32', 'float64'] as const)('%s', (dtype) => {
  test('the same network at any offset and in any unit', async () => {
    const expected = await fitted({ dtype }, (value) => value);
    const moves: [string, Move, number][] = [300, 1e6, 1e9].map((offset) => [
      `offset ${offset}`,
      (value, j) => value + (j === 2 ? offset : 0),
      offset * 1e-13,
    ]);
    for (const unit of [1e-200, 1e-30, 1e30, 1e200]) {
      moves.push([`unit ${unit}`, (value, j) => value * (j % 2 === 0 ? unit : 1), 0]);
    }
    for (const [name, move, digits] of moves) {
      const tolerance = Math.max(dtype === 'float32' ? 1e-4 : 1e-9, 100 * digits);
      for (const [layer, { ratio, accuracy }] of (await fitted({ dtype }, move)).entries()) {
        expect(Math.abs(ratio / (expected[layer]?.ratio as number) - 1), name).toBeLessThan(tolerance);
        expect(accuracy, name).toBe(expected[layer]?.accuracy);
      }
    }
  });

  test('rows that are used as they are: any unit, or an error that names the column', async () => {
    const expected = await fitted({ dtype, standardization: false }, (value) => value);
    for (const unit of dtype === 'float32' ? [1e-12, 1e12] : [1e-100, 1e100]) {
      const found = await fitted({ dtype, standardization: false }, (value) => value * unit);
      for (const [layer, { ratio }] of found.entries()) {
        expect(Math.abs(ratio / (expected[layer]?.ratio as number) - 1)).toBeLessThan(1e-3);
      }
    }
    for (const unit of [1e-200, 1e200]) {
      const fit = fitted({ dtype, standardization: false }, (value) => value * unit);
      await expect(fit).rejects.toSatisfy(ValueError.isInstance);
      await expect(fit).rejects.toThrow(/column \d .*Rescale/s);
    }
  });
});

// Without ridge the kernel matrix becomes singular once the classes have collapsed.
const collapsing = { depth: 12, ridge: 0, featureMap: randomRelu({ width: 24 }) } as const;
const tight = clouds(60, 6, 3, 0.05);

test('a layer that cannot be fitted ends the network before it, which is kept, said and saved', async () => {
  const told: string[] = [];
  using model = new DeepRFM<string>({ backend, ...collapsing, kernel: gaussian({ bandwidth: 20 }) });
  await model.fit(tight.x, tight.y, { onWarning: ({ code, message }) => told.push(`${code}: ${message}`) });
  expect(model.depth).toBeGreaterThan(0);
  expect(model.depth).toBeLessThan(12);
  expect(model.layers).toHaveLength(model.depth);
  expect(told).toHaveLength(1);
  expect(told[0]).toContain(`ended-early: Layer ${model.depth + 1} could not be fitted`);
  expect(model.warnings.map(({ code, iteration }) => [code, iteration])).toEqual([
    ['ended-early', model.depth + 1],
  ]);
  expect(await model.score(tight.x, tight.y)).toBe(1);
  expect(await model.scores(tight.x, tight.y)).toHaveLength(model.depth + 1);
  using loaded = await DeepRFM.load<string>(await model.toBytes(), { backend });
  expect(loaded.depth).toBe(model.depth);
  expect(await loaded.predict(tight.x)).toEqual(await model.predict(tight.x));
  const before = backend.memory().tensors;
  const onWarning = () => {
    throw new RangeError('mine');
  };
  await expect(model.fit(tight.x, tight.y, { onWarning })).rejects.toThrow(new RangeError('mine'));
  expect(backend.memory().tensors).toBe(before);
});

test('where float32 does not suffice the fit begins again in float64, and says so', async () => {
  using model = new DeepRFM<string>({ backend, ...collapsing, depth: 4, ridge: 1e-9, dtype: 'float32' });
  await model.fit(tight.x, tight.y);
  expect(model.warnings[0]?.code).toBe('float64');
  expect((await model.projection(1)).data).toBeInstanceOf(Float64Array);
  using single = createBackend({ ...naiveEngine, dtypes: ['float32'], preferredDType: 'float32' });
  using other = new DeepRFM<string>({ backend: single, ...collapsing, depth: 4, ridge: 1e-9 });
  // Nothing to go on in: ends with the layers that were good, or at the first one.
  await other.fit(tight.x, tight.y).then(
    () => expect(other.warnings.map(({ code }) => code)).toEqual(['ended-early']),
    (error) => expect(error).toMatchObject({ code: 'NOT_POSITIVE_DEFINITE' }),
  );
  other.dispose();
  expect(single.memory().tensors).toBe(0);
});
