// An estimator of your own: you say how it learns, predicts, and what of it is saved. Input of every kind,
// labels, validation, checks, model files and the release of memory are those of all estimators.
//
//   node -C @agop/source examples/own-estimator.ts
import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, Scope, type Tensor } from '@agop/core';
import { splitRows, TablePreprocessor, takeRows } from '@agop/data';
import { locateDataset, readTableFile } from '@agop/data/node';
import {
  type Classification,
  checkFeatures,
  classification,
  downloadTensors,
  Estimator,
  type FittedModel,
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

interface RidgeSettings {
  readonly backend: Backend;
  readonly seed: number;
  readonly ridge: number;
}

interface FittedRidge extends FittedModel {
  readonly settings: RidgeSettings;
  /** [features, outputs] */
  readonly weights: Tensor;
}

interface RidgeTypes extends MatrixTypes {
  readonly settings: RidgeSettings;
  readonly fitted: FittedRidge;
  readonly description: { readonly ridge: number };
  readonly events: object;
  readonly load: LoadOptions;
}

/** Linear ridge regression of the targets: W = (XᵀX + λ I)⁻¹ XᵀY. */
const ridgeRegression: Trainer<RidgeTypes> = {
  ...matrixSamples,
  format: {
    name: 'example-ridge',
    version: 1,
    title: 'ridge model',
    packageName: 'this example',
    estimators: { classification: 'RidgeClassifier' },
    parse(description) {
      const saved = typeof description === 'object' && description !== null && 'ridge' in description;
      if (!saved || typeof description.ridge !== 'number') throw new TypeError('there is no ridge');
      return { ridge: description.ridge };
    },
  },

  async fit({ coding, training }, settings) {
    using scope = new Scope(settings.backend);
    const { ops } = scope;
    const x = uploadRows(ops, training.x, 'float64', 'X');
    const y = ops.tensor(coding.targets(training.y), [training.x.rows, coding.outputs], 'float64');
    const products = ops.gram(x, { transpose: true });
    const weights = await ops.solvePositiveDefinite(products, ops.matmul(x, y, { transposeA: true }), {
      ridge: settings.ridge,
    });
    return fittedRidge(settings, scope.keep(weights));
  },

  async predict({ settings, weights }, rows) {
    checkFeatures(rows, weights.shape[0] ?? 0);
    using scope = new Scope(settings.backend);
    return await scope.ops.matmul(uploadRows(scope.ops, rows, 'float64', 'X'), weights).read();
  },

  async encode({ settings, weights }) {
    return { description: { ridge: settings.ridge }, tensors: await downloadTensors({ weights }) };
  },

  decode({ description, tensors }, outputs, { backend }) {
    const [features = 0] = requireTensor(tensors, 'weights', 2).shape;
    return restoreTensors(backend, 'float64', tensors, (take) =>
      fittedRidge({ backend, seed: 0, ...description }, take('weights', [features, outputs])),
    );
  },
};

function fittedRidge(settings: RidgeSettings, weights: Tensor): FittedRidge {
  return { settings, weights, dispose: () => weights.dispose() };
}

class RidgeClassifier<L extends Label = Label> extends Estimator<RidgeTypes, Classification<L>> {
  constructor({ ridge = 1, seed = 0, backend }: Partial<RidgeSettings> & { readonly backend: Backend }) {
    super(ridgeRegression, classification(), { backend, ridge, seed });
  }

  static async load<L extends Label>(bytes: Uint8Array, options: LoadOptions): Promise<RidgeClassifier<L>> {
    const model = await loadModel(ridgeRegression, classification<L>(), bytes, options);
    return new RidgeClassifier<L>(model.fitted.settings).adopt(model);
  }
}

const table = await readTableFile(locateDataset('digits') ?? 'digits.csv.gz');
const rows = splitRows(table.rows, { fraction: 0.25, seed: 1 });
const preprocessor = TablePreprocessor.fit(takeRows(table, rows.train), {
  target: 'class',
  task: 'classification',
});
const part = (chosen: Int32Array) => {
  const taken = takeRows(table, chosen);
  return { x: preprocessor.transform(taken), y: preprocessor.labels(taken) };
};
const [train, test] = [part(rows.train), part(rows.test)];

using backend = await createCpuBackend();
using model = new RidgeClassifier({ backend, ridge: 10 });
await model.fit(train.x, train.y);
console.log(`accuracy ${(100 * (await model.score(test.x, test.y))).toFixed(1)} % of a linear classifier`);

using loaded = await RidgeClassifier.load(await model.toBytes(), { backend });
const [mine, theirs] = [await model.predict(test.x), await loaded.predict(test.x)];
console.log(
  'the loaded model predicts the same:',
  mine.every((label, i) => label === theirs[i]),
);
await model.fit(train.x, [1, 2]).catch((error: unknown) => {
  console.log('checked:', error instanceof Error ? error.message : error);
});
