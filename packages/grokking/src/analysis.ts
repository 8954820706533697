/**
 * What runs are examined with: residues and their logarithms, structure of metrics, Fourier analysis,
 * circulant features.
 */
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
export { type FourierContent, fourierContent, tableOutputs } from './fourier/content.ts';
export {
  type ClassKernelMachine,
  type FourierKernelPredictor,
  fourierKernelPredictor,
} from './fourier/kernel-predictor.ts';
export { fourierMultiplication, type RowPredictor } from './fourier/multiplication.ts';
export { blockSpectrum, frequencyMagnitudes } from './fourier/spectrum.ts';
export { type ComplexVector, discreteFourierTransform } from './fourier/transform.ts';
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
