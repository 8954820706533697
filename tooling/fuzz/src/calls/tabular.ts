import { type Table, tableFrom } from '@agop/data';
import { classWeights } from '@agop/estimators';
import * as tabular from '@agop/tabular';
import { type Call, type Fitted, type Making, open, plain } from './call.ts';
import { labels, rows, values } from './sample-data.ts';

/** What the calls ask of estimators on tables. */
interface TableModel extends Fitted {
  predictIntervals?(...args: readonly unknown[]): Promise<unknown>;
  predictSets?(...args: readonly unknown[]): Promise<unknown>;
  evaluate(...args: readonly unknown[]): Promise<unknown>;
}

const candidate = () => ({
  ...{ numbers: 'standard', categories: 'one-hot', target: 'none', bandwidthMode: 'constant' },
  ...{ kernel: { name: 'laplace', parameters: { bandwidth: 2 } }, diagonal: true, iterations: 1 },
  ridges: [1e-2, 1],
});
const options = ({ backend }: Making) => ({
  ...{ backend, seed: 1, trials: 1, seconds: 1, first: [candidate()], members: 1, calibration: 0.3 },
  ...{ judging: { kind: 'split', fraction: 0.3 }, parallel: 1 },
  tree: {
    ...{
      split: 'agop',
      leafRows: 8,
      leafBytes: 2 ** 24,
      splitRows: 8,
      splitIterations: 1,
      trees: 1,
      overlap: 0,
      routing: 'tuned',
    },
    ...{ temperatures: [0, 1], keptWeight: 0.01, mostLeaves: 2, refillRows: 2, refillFraction: 0.5 },
    refit: true,
  },
});
const table = (): Table => {
  const [x, y] = [rows(), values()];
  return tableFrom(x.map(([a = 0, b = 0], i) => ({ a, b, c: i % 2 === 0 ? 'x' : 'y', t: y[i] ?? 0 })));
};

/** A model of a table: its constructor takes the first argument. */
function ofTable(
  names: readonly string[],
  maker: object,
  args: (making: Making) => readonly unknown[],
  use: (model: TableModel, ...rest: readonly unknown[]) => Promise<unknown>,
): Call {
  if (typeof maker !== 'function') throw new TypeError(`${names[0]} is no class.`);
  return {
    of: names,
    takesAnything: true,
    args,
    call: async (given, ...rest) => {
      const model: TableModel = Reflect.construct(maker, [given]);
      try {
        return await use(model, ...rest);
      } finally {
        model.dispose();
      }
    },
  };
}

const history = (): string =>
  tabular.encodeTrial({
    record: {
      ...{ trial: 0, rung: 0, score: 0.5, rows: 4, seconds: 1, failure: undefined },
      candidate: tabular.drawCandidate(tabular.spaces.default, 1, 0),
      choice: { iteration: 0, ridge: 1, learningRidges: [] },
    },
    verdict: {
      choices: [
        {
          choice: { iteration: 0, ridge: 1, learningRidges: [] },
          loss: 0.5,
          predictions: Float32Array.of(1, 2),
        },
      ],
      rows: Int32Array.of(0, 1),
      seconds: 1,
    },
  });

/** Functions of @agop/tabular, and those of weights. */
export const tabularCalls: readonly Call[] = [
  ofTable(
    ['TabularRegressor', 'TableEstimator'],
    tabular.TabularRegressor,
    (making) => [
      options(making),
      table(),
      't',
      {
        ...{ ignore: ['b'], categorical: ['c'], weights: rows().map((_, i) => 1 + (i % 2)) },
        ...{ groups: rows().map((_, i) => i % 5), onTrial: () => {}, onMember: () => {} },
        signal: new AbortController().signal,
      },
      ...[table(), 0.8, { attachments: { note: 'a' } }],
    ],
    async (model, x, y, how, more, level, saving) => {
      await model.fit(x, y, how);
      await model.predict(more);
      await model.predictIntervals?.(more, level);
      return model.toBytes(saving);
    },
  ),
  ofTable(
    ['TabularRegressor on rows'],
    tabular.TabularRegressor,
    (making) => [options(making), rows(), values(), {}, rows(), values()],
    async (model, x, y, how, more, truth) => {
      await model.fit(x, y, how);
      await model.score(more, truth);
      return model.evaluate(more, truth);
    },
  ),
  ofTable(
    ['TabularClassifier'],
    tabular.TabularClassifier,
    (making) => [
      { ...options(making), metric: 'logLoss' },
      ...[rows(), labels(), { classWeights: 'balanced' }, rows(), labels(), 0.8],
    ],
    async (model, x, y, how, more, truth, level) => {
      await model.fit(x, y, how);
      await model.predictProba?.(more);
      await model.predictSets?.(more, level);
      await model.score(more, truth);
      return model.evaluate(more, truth);
    },
  ),
  {
    takesAnything: true,
    of: ['TabularRegressor.load'],
    args: ({ backend }) => [new Uint8Array(20), { backend, dtype: 'float64' }],
    call: async (source, how) =>
      Reflect.apply(tabular.TabularRegressor.load, tabular.TabularRegressor, [source, how]),
  },
  plain('drawCandidate', tabular.drawCandidate, () => [
    {
      ...structuredClone(tabular.spaces.default),
      bandwidth: { from: 0.1, to: 1, scale: 'logarithmic' },
      exponent: { choices: [0.7, 1], shares: [0.5, 0.5] },
    },
    1,
    0,
  ]),
  open('decodeTrials', tabular.decodeTrials, () => [history()]),
  plain('calibrate', tabular.calibrate, () => [[0.5, -0.5, 1, -1], [0, 1], 2, [1, 2]]),
  plain('toCalibrated', tabular.toCalibrated, () => [[0.5, -0.5, 1, -1], 2, { temperature: 1, floor: 0.01 }]),
  plain('conformalBound', tabular.conformalBound, () => [[0.1, 0.2, 0.3], 0.5]),
  plain('residualScores', tabular.residualScores, () => [[1, 2, 3, 4], [1, 2, 3, 5], 2]),
  plain('labelScores', tabular.labelScores, () => [[0.5, 0.5, 0.1, 0.9], [0, 1], 2]),
  plain('labelSets', tabular.labelSets, () => [[0.5, 0.5, 0.1, 0.9], 2, 0.8]),
  plain('greedyAverage', tabular.greedyAverage, () => [
    [
      { predictions: Float32Array.of(1, 2), loss: 0.5 },
      { predictions: Float32Array.of(2, 2), loss: 0.7 },
    ],
    (predictions: Float32Array) => Math.abs((predictions[0] ?? 0) - 1.5),
    { members: 2, picks: 3 },
  ]),
  plain('classWeights', classWeights, () => [
    labels(),
    new Map([
      ['up', 1],
      ['down', 2],
    ]),
  ]),
];
