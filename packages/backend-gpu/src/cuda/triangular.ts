import { bytesPerElement } from '@agop/core';
import { factor, fillMode, operation } from './products.ts';
import { transpose } from './rearrangement.ts';
import { bytesOf, type DeviceMatrix, type Runtime } from './runtime.ts';

const side = { left: 0, right: 1 } as const;
const nonUnit = 0;

/**
 * B <- L⁻¹ B or L⁻ᵀ B. To cuBLAS the row-major L is the upper triangular U = Lᵀ, and B is Bᵀ: L X = B reads
 * Xᵀ U = Bᵀ, with U from the right. Few right-hand sides are transposed first and solved for from the left,
 * Uᵀ X = B, the case that libraries are made for; a single one has the same memory either way.
 */
export function solveTriangular(
  runtime: Runtime,
  l: DeviceMatrix,
  b: DeviceMatrix,
  transposed: boolean,
): void {
  const [n, k] = [b.rows, b.columns];
  if (n === 0 || k === 0) return;
  const fromLeft = transposed ? operation.none : operation.transposed;
  const fromRight = transposed ? operation.transposed : operation.none;
  if (k === 1) trsm(runtime, side.left, fromLeft, n, 1, l, b.buffer, n);
  else if (4 * k > n) trsm(runtime, side.right, fromRight, k, n, l, b.buffer, k);
  else {
    runtime.withScratch(bytesOf(b), (buffer) => {
      const columns = { ...b, buffer, rows: k, columns: n };
      transpose(runtime, b, columns);
      trsm(runtime, side.left, fromLeft, n, k, l, buffer, n);
      transpose(runtime, columns, b);
    });
  }
}

/** cuBLAS trsm with the row-major lower triangle of `l`, on a column-major [m, n] in place. */
function trsm(
  runtime: Runtime,
  onSide: number,
  operationOfU: number,
  m: number,
  n: number,
  l: DeviceMatrix,
  target: number,
  stride: number,
): void {
  runtime.enter();
  const { blas } = runtime.native;
  const solve = bytesPerElement(l.dtype) === 4 ? blas.cublasStrsm_v2 : blas.cublasDtrsm_v2;
  const { upper } = fillMode;
  solve(
    runtime.blas,
    onSide,
    upper,
    operationOfU,
    nonUnit,
    m,
    n,
    factor(1, l),
    l.buffer,
    l.columns,
    target,
    stride,
  );
}

/**
 * The rows below a factorised diagonal block, in place: X with X Lᵀ = A, for `rows` rows of `width` elements
 * at the address `target` and L at `corner`, both within the matrix `like`.
 */
export function solvePanel(
  runtime: Runtime,
  like: DeviceMatrix,
  corner: number,
  target: number,
  rows: number,
  width: number,
): void {
  // To cuBLAS A is Aᵀ, and X Lᵀ = A reads Uᵀ Xᵀ = Aᵀ.
  const l = { ...like, buffer: corner };
  trsm(runtime, side.left, operation.transposed, width, rows, l, target, like.columns);
}
