import { input } from '../../expression/expression.ts';
import { cholesky as choleskyOnHost } from '../../host/cholesky.ts';
import { eigh as eighOnHost } from '../../host/eigen.ts';
import type { Matrix } from '../../matrix.ts';
import type { CompleteEngine, EssentialEngine } from '../engine.ts';
import { gatherElements } from './gathering.ts';
import { full, reshaped, sizeOf, Temporaries } from './temporaries.ts';

/** On the host, in float64. */
export async function cholesky<B>(engine: EssentialEngine<B>, a: Matrix<B>, ridge: number): Promise<void> {
  const buffer = Float64Array.from(await engine.read(a.buffer, sizeOf(a), a.dtype));
  choleskyOnHost({ ...a, buffer, dtype: 'float64' }, ridge);
  engine.write(a.buffer, buffer, a.dtype);
}

/** On the host, in float64. */
export async function eigh<B>(
  engine: EssentialEngine<B>,
  a: Matrix<B>,
  values: Matrix<B>,
  vectors: Matrix<B>,
): Promise<void> {
  const decomposition = eighOnHost(await engine.read(a.buffer, sizeOf(a), a.dtype), a.rows);
  engine.write(values.buffer, decomposition.values, values.dtype);
  engine.write(vectors.buffer, decomposition.vectors, vectors.dtype);
}

/**
 * By halves: with L = [L1, 0; C, L2] and B = [B1; B2], X1 = L1⁻¹ B1 and X2 = L2⁻¹ (B2 − C X1); transposed the
 * other way round, X2 = L2⁻ᵀ B2 and X1 = L1⁻ᵀ (B1 − Cᵀ X2). Nearly all of it are products.
 */
export function solveTriangular<B>(
  engine: CompleteEngine<B>,
  l: Matrix<B>,
  b: Matrix<B>,
  transpose: boolean,
): void {
  if (sizeOf(b) > 0) solveRows(engine, l, 0, b, transpose);
}

/** Solves with the diagonal block of L that begins at row and column `begin` and has the size of b. */
function solveRows<B>(
  engine: CompleteEngine<B>,
  l: Matrix<B>,
  begin: number,
  b: Matrix<B>,
  transpose: boolean,
): void {
  using temporary = new Temporaries(engine);
  if (b.rows === 1) {
    const pivot = temporary.matrix(1, 1, l.dtype);
    engine.copyRows(reshaped(l, sizeOf(l), 1), begin * (l.columns + 1), pivot);
    engine.map(quotient, [...full({ b }), { name: 'pivot', kind: 'single', matrix: pivot }], b);
    return;
  }
  const half = b.rows >> 1;
  const upper = temporary.matrix(half, b.columns, b.dtype);
  const lower = temporary.matrix(b.rows - half, b.columns, b.dtype);
  const corner = temporary.matrix(lower.rows, half, l.dtype);
  engine.copyRows(b, 0, upper);
  engine.copyRows(b, half, lower);
  const row = (at: number): number => begin + half + Math.floor(at / half);
  gatherElements(engine, l, (at) => row(at) * l.columns + begin + (at % half), corner);
  const terms = { transposeA: transpose, transposeB: false, alpha: -1, beta: 1 };
  if (transpose) {
    solveRows(engine, l, begin + half, lower, transpose);
    engine.matmul(corner, lower, terms, upper);
    solveRows(engine, l, begin, upper, transpose);
  } else {
    solveRows(engine, l, begin, upper, transpose);
    engine.matmul(corner, upper, terms, lower);
    solveRows(engine, l, begin + half, lower, transpose);
  }
  engine.place(upper, b, 0, 0);
  engine.place(lower, b, half, 0);
}

const quotient = input('b').div(input('pivot'));
