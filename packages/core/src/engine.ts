export type {
  BoundInput,
  Engine,
  Matrix,
  PatchGeometry,
  ProductTerms,
  RecursionGeometry,
  Reduction,
  WindowGeometry,
} from './engine/engine.ts';
export { EngineBackend } from './engine/engine-backend.ts';
export { applyBinary, applyUnary } from './expression/expression.ts';
