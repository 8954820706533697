export {
  type BandwidthOptions,
  type ExponentialPowerOptions,
  exponentialPower,
  gaussian,
  type LpqOptions,
  laplace,
  lpq,
} from './distance-kernels.ts';
export {
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
  generalQuadratic,
  type NetworkKernelOptions,
  nngp,
  ntk,
  type QuadraticOptions,
  quadratic,
} from './product-kernels.ts';
export {
  describeKernel,
  type KernelDescription,
  type KernelFactory,
  kernelFromDescription,
  kernelNames,
} from './serialization.ts';
