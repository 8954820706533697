export {
  type Activation,
  drawFilters,
  type FeatureLayerOptions,
  featureLayer,
} from './deep/feature-layer.ts';
export {
  type ConvolutionalKernelOptions,
  convolutionalNngp,
  convolutionalNtk,
} from './kernels/convolutional.ts';
export type { ImageKernel, ImageKernelOptions, PatchPadding, Pooling } from './kernels/image-kernel.ts';
export { patchKernel } from './kernels/patch-kernel.ts';
export {
  type ConvPhase,
  type ConvPhaseEvent,
  type ConvRecursiveFeatureMachineOptions,
  convRecursiveFeatureMachine,
} from './loop/conv-rfm.ts';
export type { AgopChoice, ConvRecursionOptions } from './loop/options.ts';
export type { ConvStep, RidgeMachine } from './loop/step.ts';
export type { PatchUpdate } from './loop/update.ts';
export type { ComputeOptions } from './machine/budget.ts';
export { ConvMachine, type ConvMachineParts } from './machine/conv-machine.ts';
export { type ImageKernelMatrixOptions, imageKernelMatrix } from './machine/kernel-matrix.ts';
