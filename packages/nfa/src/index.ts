export { type AgopTraceOptions, agopTrace } from './agop-trace.ts';
export type { AlignmentSimilarity, LayerAlignment } from './alignment/layer-alignment.ts';
export { type SpeedLimits, speedLimitPresets } from './alignment/speed-limits.ts';
export { type AnsatzOptions, type LayerAnsatz, neuralFeatureAnsatz } from './ansatz.ts';
export type { Similarity } from './comparison/similarity.ts';
export {
  type FeatureMatrices,
  type LayerFeatureOptions,
  type LayerFeatures,
  layerFeatures,
} from './features/layer-features.ts';
export type { RowFunction } from './features/output-gradients.ts';
export { tfjsFunction } from './features/tfjs-function.ts';
export * from './features.ts';
export { type AnsatzLayer, denseLayers } from './layers/dense-layers.ts';
export type { SkippedLayer } from './model/find-layers.ts';
export {
  type ModelFeatures,
  type ModelFeaturesOptions,
  type ModelFeaturesProgress,
  type ModelLayerFeatures,
  modelFeatures,
} from './model/model-features.ts';
export {
  type EarlyModelAlignment,
  type EarlyModelOptions,
  earlyModelAlignment,
} from './model-alignment/early.ts';
export { SpeedLimitedOptimizer, type SpeedLimitedOptimizerOptions } from './model-alignment/speed-limited.ts';
export {
  type ModelAlignmentEpoch,
  type ModelLayerAlignment,
  type ModelTrace,
  type ModelTraceOptions,
  traceModelAlignment,
} from './model-alignment/trace.ts';
