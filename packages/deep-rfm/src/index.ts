export { centeredCosines, type RowsByClassOptions, rowsByClass } from './collapse/class-gram.ts';
export { type ClassStatistics, type CollapseOptions, classStatistics } from './collapse/class-statistics.ts';
export { type ClassCovariances, classCovariances } from './collapse/covariances.ts';
export { type CollapseDrop, collapseDrop, type LayerVariability, totalDrop } from './collapse/drop.ts';
export { type CollapseMetrics, collapseMetrics } from './collapse/metrics.ts';
export { type NC1, nc1 } from './collapse/nc1.ts';
export { type NC2, nc2 } from './collapse/nc2.ts';
export { nc3 } from './collapse/nc3.ts';
export { nc4 } from './collapse/nc4.ts';
export type { Stage } from './estimator/deep-machine.ts';
export { DeepRFM } from './estimator/deep-rfm.ts';
export type { DeepDescription, FittedDeepRFM } from './estimator/model-file.ts';
export type {
  DeepLoadOptions,
  DeepRFMOptions,
  DepthOptions,
  DepthRowsEvent,
  LayerEvent,
  LayerEvents,
  StageOptions,
} from './estimator/options.ts';
export type { InputRecord, LayerMeasures, LayerRecord, StageMetrics } from './estimator/records.ts';
export { type DeepRFMTypes, deepRFM } from './estimator/trainer.ts';
export type { DrawContext, FeatureMap, MapTensors } from './feature-maps/feature-map.ts';
export { identityMap } from './feature-maps/feature-map.ts';
export { type RandomCosineOptions, randomCosine, type Spectrum } from './feature-maps/random-cosine.ts';
export { type RandomReluOptions, randomRelu } from './feature-maps/random-relu.ts';
export {
  type FeatureMapDescription,
  type FeatureMapFactory,
  featureMapNames,
} from './feature-maps/serialization.ts';
export {
  type DeepRecursiveFeatureMachineOptions,
  type DeepRFMStep,
  type Depth,
  deepRecursiveFeatureMachine,
  type InputStep,
  isLayerStep,
  type LayerStep,
} from './layers/deep-recursive-feature-machine.ts';
export type { DeepLayer } from './layers/layer.ts';
export { type DeepRecursionOptions, deepPresets, type RowNormalization } from './layers/options.ts';
