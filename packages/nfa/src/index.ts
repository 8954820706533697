export { type AgopTraceOptions, agopTrace } from './agop-trace.ts';
export { type AnsatzOptions, type Correlations, type LayerAnsatz, neuralFeatureAnsatz } from './ansatz.ts';
export {
  type FeatureMatrices,
  type LayerFeatureOptions,
  type LayerFeatures,
  layerFeatures,
  type SquareMatrix,
} from './features/layer-features.ts';
export type { RowFunction } from './features/output-gradients.ts';
export { tfjsFunction } from './features/tfjs-function.ts';
export { type AnsatzLayer, denseLayers } from './layers/dense-layers.ts';
