import { bytesPerElement, type DType, type TypedArray } from '@agop/core';
import type { DeviceContext } from './context.ts';
import { allocatePinned, freePinned, type PinnedBlock } from './pinned.ts';

const alignment = 16;

interface Chunk {
  readonly block: PinnedBlock;
  /** Recorded when the chunk is full. */
  readonly event: number;
  used: number;
  isFull: boolean;
}

/**
 * Copies host data to the device through a ring of pinned chunks: the data is converted into one chunk while
 * the device fetches another. A call returns when the data is in the ring; it waits only where the whole ring
 * is still to be fetched.
 */
export class Uploads {
  readonly #context: DeviceContext;
  readonly #chunkBytes: number;
  readonly #chunkCount: number;
  readonly #chunks: Chunk[] = [];
  #current = 0;

  constructor(context: DeviceContext, chunkBytes = 2 ** 22, chunkCount = 4) {
    this.#context = context;
    this.#chunkBytes = chunkBytes;
    this.#chunkCount = chunkCount;
  }

  /** Copies `data`, converted to `dtype`, to a device address. */
  copy(target: number, data: ArrayLike<number>, dtype: DType): void {
    const { native, stream } = this.#context;
    const width = bytesPerElement(dtype);
    for (let done = 0; done < data.length; ) {
      const chunk = this.#chunkWithRoom(width);
      const room = Math.floor((this.#chunkBytes - chunk.used) / width);
      const count = Math.min(room, data.length - done);
      fill(chunk.block.memory, chunk.used, count, dtype, data, done);
      native.driver.cuMemcpyHtoDAsync_v2(
        target + done * width,
        chunk.block.address + chunk.used,
        count * width,
        stream,
      );
      chunk.used += Math.ceil((count * width) / alignment) * alignment;
      done += count;
    }
  }

  close(): void {
    for (const { block, event } of this.#chunks) {
      this.#context.native.libraries.driver.cuEventDestroy_v2(event);
      freePinned(this.#context, block);
    }
    this.#chunks.length = 0;
  }

  #chunkWithRoom(width: number): Chunk {
    const { native, stream } = this.#context;
    const present = this.#chunks[this.#current];
    if (present && present.used + width <= this.#chunkBytes) return present;
    if (present) {
      native.driver.cuEventRecord(present.event, stream);
      present.isFull = true;
      this.#current = (this.#current + 1) % this.#chunkCount;
    }
    const next = this.#chunks[this.#current];
    if (!next) return this.#addChunk();
    if (next.isFull) native.driver.cuEventSynchronize(next.event);
    next.used = 0;
    next.isFull = false;
    return next;
  }

  #addChunk(): Chunk {
    const block = allocatePinned(this.#context, this.#chunkBytes);
    const chunk: Chunk = { block, event: this.#context.createEvent(), used: 0, isFull: false };
    this.#chunks.push(chunk);
    return chunk;
  }
}

function fill(
  memory: ArrayBuffer,
  offset: number,
  count: number,
  dtype: DType,
  data: ArrayLike<number>,
  begin: number,
): void {
  const target = arrayOn(memory, offset, count, dtype);
  if (begin === 0 && count === data.length) target.set(data);
  else if (isTypedArray(data)) target.set(data.subarray(begin, begin + count));
  else for (let i = 0; i < count; i++) target[i] = data[begin + i] as number;
}

function isTypedArray(data: ArrayLike<number>): data is TypedArray {
  return ArrayBuffer.isView(data) && !(data instanceof DataView);
}

/** An array of a dtype on given memory. */
export function arrayOn(memory: ArrayBuffer, offset: number, length: number, dtype: DType): TypedArray {
  if (dtype === 'float64') return new Float64Array(memory, offset, length);
  if (dtype === 'float32') return new Float32Array(memory, offset, length);
  return new Int32Array(memory, offset, length);
}
