import { completeMatrix, madeMatrix, unknownError } from '@agop/experiments/completion';
import { photographData } from '@agop/experiments/filters';
import * as interpolation from '@agop/experiments/interpolation';
import { savedPreprocessor } from '@agop/experiments/tabular';
import * as rfm from '@agop/rfm';
import { type Call, plain, steps } from './call.ts';
import { square } from './sample-data.ts';

const risk = () => ({
  ...{ kernel: 'gaussian', width: 0.1, n: 8, noise: 0.25, ridge: 0.01 },
  target: [{ frequency: 1, cosine: 1, sine: 0 }],
});

/** Functions of the experiments that others call, and of what those on theory are made with. */
export const theoryCalls: readonly Call[] = [
  plain('photographData', photographData, () => [
    ['a', 'b'].map((name) => ({
      ...{ name, height: 6, width: 20 },
      data: Array.from({ length: 120 }, (_, i) => Math.sin(i)),
    })),
    { size: 3, training: 4, test: 4, seed: 1 },
  ]),
  plain('savedPreprocessor', savedPreprocessor, () => [{ preprocessing: '{}' }, 'a.safetensors']),
  plain('interpolationRisk', interpolation.interpolationRisk, () => [risk()]),
  plain('limitRisk', interpolation.limitRisk, () => ['laplace', 0.5, 0.25, 1]),
  plain('logCoefficient', interpolation.logCoefficient, () => ['cauchy', 2]),
  plain('circleKernel', interpolation.circleKernel, () => ['gaussian', { width: 0.1 }]),
  plain('bestWidth', interpolation.bestWidth, () => [
    (width: number) => ({ bias: width, variance: 1 / width, risk: width + 1 / width }),
    0.1,
    10,
  ]),
  plain('simulateRisk', interpolation.simulateRisk, ({ backend }) => [
    { ...risk(), backend, repeats: 3, seed: 1 },
  ]),
  plain('madeMatrix', madeMatrix, () => [5, 1, 15, 1]),
  plain('unknownError', unknownError, () => [madeMatrix(4, 1, 10, 1), new Float64Array(16)]),
  steps('completeMatrix', completeMatrix, ({ backend }) => [
    {
      ...{ rows: 3, columns: 3, row: Int32Array.of(0, 1, 2, 0), column: Int32Array.of(0, 1, 2, 1) },
      value: Float64Array.of(1, 2, 3, 4),
    },
    { backend, iterations: 2, ridge: 0.01, power: 0.5, signal: new AbortController().signal },
  ]),
  plain('coordinateKernel', rfm.coordinateKernel, () => [
    'own',
    () => rfm.laplace({ bandwidth: 1 }).value,
    () => rfm.laplace({ bandwidth: 1 }).value,
    { a: 1 },
  ]),
  plain('leaveOneOut', rfm.leaveOneOut, ({ backend, ops }) => [
    backend,
    {
      matrix: ops.tensor(square(), [3, 3], 'float64'),
      targets: ops.tensor(Float64Array.of(1, 2, 3), [3, 1], 'float64'),
      ridge: 0.1,
      weights: [1, 2, 1],
    },
  ]),
];
