export {
  type ConvolutionalKernelOptions,
  convolutionalNngp,
  convolutionalNtk,
} from './kernels/convolutional.ts';
export type { ImageKernel, ImageKernelOptions, PatchPadding, Pooling } from './kernels/image-kernel.ts';
export { patchKernel } from './kernels/patch-kernel.ts';
export type { ComputeOptions } from './machine/budget.ts';
export { ConvMachine, type ConvMachineParts } from './machine/conv-machine.ts';
export { type ImageKernelMatrixOptions, imageKernelMatrix } from './machine/kernel-matrix.ts';
