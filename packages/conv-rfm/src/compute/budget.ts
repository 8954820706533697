import { type Backend, bytesPerElement, type FloatDType, OutOfMemoryError, wording } from '@agop/core';
import { checkCallback, checkNumber, checkObject, checkSignal, checkWhole } from '@agop/core/options';
import {
  type FieldGeometry,
  fieldGeometry,
  type ImageSize,
  pixelsOf,
  positionsOf,
} from '../images/geometry.ts';
import type { ImageKernel } from '../kernels/image-kernel.ts';
import { blockSize, fusedBlockSize } from './blocks.ts';
import { allVisits, visits } from './cost.ts';

/** How a streamed computation uses memory, and is watched and stopped. */
export interface ComputeOptions {
  /** Called with the finished part of the work, from 0 to 1, a few times per second. */
  readonly onProgress?: ((fraction: number) => void) | undefined;
  readonly signal?: AbortSignal | undefined;
  /**
   * Bytes that the computation may occupy on the backend. Default three quarters of what is free, or else of
   * the limit, in the memory of the backend's device; 4 GiB where neither is known.
   */
  readonly memoryBudget?: number | undefined;
  /**
   * Bytes of one field of a tile: about a core's cache on a CPU, much more on a GPU. Default 64 MiB for
   * devices with a memory of their own, else 1 MiB.
   */
  readonly tileBytes?: number | undefined;
}

/** @throws {OptionError} for anything but an object, and for members of another kind */
export function checkComputeOptions(what: string, options: ComputeOptions): void {
  const { onProgress, signal, memoryBudget, tileBytes } = checkObject(what, options);
  checkCallback('onProgress', onProgress);
  checkSignal(signal);
  if (memoryBudget !== undefined) checkNumber('memoryBudget', memoryBudget);
  if (tileBytes !== undefined) checkNumber('tileBytes', tileBytes);
}

