import { AgopError, type Tensor } from '@agop/core';
import * as estimators from '@agop/estimators';
import * as rfm from '@agop/rfm';
import { type Call, type Making, made, ofLength, open, plain, steps } from './call.ts';
import { labels, rows, square, values } from './sample-data.ts';

const upload = ({ ops }: Making): Tensor => ops.tensor(Float64Array.from(rows().flat()), [10, 3], 'float64');
const targets = ({ ops }: Making): Tensor => ops.tensor(Float64Array.from(values()), [10, 1], 'float64');
const metric = (making: Making): Tensor => making.ops.tensor(square(), [3, 3], 'float64');
const recursion = () => ({
  ...{ iterations: 1, ridge: 0.01, normalization: 'max', power: 0.5, shift: 1e-8, form: 'mahalanobis' },
  ...{ diagonal: false, centering: 'none', agopSamples: 5, seed: 1, solver: rfm.choleskySolver },
});
const options = ({ backend }: Making) => ({
  ...{ backend, kernel: rfm.laplace({ bandwidth: 2 }), dtype: 'float64', keepMetrics: true, ...recursion() },
  initialMetric: { data: square(), shape: [3, 3] },
});
const fitOptions = () => ({
  validation: { x: rows(), y: values() },
  signal: new AbortController().signal,
  onIteration: () => {},
  onWarning: () => {},
});

/** A solver with odd options, and a machine that it fits. */
function solved(name: string, maker: (options: object) => rfm.Solver, own: object): Call {
  return {
    of: [name],
    takesAnything: true,
    ours: ['0', '1', '2'],
    args: (making) => [
      making.backend,
      upload(making),
      targets(making),
      { tolerance: 0.1, rank: 4, seed: 1, stop: () => false, ...own },
    ],
    call: (backend, x, y, options) => {
      const solver: rfm.Solver = Reflect.apply(maker, undefined, [options]);
      const kernel = rfm.laplace({ bandwidth: 1 });
      return Reflect.apply(rfm.fitKernelMachine, undefined, [{ backend, kernel, x, y, ridge: 0.1, solver }]);
    },
  };
}

