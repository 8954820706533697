import { ConvergenceError } from '@agop/core';
import { received } from '../device/native.ts';
import { dataType } from './cholesky-library.ts';
import { fillMode } from './products.ts';
import { tiles } from './rearrangement.ts';
import { type DeviceMatrix, type Runtime, sourceFor } from './runtime.ts';

/** cusolverEigMode_t */
const withVectors = 1;

/**
 * Eigenvalues, ascending, and eigenvectors of a symmetric matrix of which the lower triangle is read, by
 * cuSOLVER in float64 whatever the dtype: small eigenvalues keep their digits. The matrix is scaled by a
 * power of two, so that no square can overflow. cuSOLVER's vectors are columns of a column-major matrix, our
 * rows: they are transposed.
 *
 * @throws {ConvergenceError} also for NaN and infinite entries
 */
export async function eigh(
  runtime: Runtime,
  a: DeviceMatrix,
  values: DeviceMatrix,
  vectors: DeviceMatrix,
): Promise<void> {
  const n = a.rows;
  if (n === 0) return;
  const kernels = sourceFor('eigen', a.dtype);
  const wide = runtime.allocate(n * n * 8);
  const wideValues = allocateBeside(runtime, wide, n * 8);
  try {
    const rows = { grid: [n], block: [256] } as const;
    runtime.launch(kernels, 'largestOfLower', rows, [a.buffer, n, wideValues]);
    let largest = 0;
    for (const size of await runtime.download(wideValues, n, 'float64')) largest = Math.max(largest, size);
    if (!Number.isFinite(largest)) {
      throw new ConvergenceError(`eigh: the matrix (${n} x ${n}) holds NaN or infinite values.`);
    }
    const scale = 2 ** -Math.round(Math.max(-1000, Math.min(1000, Math.log2(largest))));
    runtime.launchOver(kernels, 'widenSymmetric', n * n, [a.buffer, n, float64(scale), wide]);
    await decompose(runtime, wide, wideValues, n);
    runtime.launchOver(kernels, 'narrow', n, [wideValues, float64(1 / scale), values.buffer, n]);
    runtime.launch(kernels, 'narrowTransposed', tiles(n, n), [wide, n, vectors.buffer]);
  } finally {
    runtime.free(wide);
    runtime.free(wideValues);
  }
}

async function decompose(runtime: Runtime, matrix: number, values: number, n: number): Promise<void> {
  const { native, solver: handle } = runtime;
  const { solver } = native;
  const type = dataType.float64;
  runtime.enter();
  const parameters = received((out) => solver.cusolverDnCreateParams(out));
  try {
    const [onDevice, onHost] = [new BigUint64Array(1), new BigUint64Array(1)];
    const { upper } = fillMode;
    const operands = [withVectors, upper, n, type, matrix, n, type, values, type] as const;
    solver.cusolverDnXsyevd_bufferSize(handle, parameters, ...operands, onDevice, onHost);
    const [deviceBytes, hostBytes] = [Number(onDevice[0]), Number(onHost[0])];
    const host = new Uint8Array(hostBytes);
    const info = runtime.allocate(4);
    try {
      runtime.withScratch(deviceBytes, (work) => {
        solver.cusolverDnXsyevd(handle, parameters, ...operands, work, deviceBytes, host, hostBytes, info);
      });
      const [unconverged] = await runtime.download(info, 1, 'int32');
      // cuSOLVER may use the host memory until its work is done: it must not be collected before.
      host.fill(0);
      if (unconverged !== 0) {
        throw new ConvergenceError(
          `eigh: the eigenvalues of a matrix (${n} x ${n}) do not converge (cuSOLVER's info is ${unconverged}).`,
        );
      }
    } finally {
      runtime.free(info);
    }
  } finally {
    native.libraries.solver.cusolverDnDestroyParams(parameters);
  }
}

/** A second allocation; if it fails, the first one is freed. */
function allocateBeside(runtime: Runtime, first: number, bytes: number): number {
  try {
    return runtime.allocate(bytes);
  } catch (error) {
    runtime.free(first);
    throw error;
  }
}

function float64(value: number) {
  return { value, dtype: 'float64' } as const;
}