/** A kernel on images of one size and dtype: what estimates of memory and time are made of. */
export interface KernelTask {
  readonly backend: Backend;
  readonly kernel: ImageKernel;
  readonly geometry: FieldGeometry;
  readonly dtype: FloatDType;
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

/** Longest patches for the fused operation: for longer ones products of matrices take most of the time. */
const longestFused = 96;

/** Whether the fused operation of a backend can be used, and should be. */
export function canFuse({ backend, kernel: { fields, pooling }, geometry }: KernelTask): boolean {
  return fields.fused?.(backend) !== undefined && pooling === 'none' && geometry.patchLength <= longestFused;
}

/** Images per block, and how many blocks of the left side are kept prepared at once, from 1. */
export function streamSizes(
  task: KernelTask,
  options: ComputeOptions,
): { readonly block: number; readonly kept: number } {
  const { backend, geometry, dtype } = task;
  const fused = canFuse(task) && options.tileBytes === undefined;
  const block = fused ? fusedBlockSize(geometry) : fieldBlock(task, options);
  const bytes = preparedElements(geometry) * block * bytesPerElement(dtype);
  const kept = Math.max(1, Math.floor((preparedShare * budgetOf(backend, options)) / bytes));
  return { block, kept };
}

/** Images per block where fields are tensors. */
export function fieldBlock({ backend, geometry, dtype }: KernelTask, { tileBytes }: ComputeOptions): number {
  const { space } = backend.device.memory;
  return blockSize(geometry, dtype, tileBytes ?? (space === 'device' ? 2 ** 26 : 2 ** 20));
}

/** What is asked of a backend, before it is. */
export interface ImageKernelCost {
  /** Pairs of images times pairs of positions at which patches are compared, over all layers. */
  readonly pairPositions: number;
  /** Bytes that are needed at most, estimated. */
  readonly bytes: number;
}

/** The images of an {@link imageKernelCost}, and the options of its computation. */
export interface ImageKernelCostOptions extends ComputeOptions {
  readonly size: ImageSize;
  /** Images on the left side. */
  readonly left: number;
  /** Images on the right side; without it, the images on the left among themselves. */
  readonly right?: number;
  readonly dtype: FloatDType;
}

/**
 * What a kernel matrix will cost, without computing anything. With average pooling the pairs of positions are
 * the square of the positions.
 *
 * @throws {ShapeError} for images too small for the kernel
 * @throws {OptionError} for padding around patches of an even size
 */
export function imageKernelCost(
  backend: Backend,
  kernel: ImageKernel,
  given: ImageKernelCostOptions,
): ImageKernelCost {
  checkComputeOptions('imageKernelCost()', given);
  const { size, left, right, dtype, ...options } = given;
  checkWhole('left', left, 0);
  if (right !== undefined) checkWhole('right', right, 0);
  const geometry = fieldGeometry(kernel, size);
  const pairs = right === undefined ? (left * (left + 1)) / 2 : left * right;
  const workload = { left, right: right ?? left, matrix: true };
  return {
    pairPositions: pairs * allVisits(geometry, kernel.pooling),
    bytes: neededBytes({ backend, kernel, geometry, dtype }, workload, options),
  };
}

/** @throws {OutOfMemoryError} if a computation cannot fit */
export function checkBudget(task: KernelTask, workload: Workload, options: ComputeOptions): void {
  const { backend, kernel, geometry } = task;
  const needed = neededBytes(task, workload, options);
  const budget = budgetOf(backend, options);
  if (needed <= budget) return;
  const { left, right, matrix } = workload;
  const what = `${matrix ? 'The kernel matrix' : 'The kernel'} of ${left} x ${right} images`;
  const pairs = formatCount(visits(geometry, 0, kernel.pooling));
  const pooled =
    kernel.pooling === 'average'
      ? wording` Average pooling compares ${pairs} pairs of positions; ${{ option: 'pooling', value: 'none' }} needs far less.`
      : [];
  throw new OutOfMemoryError(
    backend.name,
    needed,
    budget,
    wording`${what} needs about that much: use fewer images, ${{ option: 'dtype', value: 'float32' }}, or raise ${{ option: 'memoryBudget', bare: true }}.${pooled}`,
  );
}

function budgetOf(backend: Backend, { memoryBudget }: ComputeOptions): number {
  if (memoryBudget !== undefined) return memoryBudget;
  const { limit, free = limit } = backend.device.memory;
  return free === undefined ? 4 * 2 ** 30 : 0.75 * free;
}

function neededBytes(
  task: KernelTask,
  { left, right, matrix, systems = 0, held: more = 0 }: Workload,
  options: ComputeOptions,
): number {
  const { kernel, geometry, dtype } = task;
  const { block, kept } = streamSizes(task, options);
  const pixels = (left + right) * pixelsOf(geometry);
  // The fused operation prepares both of its operands once more.
  const held = Math.min(Math.ceil(left / block), kept) + 4;
  const prepared = held * Math.min(block, Math.max(left, right)) * preparedElements(geometry);
  const tile = positionsOf(geometry) * Math.min(block, left) * Math.min(block, right);
  const fields = Math.max(kernel.fields.footprint.values, kernel.fields.footprint.sensitivities) * tile;
  // Tiles, then strips or the matrix; then the matrix in float64, copied for all systems but the last.
  const size = bytesPerElement(dtype);
  const assembling = (prepared + fields) * size + (matrix ? 2 * left * right * size : 0);
  const solving = systems > 0 ? left * right * (systems > 1 ? 16 : 8 + size) : 0;
  return (pixels + more) * size + Math.max(assembling, solving) + indexBytes(kernel, geometry);
}

/** Numbers per image of prepared images. */
function preparedElements(geometry: FieldGeometry): number {
  const scales = geometry.grids.reduce((sum, _, layer) => sum + positionsOf(geometry, layer), 0);
  return positionsOf(geometry) * geometry.patchLength + scales;
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
