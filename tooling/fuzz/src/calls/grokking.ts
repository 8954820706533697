import * as grokking from '@agop/grokking';
import * as analysis from '@agop/grokking/analysis';
import { gaussian } from '@agop/rfm';
import { type Call, open, plain, steps } from './call.ts';

const choice = () => ({ operation: '+', p: 5, fraction: 0.5, seed: 1 });
const add = grokking.basicOperations.add;
const block = () => Float64Array.from({ length: 25 }, (_, i) => Math.sin(i));
const metric = () => Float64Array.from({ length: 100 }, (_, i) => Math.sin(i));
const run = () => ({
  ...{ kernel: gaussian({ bandwidth: 2.5 }), iterations: 1, ridge: 1e-6, power: 0.5, centering: 'output' },
  ...{ dtype: 'float64', kernelEigenvalues: true, memoryBudget: 2 ** 28, freeHostBytes: 2 ** 30 },
});

/** Functions of @agop/grokking. */
export const grokkingCalls: readonly Call[] = [
  open('modularTask', grokking.modularTask, () => [choice()]),
  open('modularTaskSizes', grokking.modularTaskSizes, () => [choice()]),
  plain('modularTable', grokking.modularTable, () => [add, 5]),
  plain('findOperation', grokking.findOperation, () => ['x^2+y^2']),
  plain('runGrokking', grokking.runGrokking, ({ backend }) => [
    { backend, task: grokking.modularTask({ operation: '+', p: 5 }), ...run(), onIteration: () => {} },
  ]),
  steps('grokkingSteps', grokking.grokkingSteps, ({ backend }) => [
    { backend, task: grokking.modularTask({ operation: '*', p: 5 }), ...run() },
  ]),
  plain('checkGrokkingMemory', grokking.checkGrokkingMemory, ({ backend }) => [
    {
      backend,
      sizes: { trainSize: 10, testSize: 10, columns: 10, p: 5 },
      dtype: 'float64',
      iterations: 1,
      memoryBudget: 1e9,
      freeHostBytes: 1e9,
    },
  ]),
  plain('measureOutputs', grokking.measureOutputs, () => [block(), [0, 1, 2, 3, 4], 5, [0, 1]]),
  plain('isPrime', analysis.isPrime, () => [7]),
  plain('residue', analysis.residue, () => [7, 5]),
  plain('powerModulo', analysis.powerModulo, () => [2, 5, 7]),
  plain('inverseModulo', analysis.inverseModulo, () => [2, 7]),
  plain('smallestPrimitiveRoot', analysis.smallestPrimitiveRoot, () => [7]),
  plain('discreteLogarithms', analysis.discreteLogarithms, () => [7]),
  plain('logarithmOrder', analysis.logarithmOrder, () => [7]),
  plain('circulantDeviation', analysis.circulantDeviation, () => [
    block(),
    { shape: 'circulant', variance: 'sum' },
  ]),
  plain('blockSpectrum', analysis.blockSpectrum, () => [block()]),
  plain('diagonalMeans', analysis.diagonalMeans, () => [block(), 'circulant']),
  plain('fromDiagonals', analysis.fromDiagonals, () => [[1, 2, 3], 'hankel']),
  plain('nearestOfShape', analysis.nearestOfShape, () => [block(), 'circulant']),
  plain('nearestScalarPlusConstant', analysis.nearestScalarPlusConstant, () => [block()]),
  plain('relativeDeviations', analysis.relativeDeviations, () => [block()]),
  plain('frequencyMagnitudes', analysis.frequencyMagnitudes, () => [block(), 'circulant']),
  plain('groupOrder', analysis.groupOrder, () => [block(), 'additive']),
  plain('metricBlocks', analysis.metricBlocks, () => [metric(), 5]),
  plain('metricDeviations', analysis.metricDeviations, () => [metric(), 5, 'additive']),
  plain('reorderMetric', analysis.reorderMetric, () => [metric(), 5]),
  plain('discreteFourierTransform', analysis.discreteFourierTransform, () => [[1, 2, 3]]),
  plain('randomCirculantRow', analysis.randomCirculantRow, () => [add, 5, 1]),
  plain('blockCirculantMetric', analysis.blockCirculantMetric, () => [add, 5, [1, 2, 3, 4, 5]]),
  plain('fourierMultiplication', analysis.fourierMultiplication, () => [grokking.basicOperations.mul, 5]),
  plain('fourierKernelPredictor', analysis.fourierKernelPredictor, () => ['add', 5]),
  plain('fourierContent', analysis.fourierContent, () => [new Float64Array(125), add, 5]),
  plain('fitCirculantFeatures', analysis.fitCirculantFeatures, ({ backend }) => [
    {
      backend,
      task: grokking.modularTask({ operation: '+', p: 5 }),
      row: [1, 2, 3, 4, 5],
      seed: 1,
      ridge: 0,
      dtype: 'float64',
    },
  ]),
];
