import { bytesPerElement, type FloatDType, OutOfMemoryError } from '@agop/core';
import type { ModularTask } from '../tasks/task.ts';
import type { ResolvedOptions } from './options.ts';

/** Sizes that a run's memory depends on. */
export interface GrokkingSizes {
  readonly trainSize: number;
  readonly testSize: number;
  /** Length of an input row. */
  readonly columns: number;
  readonly p: number;
}

/**
 * Bytes of tensors that a run holds at its peak: the kernel matrix, n^2 elements, and a tenth to a half of that besides. The engine's own working
 * memory is not in it.
 *
 * @param kernelEigenvalues whether the eigenvalues of the kernel matrix are asked for, which takes another such matrix
 */
export function grokkingMemory(sizes: GrokkingSizes, dtype: FloatDType, kernelEigenvalues = false): number {
  const { trainSize: n, testSize: m, columns: d, p } = sizes;
  // As @agop/rfm splits them: 16 MiB, or an eighth of the rows and at most 512.
  const small = Math.floor(2 ** 24 / (2 * (n + p) * bytesPerElement(dtype)));
  const blockRows = Math.min(n, Math.max(32, small, Math.min(512, Math.ceil(n / 8))));
  const data = n * d + m * d + n * p;
  const machine = n * d + n * p + n;
  const work = Math.max(2 * blockRows * (n + p), m * p) + n * p + 4 * d * d;
  const squares = kernelEigenvalues ? 2 * n * n : n * n;
  return bytesPerElement(dtype) * (data + machine + work + squares);
}

/** The sizes of a task. */
export function sizesOf(task: ModularTask): GrokkingSizes {
  return { trainSize: task.train.size, testSize: task.test.size, columns: task.columns, p: task.p };
}

/**
 * @throws {OutOfMemoryError} before anything is computed, if the run needs more than the budget or than the backend says it has
 */
export function checkMemory(options: ResolvedOptions): void {
  const { backend, task, dtype, kernelEigenvalues } = options;
  const { maximumBytes, memoryBytes } = backend.device.details;
  const stated = maximumBytes ?? memoryBytes;
  const available = options.memoryBudget ?? (typeof stated === 'number' ? stated : undefined);
  const needed = grokkingMemory(sizesOf(task), dtype, kernelEigenvalues);
  if (available === undefined || needed <= available) return;
  throw new OutOfMemoryError(
    backend.name,
    needed,
    available,
    `A run on ${task.train.size} training pairs mod ${task.p} needs that much for its kernel matrix [${task.train.size}, ${task.train.size}]. ` +
      "Use a smaller p or fraction, or dtype 'float32'.",
  );
}
