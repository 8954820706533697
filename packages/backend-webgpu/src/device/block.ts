import { type AgopError, DeviceError, OutOfMemoryError } from '@agop/core';

/**
 * Memory of the device: a buffer of it, which blocks take one after the other.
 *
 * A device says later whether it has the memory for a buffer. Until then the store is `pending`; if there is
 * none, `relieve` is called and the buffer is asked for once more.
 */
export class Store {
  readonly bytes: number;
  readonly #device: GPUDevice;
  readonly #usage: number;
  #gpu: GPUBuffer | undefined;
  /** Settles when it is known whether the device has the memory; undefined from then on. Never rejects. */
  pending: Promise<void> | undefined;
  /** Why there is none. */
  failure: AgopError | undefined;
  /** Commands that are recorded and not yet encoded: as long as there are any, it must not be destroyed. */
  uses = 0;
  #isDestroyed = false;

  constructor(device: GPUDevice, bytes: number, usage: number, relieve: () => void) {
    this.#device = device;
    this.bytes = bytes;
    this.#usage = usage;
    this.pending = this.#confirm(relieve);
  }

  /** The buffer. @throws {AgopError} where there is none */
  get gpu(): GPUBuffer {
    if (this.#gpu) return this.#gpu;
    throw this.failure ?? new DeviceError('webgpu', 'a command', 'memory that is not there');
  }

  destroy(): void {
    this.#isDestroyed = true;
    this.#gpu?.destroy();
  }

  async #confirm(relieve: () => void): Promise<void> {
    try {
      if (await this.#create()) return;
      relieve();
      if (await this.#create()) return;
      this.failure = new OutOfMemoryError('webgpu', this.bytes);
    } catch (error) {
      this.failure = new DeviceError('webgpu', 'createBuffer', String(error));
    } finally {
      this.pending = undefined;
    }
  }

  /** Whether the device has the memory. */
  async #create(): Promise<boolean> {
    this.#device.pushErrorScope('out-of-memory');
    const gpu = this.#device.createBuffer({ size: this.bytes, usage: this.#usage });
    this.#gpu = gpu;
    const error = await this.#device.popErrorScope();
    if (this.#isDestroyed) gpu.destroy();
    if (!error) return true;
    this.#gpu = undefined;
    return false;
  }
}

/** A piece of the engine's memory, of one tensor. It begins at the start of its store. */
export class Block {
  /** Undefined for an empty tensor. */
  readonly store: Store | undefined;
  #failure: AgopError | undefined;

  constructor(store?: Store) {
    this.store = store;
  }

  /** Why what is in it was not computed: there was no memory for it, or for what it is computed from. */
  get failure(): AgopError | undefined {
    return this.#failure ?? this.store?.failure;
  }

  /** Marks it. The first reason counts. */
  spoil(reason: AgopError): void {
    this.#failure ??= reason;
  }

  /** The buffer of its store. @throws {AgopError} where there is none */
  get gpu(): GPUBuffer {
    if (this.store) return this.store.gpu;
    throw new DeviceError('webgpu', 'a command', 'a matrix without elements');
  }
}
