import { type Backend, type Tensor, throwIfAborted } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { describe, expect, test } from 'vitest';
import { EstimatorFailure, estimatorCases, type TestedEstimator } from '../src/cases.ts';
import {
  Estimator,
  type LoadOptions,
  loadModel,
  type MatrixTypes,
  matrixSamples,
  type Regression,
  type Rows,
  regression,
  requireTensor,
  type Trainer,
} from '../src/index.ts';

interface Slope {
  readonly settings: { readonly backend: Backend; readonly seed: number };
  /** [1, 1] */
  readonly slope: Tensor;
  dispose(): void;
}

interface Types extends MatrixTypes {
  readonly settings: Slope['settings'];
  readonly fitted: Slope;
  readonly description: object;
  readonly events: object;
  readonly load: LoadOptions;
}

const own = (backend: Backend, value: number): Slope => {
  const slope = backend.tensor([value], [1, 1], 'float64');
  return { settings: { backend, seed: 0 }, slope, dispose: () => slope.dispose() };
};

const meanOf = ({ data, columns }: Rows, row: number): number => {
  let sum = 0;
  for (let j = 0; j < columns; j++) sum += data[row * columns + j] as number;
  return sum / columns;
};

/** Least squares of one slope on the mean of a row. */
const slopes: Trainer<Types> = {
  ...matrixSamples,
  format: {
    name: 'slope',
    version: 1,
    title: 'slope',
    packageName: 'this test',
    estimators: {},
    parse: () => ({}),
  },
  async fit({ coding, training }, { backend }, { signal }) {
    const targets = coding.targets(training.y);
    const means = targets.map((_, row) => meanOf(training.x, row));
    const product = targets.reduce((sum, y, row) => sum + y * (means[row] as number), 0);
    throwIfAborted(signal, 'The fit');
    return own(backend, product / means.reduce((sum, mean) => sum + mean ** 2, 0));
  },
  async predict({ slope }, x) {
    const [factor = 0] = await slope.read();
    matrixSamples.checkLike(x, { ...x, columns: 4 }, '');
    return Float64Array.from({ length: x.rows }, (_, row) => factor * meanOf(x, row));
  },
  encode: async ({ slope }) => ({
    description: {},
    tensors: { slope: { dtype: 'float64', shape: [1, 1], data: await slope.read() } },
  }),
  decode: ({ tensors }, _, { backend }) => own(backend, requireTensor(tensors, 'slope', 2).data[0] as number),
};

class Slopes extends Estimator<Types, Regression> {
  constructor(settings: Slope['settings'], trainer = slopes) {
    super(trainer, regression(), settings);
  }

  static async load(bytes: Uint8Array, backend: Backend): Promise<Slopes> {
    const model = await loadModel(slopes, regression(), bytes, { backend });
    return new Slopes(model.fitted.settings).adopt(model);
  }
}

const subject = (create: (backend: Backend) => TestedEstimator) => ({
  task: 'regression' as const,
  create,
  load: (bytes: Uint8Array, backend: Backend) => Slopes.load(bytes, backend),
});

describe('an estimator of a test', () => {
  test.each(estimatorCases(subject((backend) => new Slopes({ backend, seed: 0 }))))(
    '$name',
    async ({ run }) => {
      using backend = createNaiveBackend();
      await run(backend);
    },
  );
});

/** Estimators with exactly one fault, and the case that must find it. */
const faults: Readonly<Record<string, [Partial<Trainer<Types>>, RegExp]>> = {
  'a tensor is left by every fit': [
    {
      fit: async (job, settings, events) => {
        settings.backend.tensor([0], [1, 1], 'float64');
        return slopes.fit(job, settings, events);
      },
    },
    /tensors are left/,
  ],
  'a tensor is left by every prediction': [
    {
      predict: async (fitted, x) => {
        fitted.settings.backend.tensor([0], [1, 1], 'float64');
        return slopes.predict(fitted, x);
      },
    },
    /1 tensors are left|2 tensors are left by predictions/,
  ],
  'fits differ': [
    { fit: async (_, { backend }) => own(backend, 1 + Math.random() / 10) },
    /predictions must be the same/,
  ],
  'the file lacks what was learned': [
    {
      encode: async () => ({
        description: {},
        tensors: { slope: { dtype: 'float64', shape: [1, 1], data: Float64Array.of(5) } },
      }),
    },
    /after loading: predictions must be the same/,
  ],
  'it learns nothing': [{ fit: async (_, { backend }) => own(backend, -1) }, /must be near 1/],
  'other samples are taken': [
    { predict: async (_, x) => new Float64Array(x.rows) },
    /predict\(\) of other samples: an error SHAPE is due/,
  ],
  'samples are not checked': [
    { read: async () => ({ data: new Float64Array(160), rows: 40, columns: 4 }) },
    /an error VALUE is due/,
  ],
};

test.each(Object.entries(faults))('is found by the cases: %s', async (_, [fault, message]) => {
  const faulty = (backend: Backend) => new Slopes({ backend, seed: 0 }, { ...slopes, ...fault });
  const found: string[] = [];
  for (const { run } of estimatorCases(subject(faulty))) {
    using backend = createNaiveBackend();
    try {
      await run(backend);
    } catch (error) {
      if (error instanceof EstimatorFailure) found.push(error.message);
    }
  }
  expect(found.join('\n')).toMatch(message);
});
