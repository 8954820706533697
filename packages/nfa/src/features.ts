/** The ansatz on weights and gradients that come from anywhere: needs no TensorFlow.js. */
export {
  type CompareLayerOptions,
  compareLayer,
  type LayerComparison,
} from './comparison/compare-layer.ts';
export type { Correlations } from './comparison/correlate.ts';
export { type GivenArray, type GivenLayerGradients, layerOfGradients } from './comparison/given-gradients.ts';
export { type LayerUse, layerUse } from './comparison/layer-use.ts';
export {
  type LayerMatrices,
  layerMatrices,
  type MeasuredLayer,
  type SquareMatrix,
  type WeightMatrix,
} from './comparison/measured-layer.ts';
export type { PublishedComparison } from './comparison/published.ts';
