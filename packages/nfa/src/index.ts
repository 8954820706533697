export { type AgopTraceOptions, agopTrace } from './agop-trace.ts';
export { type AnsatzOptions, type LayerAnsatz, neuralFeatureAnsatz } from './ansatz.ts';
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
