export {
  discreteLogarithms,
  logarithmOrder,
  smallestPrimitiveRoot,
} from './arithmetic/discrete-logarithm.ts';
export { inverseModulo, isPrime, powerModulo, residue } from './arithmetic/residues.ts';
export { blockCirculantMetric, randomCirculantRow } from './circulant-features/block-metric.ts';
export {
  type CirculantFeaturesOptions,
  type CirculantFeaturesResult,
  fitCirculantFeatures,
} from './circulant-features/fit.ts';
export { type FourierContent, fourierContent } from './fourier/content.ts';
export {
  type ClassKernelMachine,
  type FourierKernelPredictor,
  fourierKernelPredictor,
} from './fourier/kernel-predictor.ts';
export { fourierMultiplication, type RowPredictor } from './fourier/multiplication.ts';
export { blockSpectrum, frequencyMagnitudes } from './fourier/spectrum.ts';
export { type ComplexVector, discreteFourierTransform } from './fourier/transform.ts';
export { checkGrokkingMemory, type MemoryCheck } from './run/check-memory.ts';
export type {
  EigenvalueRange,
  GrokkingIteration,
  GrokkingStep,
  OperationMeasures,
} from './run/iteration.ts';
export { measureOutputs, type OutputMeasures } from './run/measures.ts';
export { grokkingMemory } from './run/memory.ts';
export type { GrokkingOptions } from './run/options.ts';
export { type GrokkingResult, grokkingSteps, type RunGrokkingOptions, runGrokking } from './run/run.ts';
export { tableOutputs } from './run/table-outputs.ts';
export { cosineAlignment, pearsonCorrelation } from './structure/alignment.ts';
export { groupOrder, type MetricBlocks, metricBlocks, reorderMetric } from './structure/blocks.ts';
export {
  type CirculantDeviationOptions,
  circulantDeviation,
  type MetricDeviations,
  metricDeviations,
  type RelativeDeviations,
  relativeDeviations,
} from './structure/deviation.ts';
export {
  diagonalMeans,
  fromDiagonals,
  nearestOfShape,
  nearestScalarPlusConstant,
} from './structure/nearest.ts';
export { findOperation, modularOperations } from './tasks/find-operation.ts';
export {
  type BlockShape,
  basicOperations,
  type Group,
  type ModularOperation,
  type OperationStructure,
  parityOperation,
  polynomialOperations,
} from './tasks/operation.ts';
export type { OperationChoice } from './tasks/operations-of-task.ts';
export type { ModularSamples } from './tasks/samples.ts';
export { type GrokkingSizes, modularTaskSizes } from './tasks/sizes.ts';
export type { Split } from './tasks/split.ts';
export { type ModularTable, modularTable } from './tasks/table.ts';
export { type EncodedSamples, type ModularTask, type ModularTaskOptions, modularTask } from './tasks/task.ts';
