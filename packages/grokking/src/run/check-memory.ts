import {
  type Backend,
  chooseDType,
  type FloatDType,
  formatBytes,
  OutOfMemoryError,
  type Wording,
  wording,
} from '@agop/core';
import { checkNonNegative, checkNumber, checkObject } from '@agop/core/options';
import { presets } from '@agop/rfm';
import type { GrokkingSizes } from '../tasks/task.ts';
import { addParts, hostMemory, type MemoryPart, sum, tensorMemory } from './memory.ts';

/** What {@link checkGrokkingMemory} compares. */
export interface MemoryCheck {
  readonly backend: Pick<Backend, 'name' | 'device' | 'dtypes' | 'preferredDType'>;
  /** From a task, or from `modularTaskSizes` before it is made. */
  readonly sizes: GrokkingSizes;
  /** Default as that of the run: 'float64' where the backend has it, else its own preference. */
  readonly dtype?: FloatDType;
  /** Metric updates after the first fit. Default 29. */
  readonly iterations?: number;
  /** Default false. */
  readonly kernelEigenvalues?: boolean;
  /** Bytes that the backend may use. Default and upper limit: what its device says it has, if it does. */
  readonly memoryBudget?: number;
  /**
   * Free bytes of the program's own memory, for one-hot rows, outputs and metrics. Where the backend computes
   * in that memory (on the CPU), for its tensors as well. Default: not known, not compared.
   */
  readonly freeHostBytes?: number;
}

/**
 * What an engine takes for itself: code, stacks, workspace, the rest of the last growth. The WebAssembly
 * engine has 30 to 40 MB.
 */
const engineBytes = 2 ** 26;

/**
 * Compares what a run needs with what there is, before anything is made.
 *
 * @throws {OutOfMemoryError} if it does not fit: names the largest part, and the largest p that would fit
 */
export function checkGrokkingMemory(check: MemoryCheck): void {
  const { memoryBudget, freeHostBytes, iterations } = checkObject('checkGrokkingMemory()', check);
  for (const name of ['trainSize', 'testSize', 'columns', 'p'] as const) {
    checkNonNegative(name, checkObject('the sizes', check.sizes)[name]);
  }
  if (iterations !== undefined) checkNumber('iterations', iterations);
  if (memoryBudget !== undefined) checkNumber('memoryBudget', memoryBudget);
  if (freeHostBytes !== undefined) checkNumber('freeHostBytes', freeHostBytes);
  const short = shortage(check, check.sizes);
  if (!short) return;
  const { trainSize, testSize, p } = check.sizes;
  const largest = short.parts.reduce((a, b) => (b.bytes > a.bytes ? b : a));
  const needed = rounded(sum(short.parts));
  throw new OutOfMemoryError(
    short.where,
    needed,
    short.available,
    wording`A run on ${trainSize} training and ${testSize} test pairs mod ${p} needs that much, ${formatBytes(rounded(largest.bytes))} of it for ${largest.what}. ${advice(check, largest)}`,
  );
}

interface Shortage {
  readonly where: string;
  readonly available: number;
  readonly parts: readonly MemoryPart[];
}

function shortage(check: MemoryCheck, sizes: GrokkingSizes): Shortage | undefined {
  const { backend, iterations = presets.grokking2024.iterations, kernelEigenvalues = false } = check;
  const engine: MemoryPart = { what: 'the engine', bytes: engineBytes };
  const tensors = [...tensorMemory(sizes, dtypeOf(check), kernelEigenvalues), engine];
  const available = deviceBytes(check);
  if (available !== undefined && sum(tensors) > available) {
    return { where: backend.name, available, parts: tensors };
  }
  const host = hostMemory(sizes, iterations);
  const parts = backend.device.memory.space === 'host' ? addParts([...tensors, ...host]) : host;
  const free = check.freeHostBytes;
  return free !== undefined && sum(parts) > free ? { where: 'host', available: free, parts } : undefined;
}

function dtypeOf({ backend, dtype }: MemoryCheck): FloatDType {
  return chooseDType(backend, dtype, 'float64');
}

/** The smaller of what the device says and what the caller allows. */
function deviceBytes({ backend, memoryBudget }: MemoryCheck): number | undefined {
  const { limit, free } = backend.device.memory;
  const stated = [limit, free, memoryBudget].filter((bytes) => bytes !== undefined);
  return stated.length === 0 ? undefined : Math.min(...stated);
}

function advice(check: MemoryCheck, largest: MemoryPart): Wording {
  const ways = [wording`a smaller ${{ option: 'p', bare: true }}`];
  // Fewer training pairs are more test pairs.
  if (largest.what.startsWith('the kernel matrix')) {
    ways.push(wording`a smaller ${{ option: 'fraction', bare: true }}`);
    if (dtypeOf(check) === 'float64') ways.push([{ option: 'dtype', value: 'float32' }]);
  }
  if (largest.what.startsWith('the AGOPs')) ways.push(wording`fewer ${{ option: 'iterations', bare: true }}`);
  const listed = ways.flatMap((way, i) => [
    ...(i === 0 ? [] : [i < ways.length - 1 ? ', ' : ' or ']),
    ...way,
  ]);
  const p = largestModulus(check);
  const fitting = wording`; with this fraction, it fits up to ${{ option: 'p', bare: true }} = ${p}`;
  return wording`Use ${listed}${p < 2 ? '' : fitting}.`;
}

/** The largest p below that of the sizes with which the same share of the table fits. */
function largestModulus(check: MemoryCheck): number {
  const { trainSize, testSize, columns, p } = check.sizes;
  const fits = (q: number): boolean =>
    shortage(check, {
      trainSize: Math.floor((trainSize * q * q) / (p * p)),
      testSize: Math.ceil((testSize * q * q) / (p * p)),
      columns: 2 * q + columns - 2 * p,
      p: q,
    }) === undefined;
  let [fitting, failing] = [1, p];
  while (failing - fitting > 1) {
    const middle = Math.floor((fitting + failing) / 2);
    if (fits(middle)) fitting = middle;
    else failing = middle;
  }
  return fitting;
}

/** Estimates beyond a TiB are said with two digits. */
function rounded(bytes: number): number {
  return bytes < 2 ** 40 ? bytes : Number((bytes / 2 ** 40).toPrecision(2)) * 2 ** 40;
}
