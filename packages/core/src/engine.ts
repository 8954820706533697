export { bind } from './engine/bind.ts';
export { createBackend } from './engine/create-backend.ts';
export type {
  BoundInput,
  CompleteEngine,
  DerivedKernels,
  Engine,
  EssentialEngine,
  ExtensionKernel,
  GramTerms,
  PatchGeometry,
  ProductTerms,
  WindowGeometry,
} from './engine/engine.ts';
export { binaryOperators, unaryOperators } from './expression/operators.ts';
export type { Matrix } from './matrix.ts';
