import { bytesPerElement } from '@agop/core';
import { factor, fillMode, operation } from './products.ts';
import type { DeviceMatrix, Runtime } from './runtime.ts';

const side = { left: 0, right: 1 } as const;
const nonUnit = 0;

/**
 * The panel beside a factorised diagonal block, in place, by cuBLAS. For the block in cuBLAS's lower
 * triangle, the row-major upper one, that is what stands to the right of it: X with Uᵀ X = A. In the
 * row-major lower triangle it is what stands below: X with X Lᵀ = A, to cuBLAS Uᵀ Xᵀ = Aᵀ.
 */
export function solvePanel(
  runtime: Runtime,
  a: DeviceMatrix,
  fill: number,
  { base, size }: { readonly base: number; readonly size: number },
): void {
  const { blas } = runtime.native;
  const solve = bytesPerElement(a.dtype) === 4 ? blas.cublasStrsm_v2 : blas.cublasDtrsm_v2;
  const n = a.columns;
  const rest = a.rows - base - size;
  const isLower = fill === fillMode.lower;
  const [m, k] = isLower ? [rest, size] : [size, rest];
  const corner = runtime.elementAddress(a, base, base);
  const panel = isLower
    ? runtime.elementAddress(a, base, base + size)
    : runtime.elementAddress(a, base + size, base);
  runtime.enter();
  solve(
    runtime.blas,
    isLower ? side.right : side.left,
    fill,
    operation.transposed,
    nonUnit,
    m,
    k,
    factor(1, a),
    corner,
    n,
    panel,
    n,
  );
}
