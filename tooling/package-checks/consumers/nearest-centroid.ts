// An estimator that somebody outside of the workspace writes: the nearest centroid. Input of every kind,
// labels, validation data, scores, model files and errors come from @agop/estimators, and so do the cases
// that prove it.
import { type Backend, chooseDType, type FloatDType, input, Scope, type Tensor } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  type Classification,
  checkFeatures,
  classification,
  downloadTensors,
  Estimator,
  type Label,
  type LoadOptions,
  loadModel,
  type MatrixTypes,
  matrixSamples,
  requireTensor,
  restoreTensors,
  type Trainer,
  uploadRows,
} from '@agop/estimators';
import { estimatorCases } from '@agop/estimators/cases';

interface CentroidOptions {
  readonly backend: Backend;
  /** How far centroids move to the mean of all samples, from 0 to 1. Default 0. */
  readonly shrinkage?: number;
  readonly dtype?: FloatDType;
}

interface Settings {
  readonly backend: Backend;
  readonly seed: number;
  readonly shrinkage: number;
  readonly dtype: FloatDType;
}

interface Fitted {
  readonly settings: Settings;
  /** [classes, d] */
  readonly centroids: Tensor;
  dispose(): void;
}

interface Types extends MatrixTypes {
  readonly settings: Settings;
  readonly fitted: Fitted;
  readonly description: { readonly shrinkage: number };
  readonly events: object;
  readonly load: LoadOptions;
}

function resolve({ backend, shrinkage = 0, dtype }: CentroidOptions): Settings {
  return { backend, shrinkage, seed: 0, dtype: chooseDType(backend, dtype, 'float64') };
}

function fitted(settings: Settings, centroids: Tensor): Fitted {
  return { settings, centroids, dispose: () => centroids.dispose() };
}

const average = input('sums').div(input('counts'));
const blend = input('own')
  .mul(input('s').neg().add(1))
  .add(input('all').mul(input('s')));
const closeness = input('product').mul(2).sub(input('length').pow(2));

/** The algorithm. It knows matrices and targets, no labels and no files. */
const nearestCentroid: Trainer<Types> = {
  ...matrixSamples,
  format: {
    name: 'nearest-centroid',
    version: 1,
    title: 'nearest centroid',
    packageName: 'this example',
    estimators: { classification: 'NearestCentroid' },
    parse: (json) => {
      const { shrinkage } = Object(json);
      if (typeof shrinkage !== 'number') throw new TypeError('no shrinkage');
      return { shrinkage };
    },
  },

  async fit({ coding, training }, settings) {
    const { backend, dtype, shrinkage } = settings;
    const rows = training.x.rows;
    using scope = new Scope(backend);
    const { ops } = scope;
    const x = scope.own(uploadRows(backend, training.x, dtype, 'X'));
    const y = ops.tensor(coding.targets(training.y), [rows, coding.outputs], dtype);
    const ones = ops.full([rows, 1], 1, dtype);
    const counts = ops.matmul(y, ones, { transposeA: true });
    const own = ops.map(average, { sums: ops.matmul(y, x, { transposeA: true }), counts });
    const all = ops.matmul(ones, x, { transposeA: true, alpha: 1 / rows });
    return fitted(settings, scope.keep(ops.map(blend, { own, all, s: shrinkage })));
  },

  async predict({ settings, centroids }, samples) {
    const [classes, features] = centroids.shape as [number, number];
    checkFeatures(samples, features);
    using scope = new Scope(settings.backend);
    const { ops } = scope;
    const x = scope.own(uploadRows(settings.backend, samples, settings.dtype, 'X'));
    const product = ops.matmul(x, centroids, { transposeB: true });
    const length = ops.reshape(ops.norm(centroids, 1), [1, classes]);
    return await ops.map(closeness, { product, length }).read(); // ‖x‖² - ‖x - μ‖²
  },

  async encode({ settings, centroids }) {
    return {
      description: { shrinkage: settings.shrinkage },
      tensors: await downloadTensors({ centroids }),
    };
  },

  decode({ description, tensors }, outputs, options) {
    const settings = resolve({ ...options, ...description });
    const [, features = 0] = requireTensor(tensors, 'centroids', 2).shape;
    return restoreTensors(settings.backend, settings.dtype, tensors, (take) =>
      fitted(settings, take('centroids', [outputs, features])),
    );
  },
};

/** What users see. */
class NearestCentroid<L extends Label = Label> extends Estimator<Types, Classification<L>> {
  constructor(options: CentroidOptions) {
    super(nearestCentroid, classification(), resolve(options));
  }

  get classes(): readonly L[] {
    return this.requireTrained('classes').coding.classes;
  }

  static async load<L extends Label = Label>(file: string | Uint8Array, options: LoadOptions) {
    const model = await loadModel(nearestCentroid, classification<L>(), file, options);
    return new NearestCentroid<L>(model.fitted.settings).adopt(model);
  }
}

using backend = createNaiveBackend();
using model = new NearestCentroid<string>({ backend });
await model.fit(
  [
    [0, 0],
    [0, 1],
    [5, 5],
    [6, 5],
  ],
  ['near', 'near', 'far', 'far'],
);
console.log(
  model.classes.join(', '),
  '|',
  (
    await model.predict([
      [1, 1],
      [4, 7],
    ])
  ).join(', '),
);

const cases = estimatorCases({
  task: 'classification',
  create: (backend) => new NearestCentroid({ backend }),
  load: (bytes, backend) => NearestCentroid.load(bytes, { backend }),
});
for (const { run } of cases) await run(backend);
console.log(`${cases.length} cases hold`);
