import { type Failure, outcomeBytes, readOutcome } from './cholesky-outcome.ts';
import { factor, fillMode, operation } from './products.ts';
import { type DeviceMatrix, type Runtime, sourceFor } from './runtime.ts';
import { solvePanel } from './substitution.ts';

/** Rows of a diagonal block: kernels/cholesky.cu has room for as many. */
const blockOrder = 64;

/**
 * Right-looking in the lower triangle, in blocks: the diagonal block by a kernel that names the failing
 * pivot, the rows below it and the rest of the matrix by cuBLAS. After a failure what follows computes with
 * what is there; it is not looked at. Source: Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
 */
export async function factorBySubstitution(runtime: Runtime, a: DeviceMatrix): Promise<Failure | undefined> {
  const n = a.rows;
  const kernels = sourceFor('cholesky', a.dtype);
  const { blas } = runtime.native;
  const syrk = a.dtype === 'float32' ? blas.cublasSsyrk_v2 : blas.cublasDsyrk_v2;
  const { upper } = fillMode;
  const outcome = runtime.allocate(outcomeBytes);
  try {
    runtime.launch(kernels, 'beginOutcome', { grid: [1], block: [1] }, [outcome]);
    for (let base = 0; base < n; base += blockOrder) {
      const size = Math.min(blockOrder, n - base);
      const args = [a.buffer, n, base, size, outcome];
      runtime.launch(kernels, 'factorBlock', { grid: [1], block: [256] }, args);
      const next = base + size;
      if (next === n) break;
      solvePanel(runtime, a, upper, { base, size });
      const panel = runtime.elementAddress(a, next, base);
      const rest = runtime.elementAddress(a, next, next);
      const [minus, one] = [factor(-1, a), factor(1, a)];
      syrk(runtime.blas, upper, operation.transposed, n - next, size, minus, panel, n, one, rest, n);
    }
    return await readOutcome(runtime, outcome);
  } finally {
    runtime.free(outcome);
  }
}
