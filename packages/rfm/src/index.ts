// Types that the signatures of the estimators name.
export type {
  FitOptions,
  IterationEvent,
  IterationEvents,
  IterationRecord,
  Label,
  LabelInput,
  MatrixInput,
  ModelSource,
  PermutationImportances,
  PermutationOptions,
} from '@agop/estimators';
export { type AgopSizes, cheapestAgopMethod } from './agop/cost.ts';
export type { AnalyticFunction, FunctionValues, HostArray, HostFunction } from './agop/function-gradients.ts';
export { averageGradientOuterProduct, type FunctionAgopOptions } from './agop/of-function.ts';
export {
  type AgopMethod,
  type AgopOptions,
  type Centering,
  type CenteringOptions,
  resolveCentering,
} from './agop/options.ts';
export { type ClassifierOptions, type ClassifierSelection, RFMClassifier } from './estimators/classifier.ts';
export { type EstimatorAgopOptions, RFMEstimator } from './estimators/estimator.ts';
export { type FarFromZero, farFromZero } from './estimators/far-from-zero.ts';
export type { HostMetric } from './estimators/initial-metric.ts';
export type { EstimatorOptions, RFMSettings } from './estimators/options.ts';
export { checkReach, faultOfSquares, type ReachOptions } from './estimators/origin.ts';
export { type RegressorOptions, RFMRegressor } from './estimators/regressor.ts';
export {
  type FittedRFM,
  type RFMDescription,
  type RFMLoadOptions,
  type RFMTypes,
  rfm,
  uploadSamples,
} from './estimators/trainer.ts';
export { type KernelMatrixOptions, kernelMatrix } from './kernel-matrix/kernel-matrix.ts';
export { medianDistance } from './kernel-matrix/median-distance.ts';
export { type Nonzeros, nonzerosOf } from './kernel-matrix/nonzeros.ts';
export { roundingFactor } from './kernel-matrix/points.ts';
export { subsetRows } from './kernel-matrix/subset-rows.ts';
export { scaleBandwidth } from './kernels/bandwidth.ts';
export * from './kernels/index.ts';
export {
  type FeatureLearning,
  type FeatureLearningStep,
  featureLearning,
  Lazy,
} from './loop/feature-learning.ts';
export {
  predictionMemory,
  type RecursionMemory,
  type RecursionSizes,
  recursionMemory,
} from './loop/memory.ts';
export { isNumericalFailure, mayWiden, type NumericalFailure } from './loop/numerical-failure.ts';
export { type Preset, presets } from './loop/presets.ts';
export {
  type BandwidthMode,
  type RecursionOptions,
  type RecursiveFeatureMachineOptions,
  type RFMStep,
  recursiveFeatureMachine,
} from './loop/recursive-feature-machine.ts';
export { featureWeights } from './machine/feature-weights.ts';
export {
  type FitKernelMachineOptions,
  fitKernelMachine,
  KernelMachine,
  type KernelMachineParts,
} from './machine/kernel-machine.ts';
export { nearestCenters, usualDistance } from './machine/nearest-center.ts';
export { posteriorVariance } from './machine/posterior-variance.ts';
export type { FeatureRange } from './metric/blocks.ts';
export { elementwisePower, type MatrixPowerOptions, matrixPower } from './metric/matrix-power.ts';
export {
  diagonalMetric,
  disposeMetric,
  fullMetric,
  identityMetric,
  type Metric,
  type MetricForm,
} from './metric/metric.ts';
export { cosineSimilarity, pearsonCorrelation } from './metric/similarity.ts';
export { type MetricDirections, topDirections } from './metric/top-directions.ts';
export {
  type MetricUpdateOptions,
  type Normalization,
  nextMetric,
  type ResolvedMetricUpdate,
  resolveMetricUpdate,
} from './metric/update.ts';
export {
  type ConjugateGradientOptions,
  conjugateGradientSolver,
  type SolverProgress,
} from './solvers/conjugate-gradients.ts';
export { type EigenProOptions, eigenProSolver } from './solvers/eigenpro.ts';
export type { HostRefinement } from './solvers/host-refinement.ts';
export { type LeaveOneOut, type LeaveOneOutSystem, leaveOneOut } from './solvers/leave-one-out.ts';
export { logisticSolver } from './solvers/logistic.ts';
export { type RefinedCholeskyOptions, refinedCholeskySolver } from './solvers/refined-cholesky.ts';
export { type FailedRidge, type RidgeSolutions, solveForRidges } from './solvers/ridges.ts';
export {
  checkSolver,
  choleskySolver,
  type ImplicitKernelSystem,
  type KernelSystem,
  type Solver,
} from './solvers/solver.ts';
