import { ConvRFMClassifier, convolutionalNtk, patchKernel } from '@agop/conv-rfm';
import { type Backend, ShapeError } from '@agop/core';
import { DeepRFM, randomRelu } from '@agop/deep-rfm';
import { decodeSafetensors, encodeSafetensors, type HostTensor } from '@agop/estimators';
import { gaussian, laplace, lpq, ntk, RFMClassifier, RFMRegressor } from '@agop/rfm';
import * as fc from 'fast-check';
import type { Bench } from '../bench.ts';
import { bytesOf, type Edit, edited, editsOf } from '../inputs/bytes.ts';
import { editJson, type JsonEdit, jsonEdits } from '../inputs/json.ts';
import type { Target } from '../target.ts';
import { demand, demandFinite, Violation } from '../verdict.ts';

/** What is changed in a tensor. */
interface TensorEdit {
  readonly tensor: number;
  readonly change: 'remove' | 'shape' | 'value' | 'dtype' | 'rename';
  readonly shape: readonly number[];
  readonly at: number;
  readonly value: number | 'NaN' | 'Infinity';
}

type Input =
  | {
      readonly base: string;
      readonly description: readonly JsonEdit[];
      readonly tensors: readonly TensorEdit[];
      readonly bytes: readonly Edit[];
    }
  | { readonly base: string; readonly base64: string };

interface Loaded {
  predict(x: unknown): Promise<unknown>;
  toBytes(): Promise<Uint8Array>;
  dispose(): void;
}

interface Base {
  readonly fit: (backend: Backend) => Promise<Loaded>;
  readonly load: (bytes: Uint8Array, backend: Backend) => Promise<Loaded>;
  /** New samples. */
  readonly x: unknown;
}

const rows = Array.from({ length: 12 }, (_, i) => [Math.sin(i), Math.cos(3 * i), (i % 5) / 5]);
const y = rows.map(([a = 0, b = 0]) => a * b);
const labels = y.map((value) => (value > 0 ? 'up' : 'down'));
const images = {
  data: Float64Array.from({ length: 8 * 36 }, (_, i) => Math.sin(i * i)),
  shape: [8, 6, 6, 1],
};
const sides = Array.from({ length: 8 }, (_, i) => i % 2);

const bases: Readonly<Record<string, Base>> = {
  regressor: {
    fit: (backend) =>
      new RFMRegressor({ backend, kernel: laplace({ bandwidth: 3 }), iterations: 2 }).fit(rows, y),
    load: (bytes, backend) => RFMRegressor.load(bytes, { backend }),
    x: rows,
  },
  'regressor of two outputs': {
    fit: (backend) =>
      new RFMRegressor({
        backend,
        kernel: gaussian({ bandwidth: 2 }),
        iterations: 1,
        diagonal: true,
        dtype: 'float64',
      }).fit(
        rows,
        rows.map(([a = 0, b = 0]) => [a + b, 100 * a]),
      ),
    load: (bytes, backend) => RFMRegressor.load(bytes, { backend }),
    x: rows,
  },
  classifier: {
    fit: (backend) =>
      new RFMClassifier({ backend, kernel: ntk({ depth: 3 }), iterations: 1 }).fit(rows, labels),
    load: (bytes, backend) => RFMClassifier.load(bytes, { backend }),
    x: rows,
  },
  'classifier of numbers': {
    fit: (backend) =>
      new RFMClassifier({
        backend,
        kernel: lpq({ bandwidth: 2, p: 1.5, q: 1 }),
        iterations: 1,
        form: 'transform',
        diagonal: true,
      }).fit(
        rows,
        labels.map((label) => (label === 'up' ? 3 : 7)),
      ),
    load: (bytes, backend) => RFMClassifier.load(bytes, { backend }),
    x: rows,
  },
  deep: {
    fit: (backend) =>
      new DeepRFM({ backend, depth: 2, ridge: 0.01, featureMap: randomRelu({ width: 8 }) }).fit(rows, labels),
    load: (bytes, backend) => DeepRFM.load(bytes, { backend }),
    x: rows,
  },
  convolutional: {
    fit: (backend) =>
      new ConvRFMClassifier({ backend, kernel: convolutionalNtk({ depth: 2 }), iterations: 1 }).fit(
        images,
        sides,
      ),
    load: (bytes, backend) => ConvRFMClassifier.load(bytes, { backend }),
    x: images,
  },
  'deep convolutional': {
    fit: (backend) =>
      new ConvRFMClassifier({
        backend,
        kernel: patchKernel(laplace({ bandwidth: 2 })),
        iterations: 1,
        deep: { layers: 1, width: 4 },
      }).fit(images, sides),
    load: (bytes, backend) => ConvRFMClassifier.load(bytes, { backend }),
    x: images,
  },
};

const made = new Map<string, Promise<Uint8Array>>();

/** The bytes of a valid model, made once. */
function valid(name: string, { naive }: Bench): Promise<Uint8Array> {
  const before = made.get(name);
  if (before !== undefined) return before;
  const bytes = baseOf(name)
    .fit(naive)
    .then(async (model) => {
      const saved = await model.toBytes();
      model.dispose();
      return saved;
    });
  made.set(name, bytes);
  return bytes;
}

