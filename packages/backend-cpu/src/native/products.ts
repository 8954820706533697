import type { Expression } from '@agop/core';
import type { BoundInput, GramTerms, ProductTerms } from '@agop/core/engine';
import { pairwise as fusedPairwise, mapProducts } from '../wasm/elementwise.ts';
import { Part } from '../wasm/layout.ts';
import type { M } from '../wasm/memory.ts';
import * as own from '../wasm/products.ts';
import { functionsFor, type NativeContext, strided } from './context.ts';

/** From which length on the engine cuts sums of Gram products into pieces for its threads. */
const LONG = 2048;

/** As the engine's own, by the library where the product is large enough. */
export function matmul(context: NativeContext, a: M, b: M, terms: ProductTerms, out: M): void {
  const k = terms.transposeA ? a.rows : a.columns;
  const isNarrow = !terms.transposeA && out.columns < context.from.columns;
  if (isLarge(context, out, k, terms.alpha) && !isNarrow) multiply(context, a, b, terms, out);
  else own.matmul(context.runtime, a, b, terms, out);
}

/** One after the other where each is large; small ones are shared out among the engine's threads. */
export function matmulBatches(
  context: NativeContext,
  a: M,
  b: M,
  batches: number,
  terms: ProductTerms,
  out: M,
): void {
  const k = terms.transposeA ? a.rows / batches : a.columns;
  if (!isLarge(context, own.batch(out, batches, 0), k, terms.alpha)) {
    own.matmulBatches(context.runtime, a, b, batches, terms, out);
    return;
  }
  for (let i = 0; i < batches; i++) {
    const [left, right] = [own.batch(a, batches, i), own.batch(b, batches, i)];
    multiply(context, left, right, terms, own.batch(out, batches, i));
  }
}

/** The library computes one triangle, the engine mirrors it. */
export function gram(context: NativeContext, a: M, terms: GramTerms, out: M): void {
  const { runtime } = context;
  const { transpose, alpha, beta } = terms;
  const k = transpose ? a.rows : a.columns;
  const { rows, longRows } = context.from.gram;
  if (!isLarge(context, out, k, alpha, k < LONG ? rows : longRows)) {
    own.gram(runtime, a, terms, out);
    return;
  }
  lowerGram(context, a, transpose, alpha, beta, out);
  own.finishProduct(runtime, out, Part.mirror);
}

/**
 * The product by the library, then the expression in a pass over it. Where sums are short, and where half of
 * the work can be left out but the two factors are not one, the engine's single pass is the faster one.
 */
export function pairwise(
  context: NativeContext,
  x: M,
  z: M,
  expression: Expression,
  inputs: readonly BoundInput<number>[],
  symmetric: boolean,
  out: M,
): void {
  const { runtime, from } = context;
  const isSame = x.buffer === z.buffer && x.rows === z.rows;
  if (x.columns < from.pairwise || !isLarge(context, out, x.columns, 1) || (symmetric && !isSame)) {
    fusedPairwise(runtime, x, z, expression, inputs, symmetric, out);
    return;
  }
  if (symmetric) lowerGram(context, x, false, 1, 0, out);
  else multiply(context, x, z, { transposeA: false, transposeB: true, alpha: 1, beta: 0 }, out);
  mapProducts(runtime, expression, inputs, symmetric, out);
}

function isLarge(
  { from }: NativeContext,
  out: Pick<M, 'rows' | 'columns'>,
  k: number,
  alpha: number,
  width = from.width,
): boolean {
  const { rows, columns } = out;
  // A library may leave out products with 0, and NaN with them.
  if (alpha === 0 || k === 0) return false;
  return Math.min(rows, columns) >= width && rows * columns * k >= from.product;
}

function multiply(context: NativeContext, a: M, b: M, terms: ProductTerms, out: M): void {
  const { runtime } = context;
  const { transposeA, transposeB, alpha, beta } = terms;
  const sizes = { m: out.rows, n: out.columns, k: transposeA ? a.rows : a.columns };
  const [left, right, result] = [strided(runtime, a), strided(runtime, b), strided(runtime, out)];
  functionsFor(context, out, sizes.m * sizes.n * sizes.k).gemm(
    transposeA,
    transposeB,
    sizes,
    alpha,
    left,
    right,
    beta,
    result,
  );
}

function lowerGram(
  context: NativeContext,
  a: M,
  transpose: boolean,
  alpha: number,
  beta: number,
  out: M,
): void {
  const { runtime } = context;
  const k = transpose ? a.rows : a.columns;
  const { syrkLower } = functionsFor(context, out, (out.rows * out.rows * k) / 2);
  syrkLower(transpose, out.rows, k, alpha, strided(runtime, a), beta, strided(runtime, out));
}
