/** Dense networks on any backend of agop, without TensorFlow.js: training, features, alignment. */

export { type EarlyAlignment, type EarlyAlignmentOptions, earlyAlignment } from './alignment/early.ts';
export { infiniteWidthAlignment } from './alignment/infinite-width.ts';
export type { AlignmentSimilarity, LayerAlignment } from './alignment/layer-alignment.ts';
export {
  type AlignmentOptions,
  type NetworkLayerAlignment,
  networkAlignment,
} from './alignment/network-alignment.ts';
export { type SpeedLimitedOptions, speedLimited } from './alignment/speed-limited.ts';
export { type SpeedLimits, speedLimitPresets } from './alignment/speed-limits.ts';
export { type AlignmentEpoch, type AlignmentTraceOptions, alignmentTrace } from './alignment/trace.ts';
export {
  type MeasureNetworkOptions,
  measureNetwork,
  publishedComparisons,
} from './comparison/network-layers.ts';
export type { PublishedComparison } from './comparison/published.ts';
export type { Similarity } from './comparison/similarity.ts';
export type { ActivationName, ResolvedActivation } from './network/activations.ts';
export { type CovarianceOptions, gradientCovariances } from './network/covariances.ts';
export type { DenseLayer } from './network/dense-layer.ts';
export {
  DenseNetwork,
  type DenseNetworkOptions,
  type GivenLayer,
  type GivenNetwork,
} from './network/dense-network.ts';
export type { LayerGradients } from './network/forward.ts';
export type { Initialization } from './network/initialization.ts';
export { type LayerMaps, layerMaps } from './network/layer-maps.ts';
export { type LossGradientOptions, type LossGradients, lossGradients } from './network/loss-gradients.ts';
export type { LossName } from './network/losses.ts';
export {
  type FeatureMatrix,
  type NetworkFeatureOptions,
  type NetworkLayerFeatures,
  networkFeatures,
} from './network/network-features.ts';
export type { LearningRate, Optimizer, OptimizerRun } from './network/optimizer.ts';
export { type AdamWOptions, adamW, type SgdOptions, sgd } from './network/optimizers.ts';
export {
  type TrainingEpoch,
  type TrainingOptions,
  type TrainNetworkOptions,
  trainingEpochs,
  trainNetwork,
} from './network/training.ts';
