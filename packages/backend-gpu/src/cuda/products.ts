import { bytesPerElement } from '@agop/core';
import type { GramTerms, ProductTerms } from '@agop/core/engine';
import { fill } from './make.ts';
import { mirror } from './rearrangement.ts';
import { type DeviceMatrix, type Runtime, scalar, sizeOf, sourceFor } from './runtime.ts';

/**
 * cuBLAS reads matrices column by column: a row-major [m, n] is its [n, m], the transposed matrix, in the
 * same memory. So
 *
 *   C = op(A) op(B) is asked for as Cᵀ = op(B)ᵀ op(A)ᵀ: B first, with the same transposes
 *     and the row lengths as strides;
 *   C = A Aᵀ of the rows is Cᵀ = (Aᵀ)ᵀ Aᵀ, and the lower triangle of a row-major matrix is the upper
 *     one of a column-major.
 */
export const operation = { none: 0, transposed: 1 } as const;
export const fillMode = { lower: 0, upper: 1 } as const;

/**
 * Below this order the whole product is computed and half of it mirrored: too few tiles to leave half of them
 * out. Not measured.
 */
const smallGram = 512;

/** out = alpha op(A) op(B) + beta out */
export function matmul(
  runtime: Runtime,
  a: DeviceMatrix,
  b: DeviceMatrix,
  terms: ProductTerms,
  out: DeviceMatrix,
): void {
  const inner = terms.transposeA ? a.rows : a.columns;
  multiply(runtime, a, b, inner, terms, out);
}

/**
 * The product with `out` of any rows and columns within what the operands give; strides are the row lengths.
 */
export function multiply(
  runtime: Runtime,
  a: DeviceMatrix,
  b: DeviceMatrix,
  inner: number,
  terms: ProductTerms,
  out: DeviceMatrix,
  stride = out.columns,
): void {
  if (sizeOf(out) === 0) return;
  if (inner === 0) {
    scaleBy(runtime, out, terms.beta);
    return;
  }
  const { transposeA, transposeB, alpha, beta } = terms;
  const [left, right] = [a, b].map(({ buffer, columns }) => ({ address: buffer, stride: columns }));
  if (left && right)
    multiplyBlock(runtime, left, right, out, { inner, transposeA, transposeB, alpha, beta }, stride);
}

/** Part of a row-major matrix: its first element, and how far apart its rows are. */
interface Block {
  readonly address: number;
  readonly stride: number;
}

/** out = alpha op(A) op(B) + beta out for blocks of matrices, with `inner` terms from 1. */
export function multiplyBlock(
  runtime: Runtime,
  a: Block,
  b: Block,
  out: DeviceMatrix,
  terms: Omit<ProductTerms, 'transposeB'> & { readonly inner: number; readonly transposeB?: boolean },
  stride = out.columns,
): void {
  const { inner, transposeA, transposeB = false, alpha, beta } = terms;
  runtime.enter();
  const { blas } = runtime.native;
  const gemm = out.dtype === 'float32' ? blas.cublasSgemm_v2 : blas.cublasDgemm_v2;
  const run = (): void =>
    gemm(
      runtime.blas,
      transposeB ? operation.transposed : operation.none,
      transposeA ? operation.transposed : operation.none,
      out.columns,
      out.rows,
      inner,
      factor(alpha, out),
      b.address,
      b.stride,
      a.address,
      a.stride,
      factor(beta, out),
      out.buffer,
      stride,
    );
  // What is added to cannot be done twice.
  if (beta === 0) runtime.native.repeated(run);
  else run();
}

/** As {@link matmul} for matrices below each other. */
export function matmulBatches(
  runtime: Runtime,
  a: DeviceMatrix,
  b: DeviceMatrix,
  batches: number,
  terms: ProductTerms,
  out: DeviceMatrix,
): void {
  const inner = terms.transposeA ? a.rows / batches : a.columns;
  if (sizeOf(out) === 0) return;
  if (inner === 0) {
    scaleBy(runtime, out, terms.beta);
    return;
  }
  runtime.enter();
  const { blas } = runtime.native;
  const gemm = out.dtype === 'float32' ? blas.cublasSgemmStridedBatched : blas.cublasDgemmStridedBatched;
  gemm(
    runtime.blas,
    terms.transposeB ? operation.transposed : operation.none,
    terms.transposeA ? operation.transposed : operation.none,
    out.columns,
    out.rows / batches,
    inner,
    factor(terms.alpha, out),
    b.buffer,
    b.columns,
    sizeOf(b) / batches,
    a.buffer,
    a.columns,
    sizeOf(a) / batches,
    factor(terms.beta, out),
    out.buffer,
    out.columns,
    sizeOf(out) / batches,
    batches,
  );
}

/** out = alpha A Aᵀ (or Aᵀ A) + beta out: one triangle, mirrored. */
export function gram(runtime: Runtime, a: DeviceMatrix, terms: GramTerms, out: DeviceMatrix): void {
  const { transpose, alpha, beta } = terms;
  const inner = transpose ? a.rows : a.columns;
  if (out.rows < smallGram || inner === 0) {
    multiply(runtime, a, a, inner, { transposeA: transpose, transposeB: !transpose, alpha, beta }, out);
  } else {
    runtime.enter();
    const { blas } = runtime.native;
    const syrk = out.dtype === 'float32' ? blas.cublasSsyrk_v2 : blas.cublasDsyrk_v2;
    syrk(
      runtime.blas,
      fillMode.upper,
      transpose ? operation.none : operation.transposed,
      out.rows,
      inner,
      factor(alpha, out),
      a.buffer,
      a.columns,
      factor(beta, out),
      out.buffer,
      out.columns,
    );
  }
  mirror(runtime, out, 'upwards');
}

/** What a product without terms leaves of `out`. */
function scaleBy(runtime: Runtime, out: DeviceMatrix, beta: number): void {
  if (beta === 0) fill(runtime, out, 0);
  else if (beta !== 1) {
    const args = [out.buffer, scalar(beta, out), sizeOf(out)];
    runtime.launchOver(sourceFor('fill', out.dtype), 'scale', sizeOf(out), args);
  }
}

/** A factor in host memory, where cuBLAS reads it before it returns. */
export function factor(value: number, { dtype }: DeviceMatrix): Float32Array | Float64Array {
  return bytesPerElement(dtype) === 4 ? Float32Array.of(value) : Float64Array.of(value);
}
