import { OutOfMemoryError } from '@agop/core';
import { Block, Store } from './block.ts';
import { usage } from './constants.ts';

const smallest = 256;
const largestStep = 2 ** 25;

/** Limits of a {@link BufferPool}. */
export interface PoolLimits {
  /** Most bytes of one buffer. */
  readonly bufferBytes: number;
  /** Most bytes of all buffers together; left out where that is not known. */
  readonly totalBytes?: number;
}

/**
 * Buffers in size classes, kept for reuse when they are freed. All work is done in the order of the calls, so
 * a buffer may be handed out again at once. Where memory runs out, what is kept goes back.
 */
export class BufferPool {
  readonly #device: GPUDevice;
  readonly #limits: PoolLimits;
  /** Free stores by size class. */
  readonly #kept = new Map<number, Store[]>();
  readonly #used = new Set<Block>();
  #usedBytes = 0;
  #reservedBytes = 0;

  constructor(device: GPUDevice, limits: PoolLimits) {
    this.#device = device;
    this.#limits = limits;
  }

  /** Bytes of the blocks in use. */
  get usedBytes(): number {
    return this.#usedBytes;
  }

  /** Bytes taken from the device, in use or kept. */
  get reservedBytes(): number {
    return this.#reservedBytes;
  }

  /** @throws {OutOfMemoryError} for more than a buffer, or all of them, may have */
  allocate(bytes: number): Block {
    if (bytes === 0) return new Block();
    const size = sizeClass(bytes);
    const { bufferBytes, totalBytes = Number.POSITIVE_INFINITY } = this.#limits;
    if (bytes > bufferBytes)
      throw outOfMemory(bytes, `A buffer of this device has at most ${bufferBytes} bytes.`);
    const kept = this.#kept.get(size)?.pop();
    if (!kept && this.#reservedBytes + size > totalBytes) this.trim();
    if (!kept && this.#reservedBytes + size > totalBytes) {
      throw new OutOfMemoryError('webgpu', bytes, Math.max(0, totalBytes - this.#reservedBytes));
    }
    const block = new Block(kept ?? this.#take(Math.min(size, bufferBytes)));
    this.#used.add(block);
    this.#usedBytes += block.store?.bytes ?? 0;
    return block;
  }

  /** Keeps the memory of a block for reuse. */
  free(block: Block): void {
    const { store } = block;
    if (!store || !this.#used.delete(block)) return;
    this.#usedBytes -= store.bytes;
    if (store.failure) this.#reservedBytes -= store.bytes;
    else {
      const kept = this.#kept.get(store.bytes);
      if (kept) kept.push(store);
      else this.#kept.set(store.bytes, [store]);
    }
  }

  /** Gives back what is free and not waited for. */
  trim(): void {
    for (const [size, stores] of this.#kept) {
      const busy = stores.filter((store) => store.uses > 0 || store.pending);
      for (const store of stores) if (!busy.includes(store)) this.#destroy(store);
      this.#kept.set(size, busy);
    }
  }

  /** Gives everything back. */
  close(): void {
    for (const { store } of this.#used) if (store) this.#destroy(store);
    for (const store of [...this.#kept.values()].flat()) this.#destroy(store);
    this.#used.clear();
    this.#kept.clear();
    this.#usedBytes = 0;
  }

  #take(size: number): Store {
    this.#reservedBytes += size;
    return new Store(this.#device, size, usage.storage | usage.copySource | usage.copyTarget, () =>
      this.trim(),
    );
  }

  #destroy(store: Store): void {
    store.destroy();
    this.#reservedBytes -= store.bytes;
  }
}

function outOfMemory(bytes: number, hint: string): OutOfMemoryError {
  return new OutOfMemoryError('webgpu', bytes, undefined, hint);
}

/**
 * Sizes in steps of an eighth of their power of two, from 256 bytes, and of 32 MiB for large ones: little
 * waste, much reuse.
 */
export function sizeClass(bytes: number): number {
  const power = 2 ** Math.floor(Math.log2(Math.max(bytes, 1)));
  const step = Math.min(largestStep, Math.max(smallest, power / 8));
  return Math.ceil(bytes / step) * step;
}
