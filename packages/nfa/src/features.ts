/** The ansatz on weights and gradients that come from anywhere: needs no TensorFlow.js. */
export {
  type CompareLayerOptions,
  compareLayer,
  type LayerComparison,
} from './comparison/compare-layer.ts';
export type { Correlations } from './comparison/correlate.ts';
export {
  type LayerGradients,
  type LayerMatrices,
  layerMatrices,
  type SquareMatrix,
  type WeightMatrix,
} from './comparison/layer-gradients.ts';
