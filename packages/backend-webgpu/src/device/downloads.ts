import { AgopError, DeviceError } from '@agop/core';
import { Block, Store } from './block.ts';
import type { CommandQueue } from './command-queue.ts';
import { mapRead, usage } from './constants.ts';

/** Buffers up to this size are kept for the next read. */
const keptBytes = 2 ** 16;
const keptBuffers = 8;

const isFirefox = typeof navigator === 'object' && /\bFirefox\//.test(navigator.userAgent ?? '');

/** Copies to the host: through buffers that the host can read, of which small ones are kept. */
export class Downloads {
  readonly #device: GPUDevice;
  readonly #queue: CommandQueue;
  readonly #relieve: () => void;
  readonly #kept: Store[] = [];

  /** @param relieve called where memory runs out */
  constructor(device: GPUDevice, queue: CommandQueue, relieve: () => void) {
    this.#device = device;
    this.#queue = queue;
    this.#relieve = relieve;
  }

  /**
   * What a block holds after all commands recorded before.
   *
   * @throws {OutOfMemoryError} if there was no memory for it, for what it is computed from, or for the copy
   * @throws {DeviceError} if the device is lost or has reported a fault
   */
  async read(from: Block, bytes: number): Promise<ArrayBuffer> {
    this.#queue.checkUsable();
    if (bytes === 0) return new ArrayBuffer(0);
    const store = (bytes <= keptBytes ? this.#kept.pop() : undefined) ?? this.#newStore(bytes);
    const to = new Block(store);
    let isKept = false;
    try {
      this.#queue.record({ kind: 'copy', from, fromByte: 0, to, toByte: 0, bytes, isDownload: true });
      await this.#queue.handedOver();
      this.#queue.checkUsable();
      if (to.failure) throw to.failure;
      await Promise.all([this.#mapped(store.gpu, bytes), this.#queue.checked()]);
      const data = store.gpu.getMappedRange(0, bytes).slice(0);
      store.gpu.unmap();
      isKept = store.bytes === keptBytes && this.#kept.length < keptBuffers;
      return data;
    } catch (error) {
      if (AgopError.isInstance(error)) throw error;
      // A device that is lost refuses to map memory; why it is lost, the queue is told in its next turn.
      await new Promise((resolve) => setTimeout(resolve));
      await this.#queue.checked();
      throw new DeviceError('webgpu', 'mapAsync', String(error));
    } finally {
      if (isKept) this.#kept.push(store);
      else store.destroy();
    }
  }

  close(): void {
    for (const store of this.#kept) store.destroy();
    this.#kept.length = 0;
  }

  /** Waits until the host can read a buffer. */
  async #mapped(buffer: GPUBuffer, bytes: number): Promise<void> {
    const mapping = buffer.mapAsync(mapRead, 0, bytes);
    // Firefox looks every tenth of a second whether a buffer is there, and at each submission.
    const nudge = isFirefox ? setInterval(() => this.#device.queue.submit([]), 2) : undefined;
    try {
      await mapping;
    } finally {
      clearInterval(nudge);
    }
  }

  #newStore(bytes: number): Store {
    const size = Math.max(bytes, keptBytes);
    return new Store(this.#device, size, usage.mapRead | usage.copyTarget, this.#relieve);
  }
}
