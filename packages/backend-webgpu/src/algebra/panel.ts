import type { Shader } from '../shader/shader.ts';
import { stripFunctions, stripRows, stripSolve, stripThreads } from './strip.ts';

/**
 * The panel below a diagonal block of a Cholesky factor: X with X Lᵀ = A, one group of threads for 64 rows.
 * X stands in the place of A afterwards and, row after row of `stride` elements, in `p`.
 */
export const solvePanel: Shader = {
  key: 'solve panel',
  operands: { a: { access: 'update' }, d: { access: 'read' }, p: { access: 'write' } },
  uniforms: { columns: 'u32', base: 'u32', size: 'u32', stride: 'u32', rows: 'u32' },
  threads: stripThreads,
  declarations: () => `
var<private> firstRow: u32;
fn known(r: u32, k: u32) -> f32 { return p[u.pAt + (firstRow + r) * u.stride + k]; }
fn lower(i: u32, k: u32) -> f32 { return d[u.dAt + i * u.stride + k]; }
fn given(r: u32, i: u32) -> f32 { return a[u.aAt + (firstRow + r) * u.columns + u.base + i]; }
fn found(r: u32, i: u32, value: f32) {
  p[u.pAt + (firstRow + r) * u.stride + i] = value;
  a[u.aAt + (firstRow + r) * u.columns + u.base + i] = value;
}
${stripFunctions}`,
  body: () => `
  firstRow = group * ${stripRows}u;
  let rows = min(${stripRows}u, u.rows - group * ${stripRows}u);
${stripSolve}`,
};

/**
 * A block of a triangular system with many right-hand sides: L X = B, or Lᵀ X = B with everything counted
 * from the end. One group of threads for 64 columns of B, which are rows of Bᵀ: Xᵀ Lᵀ = Bᵀ. X stands in the
 * place of B afterwards and in `solved`.
 */
export function solveSides(transposed: boolean): Shader {
  const at = (i: string): string => (transposed ? `(u.size - 1u - ${i})` : i);
  const entry = transposed ? `${at('k')} * u.columns + u.base + ${at('i')}` : 'i * u.columns + u.base + k';
  return {
    key: `solve sides${transposed ? ' transposed' : ''}`,
    operands: { lower_: { access: 'read' }, b: { access: 'update' }, solved: { access: 'write' } },
    uniforms: { columns: 'u32', base: 'u32', size: 'u32', sides: 'u32' },
    threads: stripThreads,
    declarations: () => `
var<private> firstSide: u32;
fn known(r: u32, k: u32) -> f32 { return solved[u.solvedAt + ${at('k')} * u.sides + firstSide + r]; }
fn lower(i: u32, k: u32) -> f32 { return lower_[u.lower_At + ${entry}]; }
fn given(r: u32, i: u32) -> f32 { return b[u.bAt + ${at('i')} * u.sides + firstSide + r]; }
fn found(r: u32, i: u32, value: f32) {
  solved[u.solvedAt + ${at('i')} * u.sides + firstSide + r] = value;
  b[u.bAt + ${at('i')} * u.sides + firstSide + r] = value;
}
${stripFunctions}`,
    body: () => `
  firstSide = group * ${stripRows}u;
  let rows = min(${stripRows}u, u.sides - group * ${stripRows}u);
${stripSolve}`,
  };
}
