import { OutOfMemoryError } from '@agop/core';
import type { MemorySource } from './memory-source.ts';

const smallest = 512;
const largestStep = 2 ** 25;

/**
 * Device memory in size classes, kept for reuse when it is freed. All work goes through one stream, so memory
 * may be handed out again at once: what used it before comes first.
 *
 * When memory runs out, what is kept goes back and the request is tried once more.
 */
export class DevicePool {
  readonly #source: MemorySource;
  readonly #backend: string;
  /** Free blocks by size class. */
  readonly #kept = new Map<number, number[]>();
  /** Size classes of the blocks in use, by address. */
  readonly #used = new Map<number, number>();
  #reservedBytes = 0;

  constructor(source: MemorySource, backend: string) {
    this.#source = source;
    this.#backend = backend;
  }

  /** Bytes taken from the device, in use or kept. */
  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /** Bytes of the blocks in use. */
  get usedBytes(): number {
    return [...this.#used.values()].reduce((sum, size) => sum + size, 0);
  }

  /** Blocks in use. */
  get usedBlocks(): number {
    return this.#used.size;
  }

  /**
   * The address of a block of at least so many bytes; 0, which needs no freeing, for none. @throws
   * {OutOfMemoryError}
   */
  allocate(bytes: number): number {
    if (bytes === 0) return 0;
    const size = sizeClass(bytes);
    const address = this.#kept.get(size)?.pop() ?? this.#take(size, bytes);
    this.#used.set(address, size);
    return address;
  }

  /** Keeps a block for reuse. */
  free(address: number): void {
    if (address === 0) return;
    const size = this.#used.get(address);
    if (size === undefined) throw new Error(`The address ${address} is not in use.`);
    this.#used.delete(address);
    const kept = this.#kept.get(size);
    if (kept) kept.push(address);
    else this.#kept.set(size, [address]);
  }

  /** Gives the free blocks back to the device. Returns whether there were any. */
  trim(): boolean {
    let count = 0;
    for (const [size, addresses] of this.#kept) {
      for (const address of addresses) this.#source.give(address);
      count += addresses.length;
      this.#reservedBytes -= size * addresses.length;
    }
    this.#kept.clear();
    if (count > 0) this.#source.settle();
    return count > 0;
  }

  /** Gives everything back. */
  close(): void {
    for (const address of [...this.#used.keys()]) this.free(address);
    this.trim();
  }

  #take(size: number, bytes: number): number {
    // Beyond what the device has there is nothing to try.
    const isPossible = size <= this.#source.totalBytes;
    let address = isPossible ? this.#source.take(size) : undefined;
    if (isPossible && address === undefined && this.trim()) address = this.#source.take(size);
    if (address === undefined) throw new OutOfMemoryError(this.#backend, bytes, this.#source.freeBytes());
    this.#reservedBytes += size;
    return address;
  }
}

/**
 * Sizes in steps of an eighth of their power of two, from 512 bytes, and of 32 MiB for large ones: little
 * waste, much reuse.
 */
export function sizeClass(bytes: number): number {
  const power = 2 ** Math.floor(Math.log2(Math.max(bytes, 1)));
  const step = Math.min(largestStep, Math.max(smallest, power / 8));
  return Math.ceil(bytes / step) * step;
}
