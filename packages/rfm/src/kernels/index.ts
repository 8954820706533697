export * from './built-in.ts';
export { checkKernel } from './check.ts';
export {
  defineKernel,
  type KernelDefinition,
  type KernelOptions,
  type KernelParameter,
  type KernelParameterTable,
  type KernelValues,
} from './define.ts';
export {
  type CoordinateKernel,
  coordinateKernel,
  cosineKernel,
  type InnerProductKernel,
  type InnerProducts,
  innerProductKernel,
  type Kernel,
  type KernelParameters,
  type ParameterInputs,
  type PowerDistanceKernel,
  powerDistanceKernel,
  radialKernel,
} from './kernel.ts';
export {
  describeKernel,
  type KernelDescription,
  type KernelFactory,
  kernelFromDescription,
  kernelNames,
} from './serialization.ts';
