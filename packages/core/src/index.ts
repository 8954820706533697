export type {
  Axis,
  Backend,
  Bindings,
  CholeskyOptions,
  Device,
  DeviceMemory,
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
  Tensor,
  WindowOptions,
} from './backend.ts';
export { BackendPool } from './backend-pool.ts';
export { checkBackend } from './check-backend.ts';
export { checkTensor } from './check-tensor.ts';
export { chooseDType } from './choose-dtype.ts';
export {
  bytesPerElement,
  type DType,
  type FloatDType,
  floatDType,
  fromFloat16,
  hostArray,
  machineEpsilon,
  type Shape,
  sizeOf,
  type TypedArray,
  type TypedArrayOf,
} from './dtype.ts';
export { add, divide, multiply, subtract } from './elementwise.ts';
export * from './errors/index.ts';
export { eventLoopTurn } from './event-loop.ts';
export * from './expression/index.ts';
export { inspect, inspection } from './inspect.ts';
export * from './random/index.ts';
export { isTensor, Scope } from './scope.ts';