function baseOf(name: string): Base {
  const base = Object.hasOwn(bases, name) ? bases[name] : undefined;
  if (base === undefined) throw new TypeError(`There is no model '${name}'.`);
  return base;
}

const tensorEdit: fc.Arbitrary<TensorEdit> = fc.record({
  tensor: fc.nat(20),
  change: fc.constantFrom('remove', 'shape', 'value', 'value', 'dtype', 'rename'),
  shape: fc.array(fc.nat(13), { maxLength: 4 }),
  at: fc.nat(1000),
  value: fc.oneof(
    fc.constantFrom('NaN' as const, 'Infinity' as const, 0, -1, 1e30, 1e300, -1e300, 1e-300, 3.4e38),
    fc.double({ noNaN: true, noDefaultInfinity: true }),
  ),
});

/** Model files in which anything may be changed. */
export const models: Target<Input> = {
  name: 'models',
  inTests: 2000,
  about:
    'loading of models of all estimators: changed descriptions, tensors and bytes; what loads predicts finite numbers and comes back from saving',
  inputs: fc.record({
    base: fc.constantFrom(...Object.keys(bases)),
    description: jsonEdits,
    tensors: fc.array(tensorEdit, { maxLength: 2 }),
    bytes: fc.oneof(
      { weight: 3, arbitrary: fc.constant([]) },
      { weight: 1, arbitrary: editsOf(['{"', '}', '\0', '"version":9', 'NaN']) },
    ),
  }),
  refusals: ['FORMAT'],
  run: async (input, bench) => {
    const { load, x } = baseOf(input.base);
    const bytes = await changed(input, bench);
    const model = await load(bytes, bench.naive);
    try {
      const answers = await refusable(() => model.predict(x));
      if (answers === undefined) return 'loaded, other samples or sizes of numbers';
      const list = Array.from(answers as ArrayLike<unknown>);
      const numbers = list.filter((value) => typeof value === 'number');
      demandFinite(numbers, 'predictions');
      const again = await load(await model.toBytes(), bench.naive);
      try {
        const others = Array.from((await again.predict(x)) as ArrayLike<unknown>);
        demand(
          others.length === list.length && others.every((value, i) => Object.is(value, list[i])),
          'round trip',
          'Saved and loaded once more, a model that was loaded gives other answers.',
        );
      } finally {
        again.dispose();
      }
    } finally {
      model.dispose();
    }
    return 'loaded';
  },
  fixed: async (input, bench) => ({
    base: input.base,
    base64: Buffer.from(await changed(input, bench)).toString('base64'),
  }),
};

/**
 * A model whose numbers are finite but huge may say that they overflow, and one whose description tells of
 * samples of another size may refuse these.
 */
async function refusable<T>(work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (error) {
    if (
      error instanceof Error &&
      'code' in error &&
      error.code === 'VALUE' &&
      /overflow|range|rescale/i.test(error.message)
    )
      return undefined;
    if (ShapeError.isInstance(error) && /but the model was fitted on/.test(error.message)) return undefined;
    if (error instanceof Error && 'code' in error) {
      throw new Violation(
        'wrong error',
        `A model that was loaded does not predict: ${error.code}: ${error.message} ${error.stack}`,
      );
    }
    throw error;
  }
}

async function changed(input: Input, bench: Bench): Promise<Uint8Array> {
  if ('base64' in input) return bytesOf(input, {});
  const { tensors, metadata } = decodeSafetensors(await valid(input.base, bench));
  const model: unknown = JSON.parse(metadata['model'] ?? 'null');
  const description = JSON.stringify(input.description.reduce(editJson, model));
  const parts = input.tensors.reduce(editTensors, tensors);
  return input.bytes.reduce(edited, encodeSafetensors(parts, { ...metadata, model: description }));
}

type Tensors = Record<string, HostTensor>;

function editTensors(tensors: Tensors, { tensor: number, change, shape, at, value }: TensorEdit): Tensors {
  const entries = Object.entries(tensors);
  const [name, tensor] = entries[number % entries.length] ?? [];
  if (name === undefined || tensor === undefined) return tensors;
  const { [name]: _, ...others } = tensors;
  if (change === 'remove') return others;
  if (change === 'rename') return { ...others, [`${name}.`]: tensor };
  if (change === 'shape') {
    const length = shape.reduce((product, axis) => product * axis, 1);
    const data = new Float64Array(length);
    data.set(Float64Array.from(tensor.data).subarray(0, length));
    return { ...others, [name]: { dtype: 'float64', shape, data } };
  }
  if (change === 'dtype') {
    return { ...others, [name]: { dtype: 'int32', shape: tensor.shape, data: Int32Array.from(tensor.data) } };
  }
  const data = tensor.data.slice();
  data[at % data.length] = Number(value);
  return { ...others, [name]: { ...tensor, data } };
}
