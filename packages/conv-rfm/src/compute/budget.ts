import { type Backend, bytesPerElement, type FloatDType, OutOfMemoryError } from '@agop/core';
import {
  type FieldGeometry,
  fieldGeometry,
  type Grid,
  type ImageSize,
  positionsOf,
} from '../images/geometry.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import { blockSize, fusedBlockSize } from './blocks.ts';
import { visits } from './cost.ts';
import { preparedElements } from './prepared-images.ts';
import type { StreamOptions, StreamSizes } from './tile-stream.ts';
import { canFuse } from './tiles.ts';

/** How a streamed computation uses memory, and is watched and stopped. */
export interface ComputeOptions extends StreamOptions {
  /**
   * Bytes that the computation may occupy on the backend. Default three quarters of what the backend says it has (`maximumBytes`, `freeBytes` or
   * `memoryBytes` among its device's details), else 4 GiB.
   */
  readonly memoryBudget?: number;
  /**
   * Bytes of one field of a tile: about a core's cache on a CPU, much more on a GPU. Default 64 MiB for devices with a memory of their own (`memoryBytes`
   * among the device's details), else 1 MiB.
   */
  readonly tileBytes?: number;
}

/** What is to be computed. */
export interface Workload {
  readonly left: number;
  readonly right: number;
  /** Whether the matrix [left, right] itself is wanted, and put together from its tiles. */
  readonly matrix: boolean;
  /** Systems with the matrix that are solved, in float64. Default none. */
  readonly systems?: number;
  /** More elements that are held. Default none. */
  readonly held?: number;
}

/** Share of the budget that prepared blocks may take. */
const preparedShare = 0.5;

export function budgetOf(backend: Backend, options: ComputeOptions): number {
  if (options.memoryBudget !== undefined) return options.memoryBudget;
  const { maximumBytes, freeBytes, memoryBytes } = backend.device.details;
  const most = [maximumBytes, freeBytes, memoryBytes].find((bytes) => typeof bytes === 'number');
  return most === undefined ? 4 * 2 ** 30 : 0.75 * most;
}

/** Images per block and blocks per group. */
export function streamSizes(
  backend: Backend,
  kernel: ImageKernel,
  geometry: FieldGeometry,
  dtype: FloatDType,
  options: ComputeOptions,
): StreamSizes {
  const fused = canFuse(backend, kernel, geometry) && options.tileBytes === undefined;
  const block = fused ? fusedBlockSize(geometry) : fieldBlock(backend, geometry, dtype, options);
  const bytes = preparedElements(geometry) * block * bytesPerElement(dtype);
  const kept = Math.max(1, Math.floor((preparedShare * budgetOf(backend, options)) / bytes));
  return { block, kept };
}

/** Images per block where fields are tensors. */
export function fieldBlock(
  backend: Backend,
  geometry: FieldGeometry,
  dtype: FloatDType,
  options: ComputeOptions,
): number {
  const ownMemory = backend.device.details['memoryBytes'] !== undefined;
  return blockSize(geometry, dtype, options.tileBytes ?? (ownMemory ? 2 ** 26 : 2 ** 20));
}

/** What is asked of a backend, before it is. */
export interface ImageKernelCost {
  /** Pairs of images times pairs of positions at which patches are compared, over all layers. */
  readonly pairPositions: number;
  /** Bytes that are needed at most, estimated. */
  readonly bytes: number;
}

/**
 * What a kernel matrix will cost, without computing anything. With average pooling the pairs of positions are the square of the positions.
 *
 * @param counts images on the left and on the right side; without the latter, the images on the left among themselves
 * @throws {ShapeError} for images too small for the kernel
 * @throws {OptionError} for padding around patches of an even size
 */
export function imageKernelCost(
  backend: Backend,
  kernel: ImageKernel,
  size: ImageSize,
  counts: { readonly left: number; readonly right?: number },
  dtype: FloatDType,
  options: ComputeOptions = {},
): ImageKernelCost {
  const geometry = fieldGeometry(kernel, size);
  const { left, right } = counts;
  const pairs = right === undefined ? (left * (left + 1)) / 2 : left * right;
  const positions = geometry.grids.reduce(
    (sum, _, layer) => sum + visits(geometry, layer, kernel.pooling),
    0,
  );
  const workload = { left, right: right ?? left, matrix: true };
  return {
    pairPositions: pairs * positions,
    bytes: neededBytes(backend, kernel, geometry, dtype, workload, options),
  };
}

/** @throws {OutOfMemoryError} if a computation cannot fit */
export function checkBudget(
  backend: Backend,
  kernel: ImageKernel,
  geometry: FieldGeometry,
  dtype: FloatDType,
  workload: Workload,
  options: ComputeOptions,
): void {
  const needed = neededBytes(backend, kernel, geometry, dtype, workload, options);
  const budget = budgetOf(backend, options);
  if (needed <= budget) return;
  const { left, right, matrix } = workload;
  const what = `${matrix ? 'The kernel matrix' : 'The kernel'} of ${left} x ${right} images`;
  const pairs = formatCount(visits(geometry, 0, kernel.pooling));
  const pooled =
    kernel.pooling === 'average'
      ? ` Average pooling compares ${pairs} pairs of positions; pooling 'none' needs far less.`
      : '';
  throw new OutOfMemoryError(
    backend.name,
    needed,
    budget,
    `${what} needs about that much: use fewer images, dtype 'float32', or raise memoryBudget.${pooled}`,
  );
}

function neededBytes(
  backend: Backend,
  kernel: ImageKernel,
  geometry: FieldGeometry,
  dtype: FloatDType,
  { left, right, matrix, systems = 0, held: more = 0 }: Workload,
  options: ComputeOptions,
): number {
  const { block, kept } = streamSizes(backend, kernel, geometry, dtype, options);
  const pixels = (left + right) * geometry.height * geometry.width * geometry.channels;
  // The fused operation prepares both of its operands once more.
  const held = Math.min(Math.ceil(left / block), kept) + 4;
  const prepared = held * Math.min(block, Math.max(left, right)) * preparedElements(geometry);
  const tile = positionsOf(geometry.grids[0] as Grid) * Math.min(block, left) * Math.min(block, right);
  const fields = Math.max(kernel.fields.footprint.values, kernel.fields.footprint.sensitivities) * tile;
  // Tiles, then strips or the matrix; then the matrix in float64, and a copy of it for all systems but the last.
  const size = bytesPerElement(dtype);
  const assembling = (prepared + fields) * size + (matrix ? 2 * left * right * size : 0);
  const solving = systems > 0 ? left * right * (systems > 1 ? 16 : 8 + size) : 0;
  return (pixels + more) * size + Math.max(assembling, solving) + indexBytes(kernel, geometry);
}

/** Row numbers of all displacements, for both images. */
function indexBytes({ pooling }: ImageKernel, geometry: FieldGeometry): number {
  return pooling === 'none'
    ? 0
    : 2 * 4 * visits(geometry, 0, pooling) * (geometry.patchLength + geometry.grids.length);
}

function formatCount(count: number): string {
  return count < 1e6 ? String(count) : `${(count / 1e6).toFixed(1)} million`;
}
