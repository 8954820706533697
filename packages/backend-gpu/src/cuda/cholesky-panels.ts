import { bytesPerElement } from '@agop/core';
import { LibraryFactor } from './cholesky-library.ts';
import type { Failure } from './cholesky-outcome.ts';
import { mathMode } from './precision.ts';
import { factor, fillMode, multiplyBlock, operation } from './products.ts';
import { type DeviceMatrix, type Runtime, sourceFor } from './runtime.ts';
import { solvePanel } from './substitution.ts';

/** Blocks of rows that are updated at a time, as multiples of the diagonal block's. */
const rowsAtOnce = 2;

/**
 * Right-looking in the row-major upper triangle, A = Uᵀ U: diagonal blocks by cuSOLVER, the panel to the
 * right of each by substitution, and what remains, nearly all the work of large matrices, by products.
 *
 * With precision '3xtf32' a float32 panel is split, P = H + L in TF32, and tensor cores subtract
 * HᵀH + HᵀL + LᵀH, as one product of three times the inner length: as good as float32. With plain TF32 the
 * factor of an ill-conditioned kernel matrix fails.
 *
 * After a failure what follows computes with what is there; it is not looked at. Source: Golub & Van Loan,
 * Matrix Computations, 4th ed., section 4.2.
 *
 * @param order of the diagonal blocks
 */
export async function factorInPanels(
  runtime: Runtime,
  a: DeviceMatrix,
  order: number,
): Promise<Failure | undefined> {
  const n = a.rows;
  const library = new LibraryFactor(runtime, a);
  try {
    for (let base = 0; base < n; base += order) {
      const size = Math.min(order, n - base);
      library.factor(base, size);
      const rest = n - base - size;
      if (rest === 0) break;
      solvePanel(runtime, a, fillMode.lower, { base, size });
      if (runtime.precision === '3xtf32' && a.dtype === 'float32') updateInParts(runtime, a, base, size);
      else update(runtime, a, base, size);
    }
    return await library.failure();
  } finally {
    library.dispose();
  }
}

/** What remains of A, minus Pᵀ P of the panel in the `size` rows from `base` on. */
function update(runtime: Runtime, a: DeviceMatrix, base: number, size: number): void {
  const { blas } = runtime.native;
  const n = a.rows;
  const next = base + size;
  const syrk = a.dtype === 'float32' ? blas.cublasSsyrk_v2 : blas.cublasDsyrk_v2;
  runtime.enter();
  syrk(
    runtime.blas,
    fillMode.lower,
    operation.none,
    n - next,
    size,
    factor(-1, a),
    runtime.elementAddress(a, base, next),
    n,
    factor(1, a),
    runtime.elementAddress(a, next, next),
    n,
  );
}

/** The same in TF32, of the panel's parts. Blocks of rows from the diagonal on: half of A is left out. */
function updateInParts(runtime: Runtime, a: DeviceMatrix, base: number, size: number): void {
  const n = a.rows;
  const next = base + size;
  const rest = n - next;
  const width = bytesPerElement(a.dtype);
  runtime.withScratch(4 * size * rest * width, (parts) => {
    const panel = runtime.elementAddress(a, base, next);
    const source = sourceFor('split', a.dtype);
    runtime.launchOver(source, 'splitPanel', size * rest, [panel, size, rest, n, parts]);
    const { blas } = runtime.native;
    blas.cublasSetMathMode(runtime.blas, mathMode.tf32);
    try {
      for (let row = 0; row < rest; row += rowsAtOnce * size) {
        const rows = Math.min(rowsAtOnce * size, rest - row);
        const left = { address: parts + row * width, stride: rest };
        const right = { address: parts + (size * rest + row) * width, stride: rest };
        const target = {
          ...a,
          buffer: runtime.elementAddress(a, next + row, next + row),
          rows,
          columns: rest - row,
        };
        const terms = { inner: 3 * size, transposeA: true, alpha: -1, beta: 1 };
        multiplyBlock(runtime, left, right, target, terms, n);
      }
    } finally {
      blas.cublasSetMathMode(runtime.blas, runtime.mathMode);
    }
  });
}
