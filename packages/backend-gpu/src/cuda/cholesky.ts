import { bytesPerElement, NotPositiveDefiniteError } from '@agop/core';
import { received } from '../device/native.ts';
import { factor, fillMode, operation } from './products.ts';
import { mirror } from './rearrangement.ts';
import { type DeviceMatrix, type Runtime, scalar, sourceFor } from './runtime.ts';
import { solvePanel } from './triangular.ts';

/** cudaDataType */
export const dataType = { float32: 0, float64: 1, int32: -1 } as const;

/** Rows of a diagonal block of our own algorithm: kernels/cholesky.cu has room for as many. */
const blockOrder = 64;
/** A pivot's row, or -1, and its value. */
const outcomeBytes = 16;

/**
 * The lower factor of A + ridge I in the place of A, by cuSOLVER, to which the row-major lower triangle is
 * the upper one.
 *
 * Which pivot fails, with which value, and whether NaN counts, cuSOLVER leaves open. So the lower triangle is
 * kept in the upper one; where cuSOLVER fails, or leaves a diagonal that is not positive, the matrix is
 * restored and factorised again by an algorithm of our own, which decides.
 *
 * @throws {NotPositiveDefiniteError}
 */
export async function cholesky(runtime: Runtime, a: DeviceMatrix, ridge: number): Promise<void> {
  const n = a.rows;
  if (n === 0) return;
  const kernels = sourceFor('cholesky', a.dtype);
  const width = bytesPerElement(a.dtype);
  const diagonal = runtime.allocate(n * width);
  try {
    mirror(runtime, a, 'upwards');
    runtime.launchOver(kernels, 'beginFactor', n, [a.buffer, n, scalar(ridge, a), diagonal]);
    let failure = await factoriseByLibrary(runtime, a);
    if (failure) {
      mirror(runtime, a, 'downwards');
      runtime.launchOver(kernels, 'restoreDiagonal', n, [a.buffer, n, scalar(ridge, a), diagonal]);
      failure = await factoriseInBlocks(runtime, a);
    }
    if (failure) throw new NotPositiveDefiniteError(failure.pivot, failure.value, n);
    const grid = runtime.blocks(n, 1);
    runtime.launch(kernels, 'clearUpper', { grid: [grid], block: [256] }, [a.buffer, n]);
  } finally {
    runtime.free(diagonal);
  }
}

interface Failure {
  readonly pivot: number;
  readonly value: number;
}

async function factoriseByLibrary(runtime: Runtime, a: DeviceMatrix): Promise<Failure | undefined> {
  const { native, solver: handle } = runtime;
  const { solver } = native;
  const n = a.rows;
  const type = dataType[a.dtype];
  runtime.enter();
  const parameters = received((out) => solver.cusolverDnCreateParams(out));
  const outcome = runtime.allocate(outcomeBytes + 4);
  try {
    const info = outcome + outcomeBytes;
    const [onDevice, onHost] = [new BigUint64Array(1), new BigUint64Array(1)];
    const matrix = [fillMode.upper, n, type, a.buffer, n, type] as const;
    solver.cusolverDnXpotrf_bufferSize(handle, parameters, ...matrix, onDevice, onHost);
    const [deviceBytes, hostBytes] = [Number(onDevice[0]), Number(onHost[0])];
    const host = new Uint8Array(hostBytes);
    runtime.withScratch(deviceBytes, (work) => {
      solver.cusolverDnXpotrf(handle, parameters, ...matrix, work, deviceBytes, host, hostBytes, info);
    });
    const args = [a.buffer, n, info, outcome];
    runtime.launch(sourceFor('cholesky', a.dtype), 'inspectFactor', { grid: [1], block: [256] }, args);
    return await readOutcome(runtime, outcome);
  } finally {
    runtime.free(outcome);
    native.libraries.solver.cusolverDnDestroyParams(parameters);
  }
}

/**
 * Right-looking, in blocks: the diagonal block by a kernel that names the failing pivot, the rows below it
 * and the rest of the matrix by cuBLAS. After a failure what follows computes with what is there; it is not
 * looked at. Source: Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
 */
async function factoriseInBlocks(runtime: Runtime, a: DeviceMatrix): Promise<Failure | undefined> {
  const n = a.rows;
  const width = bytesPerElement(a.dtype);
  const kernels = sourceFor('cholesky', a.dtype);
  const { blas } = runtime.native;
  const syrk = a.dtype === 'float32' ? blas.cublasSsyrk_v2 : blas.cublasDsyrk_v2;
  const outcome = runtime.allocate(outcomeBytes);
  try {
    runtime.upload(outcome, [-1, 0], 'float64');
    for (let base = 0; base < n; base += blockOrder) {
      const size = Math.min(blockOrder, n - base);
      const args = [a.buffer, n, base, size, outcome];
      runtime.launch(kernels, 'factorBlock', { grid: [1], block: [256] }, args);
      const below = n - base - size;
      if (below === 0) break;
      const address = (row: number, column: number): number => a.buffer + (row * n + column) * width;
      const panel = address(base + size, base);
      solvePanel(runtime, a, address(base, base), panel, below, size);
      const { upper } = fillMode;
      const rest = address(base + size, base + size);
      const [minus, one] = [factor(-1, a), factor(1, a)];
      syrk(runtime.blas, upper, operation.transposed, below, size, minus, panel, n, one, rest, n);
    }
    return await readOutcome(runtime, outcome);
  } finally {
    runtime.free(outcome);
  }
}

async function readOutcome(runtime: Runtime, outcome: number): Promise<Failure | undefined> {
  const [pivot = 0, value = 0] = await runtime.download(outcome, 2, 'float64');
  return pivot < 0 ? undefined : { pivot, value };
}
