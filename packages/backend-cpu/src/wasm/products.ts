import type { GramTerms, ProductTerms } from '@agop/core/engine';
import { Part } from './layout.ts';
import { bytes, floatKernels, type M } from './memory.ts';
import type { Runtime } from './runtime.ts';

/** Multiply-adds of a product that is worth timing two small ones of each tile shape before it. */
const LARGE_PRODUCT = 3e7;

export function matmul(runtime: Runtime, a: M, b: M, terms: ProductTerms, out: M): void {
  gemm(runtime, a, b, terms, out);
}

/** Small products are shared out among the threads, large ones one after the other, each by all threads. */
export function matmulBatches(
  runtime: Runtime,
  a: M,
  b: M,
  batches: number,
  terms: ProductTerms,
  out: M,
): void {
  const kernels = floatKernels(runtime, a);
  const m = out.rows / batches;
  const k = terms.transposeA ? a.rows / batches : a.columns;
  if (!kernels.batchFits(m, out.columns, k)) {
    for (let i = 0; i < batches; i++) {
      matmul(runtime, batch(a, batches, i), batch(b, batches, i), terms, batch(out, batches, i));
    }
    return;
  }
  const [rowA, columnA] = strides(a, terms.transposeA);
  const [rowB, columnB] = strides(b, terms.transposeB);
  kernels.gemmBatches(
    batches,
    m,
    out.columns,
    k,
    terms.alpha,
    a.buffer,
    rowA,
    columnA,
    b.buffer,
    rowB,
    columnB,
    terms.beta,
    out.buffer,
  );
}

/** One of several matrices below each other. */
export function batch(m: M, batches: number, index: number): M {
  const rows = m.rows / batches;
  return { ...m, rows, buffer: m.buffer + index * rows * m.columns * bytes(m) };
}

export function gram(runtime: Runtime, a: M, { transpose, alpha, beta }: GramTerms, out: M): void {
  const terms = { transposeA: transpose, transposeB: !transpose, alpha, beta };
  gemm(runtime, a, a, terms, out, Part.mirror);
}

/**
 * out = program(alpha op(A) op(B) + beta out)
 *
 * @param part all of out, or one triangle, or that and mirrored
 * @param program address of a compiled expression of the product; 0 for none
 */
export function gemm(
  runtime: Runtime,
  a: M,
  b: M,
  { transposeA, transposeB, alpha, beta }: ProductTerms,
  out: M,
  part: number = Part.full,
  program = 0,
): void {
  const k = transposeA ? a.rows : a.columns;
  if (out.rows * out.columns * k > LARGE_PRODUCT) runtime.tiles.review();
  const [rowA, columnA] = strides(a, transposeA);
  const [rowB, columnB] = strides(b, transposeB);
  floatKernels(runtime, a).gemm(
    out.rows,
    out.columns,
    k,
    alpha,
    a.buffer,
    rowA,
    columnA,
    b.buffer,
    rowB,
    columnB,
    beta,
    out.buffer,
    out.columns,
    part,
    program,
  );
}

/**
 * What follows a product that has been computed elsewhere, of which `out` holds all or the lower triangle:
 * the program on its elements, and the copy of the lower triangle to the upper one.
 */
export function finishProduct(runtime: Runtime, out: M, part: number, program = 0): void {
  const nothing = { ...out, columns: 0 };
  gemm(
    runtime,
    nothing,
    nothing,
    { transposeA: false, transposeB: true, alpha: 1, beta: 1 },
    out,
    part,
    program,
  );
}

/** Steps between rows and columns of op(M). */
function strides(m: M, transposed: boolean): [row: number, column: number] {
  return transposed ? [1, m.columns] : [m.columns, 1];
}
