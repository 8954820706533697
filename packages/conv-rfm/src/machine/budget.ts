import { type Backend, bytesPerElement, type FloatDType, formatBytes, OutOfMemoryError } from '@agop/core';
import { preparedElements } from '../fields/prepared-images.ts';
import type { TileKernel } from '../fields/tiles.ts';
import { type Grid, positionsOf } from '../images/geometry.ts';
import { blockSize } from './blocks.ts';
import type { StreamOptions, StreamSizes } from './tile-stream.ts';

/** How a streamed computation uses memory, and is watched and stopped. */
export interface ComputeOptions extends StreamOptions {
  /**
   * Bytes that the computation may occupy on the backend. Default three quarters of what the backend says it has (`maximumBytes` among its device's
   * details), else 4 GiB.
   */
  readonly memoryBudget?: number;
  /**
   * Bytes of one field of a tile: about a core's cache on a CPU, much more on a GPU. Default what the backend recommends (`tileBytes` among its
   * device's details), else 1 MiB.
   */
  readonly tileBytes?: number;
}

/** What is to be computed. */
export interface Workload {
  readonly left: number;
  readonly right: number;
  /** Whether the matrix [left, right] itself is wanted, and put together from its tiles. */
  readonly matrix: boolean;
}

/** Share of the budget that prepared blocks may take. */
const preparedShare = 0.25;

export function budgetOf(backend: Backend, options: ComputeOptions): number {
  if (options.memoryBudget !== undefined) return options.memoryBudget;
  const most = backend.device.details['maximumBytes'];
  return typeof most === 'number' ? 0.75 * most : 4 * 2 ** 30;
}

/** Images per block and blocks per group. */
export function streamSizes(
  backend: Backend,
  tileKernel: TileKernel,
  dtype: FloatDType,
  options: ComputeOptions,
): StreamSizes {
  const recommended = backend.device.details['tileBytes'];
  const tileBytes = options.tileBytes ?? (typeof recommended === 'number' ? recommended : 2 ** 20);
  const block = blockSize(tileKernel.geometry, dtype, tileBytes);
  const bytes = preparedElements(tileKernel.geometry) * block * bytesPerElement(dtype);
  const kept = Math.max(1, Math.floor((preparedShare * budgetOf(backend, options)) / bytes));
  return { block, kept };
}

/** Bytes that a computation needs at most, estimated. */
export function neededBytes(
  backend: Backend,
  { kernel, geometry, displacements }: TileKernel,
  dtype: FloatDType,
  { left, right, matrix }: Workload,
  options: ComputeOptions,
): number {
  const { block, kept } = streamSizes(backend, { kernel, geometry, displacements }, dtype, options);
  const pixels = (left + right) * geometry.height * geometry.width * geometry.channels;
  const held = Math.min(Math.ceil(left / block), kept) + 2;
  const prepared = held * Math.min(block, Math.max(left, right)) * preparedElements(geometry);
  const tile = positionsOf(geometry.grids[0] as Grid) * Math.min(block, left) * Math.min(block, right);
  const fields = Math.max(kernel.fields.footprint.values, kernel.fields.footprint.sensitivities) * tile;
  // Tiles, then strips or the matrix.
  const whole = matrix ? 2 * left * right : 0;
  return (pixels + prepared + fields + whole) * bytesPerElement(dtype);
}

/** @throws {OutOfMemoryError} if a computation cannot fit */
export function checkBudget(
  backend: Backend,
  tileKernel: TileKernel,
  dtype: FloatDType,
  workload: Workload,
  options: ComputeOptions,
): void {
  const needed = neededBytes(backend, tileKernel, dtype, workload, options);
  const budget = budgetOf(backend, options);
  if (needed <= budget) return;
  const { left, right } = workload;
  throw new OutOfMemoryError(
    backend.name,
    needed,
    budget,
    `The kernel matrix of ${left} x ${right} images needs about ${formatBytes(needed)}: use fewer images, dtype 'float32', or raise memoryBudget.`,
  );
}
