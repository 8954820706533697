import { bytesPerElement, NotPositiveDefiniteError, OutOfMemoryError } from '@agop/core';
import { factorBySubstitution } from './cholesky-fallback.ts';
import { factorByLibrary } from './cholesky-library.ts';
import type { Failure } from './cholesky-outcome.ts';
import { factorInPanels } from './cholesky-panels.ts';
import { mirror, moveDown } from './rearrangement.ts';
import { type DeviceMatrix, type Runtime, scalar, sourceFor } from './runtime.ts';

/**
 * The lower factor of A + ridge I in the place of A. The row-major upper triangle is what cuSOLVER calls the
 * lower one, in which it is up to twice as fast: A is mirrored there, factorised, and the factor moved down.
 *
 * Which pivot fails, with which value, and whether NaN counts, cuSOLVER leaves open. So the lower triangle is
 * kept as it was; where cuSOLVER fails, or leaves a diagonal that is not positive, the matrix is restored
 * from it and factorised again by an algorithm of our own, which decides.
 *
 * @throws {NotPositiveDefiniteError}
 */
export async function cholesky(runtime: Runtime, a: DeviceMatrix, ridge: number): Promise<void> {
  const n = a.rows;
  if (n === 0) return;
  const kernels = sourceFor('cholesky', a.dtype);
  const diagonal = runtime.allocate(n * bytesPerElement(a.dtype));
  const restore = (): void => {
    mirror(runtime, a, 'upwards');
    runtime.launchOver(kernels, 'restoreDiagonal', n, [a.buffer, n, scalar(ridge, a), diagonal]);
  };
  try {
    mirror(runtime, a, 'upwards');
    runtime.launchOver(kernels, 'beginFactor', n, [a.buffer, n, scalar(ridge, a), diagonal]);
    const quickly = await factorFast(runtime, a, restore);
    if (!quickly) {
      moveDown(runtime, a);
      return;
    }
    restore();
    const failure = await factorBySubstitution(runtime, a);
    if (failure) throw new NotPositiveDefiniteError(failure.pivot, failure.value, n);
    const grid = runtime.blocks(n, 1);
    runtime.launch(kernels, 'clearUpper', { grid: [grid], block: [256] }, [a.buffer, n]);
  } finally {
    runtime.free(diagonal);
  }
}

/** The factor in the row-major upper triangle, or where it fails. Without memory it is tried once more. */
async function factorFast(
  runtime: Runtime,
  a: DeviceMatrix,
  restore: () => void,
): Promise<Failure | undefined> {
  const { choleskyBlock } = runtime;
  const factor = (): Promise<Failure | undefined> =>
    choleskyBlock > 0 && a.rows > choleskyBlock
      ? factorInPanels(runtime, a, choleskyBlock)
      : factorByLibrary(runtime, a);
  try {
    return await factor();
  } catch (error) {
    if (!OutOfMemoryError.isInstance(error) || !runtime.native.relieveMemory()) throw error;
    restore();
    return factor();
  }
}
