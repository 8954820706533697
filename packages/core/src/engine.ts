export type {
  BoundInput,
  Engine,
  ExtensionKernel,
  Matrix,
  PatchGeometry,
  ProductTerms,
  Reduction,
  WindowGeometry,
} from './engine/engine.ts';
export { EngineBackend } from './engine/engine-backend.ts';
export { applyBinary, applyUnary } from './expression/operators.ts';