/** Functions of @agop/rfm and @agop/estimators. */
export const rfmCalls: readonly Call[] = [
  made(
    ['RFMRegressor', 'RFMEstimator', 'Estimator'],
    rfm.RFMRegressor,
    (making) => [
      { ...options(making), selection: 'mae', standardizeTargets: true },
      ...[
        rows(),
        values(),
        fitOptions(),
        rows(),
        { output: 0, centering: 'none' },
        { groups: [[0, 1], [2]], repeats: 1, seed: 1 },
      ],
    ],
    async (model, x, y, how, more, agop, permutation) => {
      await model.fit(x, y, how);
      await model.predict(more);
      await model.gradients?.(more);
      await model.agop?.(more, agop);
      await model.permutationImportances?.(rows(), values(), permutation);
      return model.toBytes({ attachments: { note: 'a' } });
    },
  ),
  made(
    ['RFMClassifier'],
    rfm.RFMClassifier,
    (making) => [
      { ...options(making), selection: 'accuracy' },
      rows(),
      labels(),
      { validation: 0.3 },
      rows(),
      labels(),
      { attachments: { a: 'b' } },
    ],
    async (model, x, y, how, more, truth, saving) => {
      await model.fit(x, y, how);
      await model.predict(more);
      await model.predictProba?.(more);
      await model.score(more, truth);
      return model.toBytes(saving);
    },
  ),
  {
    takesAnything: true,
    of: ['RFMRegressor.load', 'loadModel'],
    args: ({ backend }) => [new Uint8Array(20), { backend, dtype: 'float64', kernels: {} }],
    call: async (source, how) => Reflect.apply(rfm.RFMRegressor.load, rfm.RFMRegressor, [source, how]),
  },
  ...Object.entries({
    laplace: [rfm.laplace, { bandwidth: 1 }],
    gaussian: [rfm.gaussian, { bandwidth: 1 }],
    exponentialPower: [rfm.exponentialPower, { bandwidth: 1, exponent: 1.5 }],
    lpq: [rfm.lpq, { bandwidth: 1, p: 1.5, q: 1 }],
    quadratic: [rfm.quadratic, { scale: 2 }],
    generalQuadratic: [rfm.generalQuadratic, {}],
    ntk: [rfm.ntk, { depth: 3 }],
    nngp: [rfm.nngp, { depth: 3 }],
  } as const).map(([name, [factory, given]]) => plain(name, factory, () => [{ ...given }])),
  open('averageGradientOuterProduct', rfm.averageGradientOuterProduct, () => [
    ({ data, shape }: { data: Float64Array; shape: readonly number[] }) =>
      Array.from({ length: shape[0] ?? 0 }, (_, i) => [(data[3 * i] ?? 0) ** 2]),
    rows(),
    {
      diagonal: false,
      output: 0,
      step: 1e-4,
      rowsPerCall: 4,
      centering: 'output',
      signal: new AbortController().signal,
    },
  ]),
  plain('kernelFromDescription', rfm.kernelFromDescription, () => [
    { name: 'laplace', parameters: { bandwidth: 1 } },
    {},
  ]),
  open('checkKernel', rfm.checkKernel, () => ['kernel', rfm.laplace({ bandwidth: 1 })]),
  plain('describeKernel', rfm.describeKernel, () => [rfm.laplace({ bandwidth: 1 })]),
  plain('radialKernel', rfm.radialKernel, () => ['own', () => rfm.laplace({ bandwidth: 1 }).value, { a: 1 }]),
  plain('cosineKernel', rfm.cosineKernel, () => ['own', () => rfm.laplace({ bandwidth: 1 }).value, { a: 1 }]),
  plain('innerProductKernel', rfm.innerProductKernel, () => [
    'own',
    () => rfm.laplace({ bandwidth: 1 }).value,
    { a: 1 },
  ]),
  plain('powerDistanceKernel', rfm.powerDistanceKernel, () => [
    'own',
    1,
    () => rfm.laplace({ bandwidth: 1 }).value,
    { a: 1 },
  ]),
  open('resolveCentering', rfm.resolveCentering, () => [{ centering: 'output' }]),
  open('resolveMetricUpdate', rfm.resolveMetricUpdate, () => [
    { normalization: 'max', power: 1, shift: 0, form: 'transform', diagonal: false },
  ]),
  plain('kernelMatrix', rfm.kernelMatrix, (making) => [
    making.backend,
    rfm.laplace({ bandwidth: 1 }),
    upload(making),
    upload(making),
    { ...rfm.identityMetric },
    {},
  ]),
  {
    of: ['nearestCenters', 'usualDistance'],
    ours: ['0', '1', '2'],
    args: (making) => [making.backend, upload(making), targets(making), upload(making), { seed: 1 }],
    call: async (backend, centers, y, x, key) => {
      const kernel = rfm.laplace({ bandwidth: 1 });
      using machine: rfm.KernelMachine = await Reflect.apply(rfm.fitKernelMachine, undefined, [
        { backend, kernel, x: centers, y, ridge: 0.1 },
      ]);
      await Reflect.apply(rfm.usualDistance, undefined, [machine, key]);
      return Reflect.apply(rfm.nearestCenters, undefined, [machine, x, key]);
    },
  },
  plain('matrixPower', rfm.matrixPower, (making) => [making.backend, metric(making), 0.5, { shift: 0.1 }]),
  plain('elementwisePower', rfm.elementwisePower, (making) => [making.backend, metric(making), 0.5]),
  plain('topDirections', rfm.topDirections, (making) => [making.backend, metric(making), 2, 'mahalanobis']),
  plain('subsetRows', rfm.subsetRows, (making) => [making.backend, upload(making), 3, { seed: 1 }]),
  plain('cosineSimilarity', rfm.cosineSimilarity, () => [
    [1, 2, 3],
    [2, 3, 5],
  ]),
  plain('pearsonCorrelation', rfm.pearsonCorrelation, () => [
    [1, 2, 3],
    [2, 3, 5],
  ]),
  plain('fitKernelMachine', rfm.fitKernelMachine, (making) => [
    {
      backend: making.backend,
      kernel: rfm.laplace({ bandwidth: 1 }),
      metric: { ...rfm.identityMetric },
      x: upload(making),
      y: targets(making),
      ridge: 0.1,
      solver: rfm.choleskySolver,
    },
  ]),
  ...(
    [
      ['conjugateGradientSolver', rfm.conjugateGradientSolver, { maxIterations: 5, landmarks: 'random' }],
      ['eigenProSolver', rfm.eigenProSolver, { epochs: 5, directions: 2 }],
    ] as const
  ).map(([name, maker, own]) => solved(name, maker, own)),
  steps('recursiveFeatureMachine', rfm.recursiveFeatureMachine, (making) => [
    {
      backend: making.backend,
      kernel: rfm.laplace({ bandwidth: 1 }),
      x: upload(making),
      y: targets(making),
      ...recursion(),
    },
  ]),
  plain('accuracy', estimators.accuracy, () => [
    ['a', 'b'],
    ['a', 'a'],
  ]),
  plain('meanSquaredError', estimators.meanSquaredError, () => [
    [1, 2],
    [1, 3],
  ]),
  plain('meanAbsoluteError', estimators.meanAbsoluteError, () => [
    [1, 2],
    [1, 3],
  ]),
  plain('rSquared', estimators.rSquared, () => [[1, 2], [1, 3], 1]),
  plain('argmaxRows', estimators.argmaxRows, () => [[1, 2, 3, 4], 2]),
  plain('oneHot', estimators.oneHot, () => [[0, 1], 2]),
  ofLength('holdOut', estimators.holdOut, () => [10, 0.3, 1, [0, 1, 0, 1, 0, 1, 0, 1, 0, 1]]),
  open('toHostMatrix', estimators.toHostMatrix, () => [rows(), 'X']),
  open('toHostVector', estimators.toHostVector, () => [values(), 'y']),
  open('hostLabels', estimators.hostLabels, () => [labels(), 'y']),
  open('readBytes of a model', estimators.readBytes, () => [new Uint8Array(4)]),
  open('readFile', estimators.readFile, () => ['/dev/null']),
  open('decodeSafetensors', estimators.decodeSafetensors, () => [new Uint8Array(10)]),
  plain('encodeSafetensors', estimators.encodeSafetensors, () => [
    { a: { dtype: 'float64', shape: [2], data: Float64Array.of(1, 2) } },
    { note: 'x' },
  ]),
  plain('permutationImportances', estimators.permutationImportances, () => [
    { data: rows().flat(), rows: 10, columns: 3 },
    async () => 0.5,
    { groups: [[0], [1, 2]], repeats: 2, seed: 1 },
  ]),
  plain('toProbabilities', estimators.toProbabilities, () => [[1, 2, 3, 4], 2]),
  open('AgopError.isInstance', AgopError.isInstance, () => [new Error('a')]),
  plain('rootMeanSquaredError', estimators.rootMeanSquaredError, () => [[1, 2], [1, 3], 1]),
  plain('meanAbsolutePercentageError', estimators.meanAbsolutePercentageError, () => [
    [1, 2],
    [1, 3],
  ]),
  plain('balancedAccuracy', estimators.balancedAccuracy, () => [
    ['a', 'b'],
    ['a', 'a'],
  ]),
  plain('f1Score', estimators.f1Score, () => [[0, 1], [0, 0], 2]),
  plain('logLoss', estimators.logLoss, () => [[0.5, 0.5, 0.1, 0.9], [0, 1], 2]),
  plain('brierScore', estimators.brierScore, () => [[0.5, 0.5, 0.1, 0.9], [0, 1], 2]),
  plain('areaUnderRocOfClasses', estimators.areaUnderRocOfClasses, () => [[0.5, 0.5, 0.1, 0.9], [0, 1], 2]),
  plain('areaUnderRoc', estimators.areaUnderRoc, () => [[0.5, 0.1], (row: number) => row === 0]),
  plain('averagePrecision', estimators.averagePrecision, () => [[0.5, 0.1], (row: number) => row === 0]),
  plain('sweepThresholds', estimators.sweepThresholds, () => [[0.5, 0.1], (row: number) => row === 0]),
];
