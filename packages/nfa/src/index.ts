export { type AgopTraceOptions, agopTrace } from './agop-trace.ts';
export { type AnsatzOptions, type Correlations, type LayerAnsatz, neuralFeatureAnsatz } from './ansatz.ts';
export { matrixCorrelation } from './correlation.ts';
export {
  type FeatureMatrices,
  type LayerFeatureOptions,
  type LayerFeatures,
  layerFeatures,
} from './features/layer-features.ts';
export type { RowFunction } from './features/output-gradients.ts';
export type { SquareMatrix } from './features/square-matrix.ts';
export type { AnsatzLayer } from './layers/ansatz-layer.ts';
export { denseLayers } from './layers/dense-layers.ts';
