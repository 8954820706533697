export { type ComputeOptions, type ImageKernelCost, imageKernelCost } from './compute/budget.ts';
export { type ImageKernelMatrixOptions, imageKernelMatrix } from './compute/kernel-matrix.ts';
export {
  type Activation,
  drawFilters,
  type FeatureLayerOptions,
  type FilterOptions,
  featureLayer,
} from './deep/feature-layer.ts';
export { ConvRFMClassifier } from './estimators/classifier.ts';
export { ConvEstimator } from './estimators/conv-estimator.ts';
export type {
  ConvFitOptions,
  ConvIterationEvent,
  ConvProgressEvent,
  ConvRecord,
  ConvScores,
  PredictOptions,
  TransformSnapshot,
} from './estimators/events.ts';
export type { ConvEstimatorOptions, DeepOptions } from './estimators/options.ts';
export { ConvRFMRegressor } from './estimators/regressor.ts';
export { type ConvLoadOptions, type ConvModelDescription, convRfm } from './estimators/trainer.ts';
export {
  type FieldGeometry,
  fieldGeometry,
  type ImageSize,
  type PatchPadding,
  type PositionGrid,
} from './images/geometry.ts';
export { type ChannelAxis, type HostImages, type ImageInput, toHostImages } from './images/image-input.ts';
export { type ArcCosineRecursionOptions, arcCosineRecursion } from './kernels/arc-cosine/recursion.ts';
export {
  type ConvolutionalKernelOptions,
  convolutionalNngp,
  convolutionalNtk,
} from './kernels/convolutional.ts';
export type { ImageKernel, ImageKernelOptions, Pooling } from './kernels/image-kernel.ts';
export { patchKernel } from './kernels/patch-kernel.ts';
export { type ImageKernelDescription, imageKernelFromDescription } from './kernels/serialization.ts';
export {
  type ConvPhase,
  type ConvPhaseEvent,
  type ConvRecursiveFeatureMachineOptions,
  convRecursiveFeatureMachine,
} from './loop/conv-rfm.ts';
export type { AgopChoice, ConvRecursionOptions, PatchUpdate } from './loop/options.ts';
export { type ConvPreset, convPresets } from './loop/presets.ts';
export type { ConvStep, RidgeMachine } from './loop/step.ts';
export { ConvMachine, type ConvMachineParts } from './machine/conv-machine.ts';
export { type NoisyDigitsOptions, noisyDigits } from './tasks/noisy-digits.ts';
export { type LabelledImages, starImages } from './tasks/star.ts';
export {
  type AttentionPictures,
  attentionPictures,
  type GrayPicture,
  type SingleImage,
} from './visualization/attention.ts';
export { type FilterPicture, type PatchFilters, patchFilters } from './visualization/filters.ts';
