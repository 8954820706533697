import { bytesPerElement, type DType, eventLoopTurn, hostArray, type TypedArray } from '@agop/core';
import { CUDA } from '../driver/status.ts';
import type { DeviceContext } from './context.ts';
import { allocatePinned, freePinned, type PinnedBlock } from './pinned.ts';
import { arrayOn } from './uploads.ts';

const smallest = 2 ** 16;
/** Larger results are copied straight into their array, while the program waits. */
const largest = 2 ** 26;
const kept = 4;
/** So many questions with a turn of the event loop between them: short work is found done at once. */
const eagerPolls = 16;
/** Then pauses: the sixteenth part of what has been waited, in milliseconds within these. */
const [shortestPause, longestPause] = [1, 16];

interface Download {
  readonly block: PinnedBlock;
  readonly event: number;
  readonly result: TypedArray;
  isDone: boolean;
}

/**
 * Copies results to the host. The copy is queued when it is asked for; waiting for it leaves the event loop
 * free.
 */
export class Downloads {
  readonly #context: DeviceContext;
  readonly #pending = new Set<Download>();
  readonly #free: { readonly block: PinnedBlock; readonly event: number }[] = [];

  constructor(context: DeviceContext) {
    this.#context = context;
  }

  async read(source: number, size: number, dtype: DType): Promise<TypedArray> {
    const result = hostArray(dtype, size);
    const bytes = size * bytesPerElement(dtype);
    if (bytes === 0) return result;
    const { native, stream } = this.#context;
    if (bytes > largest) {
      // To memory that is not pinned the driver copies before it returns.
      native.driver.cuMemcpyDtoHAsync_v2(result, source, bytes, stream);
      this.#context.synchronize();
      return result;
    }
    const download = this.#begin(source, bytes, result);
    await this.#wait(download);
    return result;
  }

  /** Completes the reads that have begun and frees the pinned memory. The stream must have come to rest. */
  close(): void {
    for (const download of [...this.#pending]) this.#finish(download);
    for (const { block, event } of this.#free) {
      this.#context.native.libraries.driver.cuEventDestroy_v2(event);
      freePinned(this.#context, block);
    }
    this.#free.length = 0;
  }

  #begin(source: number, bytes: number, result: TypedArray): Download {
    const { native, stream } = this.#context;
    const { block, event } = this.#take(bytes);
    const download: Download = { block, event, result, isDone: false };
    try {
      native.driver.cuMemcpyDtoHAsync_v2(block.address, source, bytes, stream);
      native.driver.cuEventRecord(event, stream);
    } catch (error) {
      this.#free.push({ block, event });
      throw error;
    }
    this.#pending.add(download);
    return download;
  }

  async #wait(download: Download): Promise<void> {
    const { native } = this.#context;
    const begin = performance.now();
    try {
      for (let polls = 0; !download.isDone; polls++) {
        this.#context.activate();
        const status = native.libraries.driver.cuEventQuery(download.event);
        if (status === CUDA.success) this.#finish(download);
        else if (status === CUDA.notReady) await (polls < eagerPolls ? eventLoopTurn() : pauseAfter(begin));
        else throw native.failure('driver', 'read', status);
      }
    } catch (error) {
      if (!download.isDone) this.#release(download);
      throw error;
    }
  }

  #finish(download: Download): void {
    const { result, block } = download;
    const dtype =
      result instanceof Float64Array ? 'float64' : result instanceof Float32Array ? 'float32' : 'int32';
    result.set(arrayOn(block.memory, 0, result.length, dtype));
    this.#release(download);
  }

  #release(download: Download): void {
    download.isDone = true;
    this.#pending.delete(download);
    this.#free.push({ block: download.block, event: download.event });
    // The oldest go first: the newest have the sizes that are in use.
    while (this.#free.length > kept) {
      const { block, event } = this.#free.shift() as { block: PinnedBlock; event: number };
      this.#context.native.libraries.driver.cuEventDestroy_v2(event);
      freePinned(this.#context, block);
    }
  }

  #take(bytes: number): { readonly block: PinnedBlock; readonly event: number } {
    const size = Math.max(smallest, 2 ** Math.ceil(Math.log2(bytes)));
    const index = this.#free.findIndex(({ block }) => block.memory.byteLength === size);
    if (index >= 0) return this.#free.splice(index, 1)[0] as { block: PinnedBlock; event: number };
    return { block: allocatePinned(this.#context, size), event: this.#context.createEvent() };
  }
}

function pauseAfter(begin: number): Promise<void> {
  const milliseconds = Math.min(longestPause, Math.max(shortestPause, (performance.now() - begin) / 16));
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
