export type {
  Axis,
  Backend,
  Bindings,
  CholeskyOptions,
  Device,
  Eigendecomposition,
  Extension,
  ExtensionKey,
  GramOptions,
  HostData,
  MapOptions,
  MatmulOptions,
  MemoryInfo,
  PairwiseOptions,
  PatchOptions,
  ReshapeOptions,
  SolveTriangularOptions,
  WindowOptions,
} from './backend.ts';
export * from './errors/index.ts';
export * from './expression/index.ts';
export * from './random/index.ts';
export { isTensor, Scope } from './scope.ts';
export {
  bytesPerElement,
  type DType,
  type FloatDType,
  hostArray,
  type Shape,
  sizeOf,
  type Tensor,
  type TypedArray,
  type TypedArrayOf,
} from './tensor.ts';
