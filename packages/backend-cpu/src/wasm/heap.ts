import { OutOfMemoryError } from '@agop/core';

const PAGE = 65536;
const ALIGNMENT = 64;
/**
 * Kernels read up to a vector pair beyond the end of an array, so the last bytes of the memory are never
 * handed out.
 */
const MARGIN = 256;

interface Block {
  address: number;
  size: number;
}

/**
 * Hands out pieces of a WebAssembly memory: first fit over a list of free blocks in address order, neighbours
 * joined when freed, grown at the end when nothing fits. Addresses are multiples of 64 bytes.
 */
export class Heap {
  readonly memory: WebAssembly.Memory;
  readonly #maximumPages: number;
  /** Free blocks in address order, never touching each other. */
  readonly #free: Block[] = [];
  readonly #used = new Map<number, number>();
  #end: number;
  /** Whether the system has granted what was last asked of it. */
  #granted = true;

  /**
   * @param memory the memory to hand out
   * @param base first byte that may be handed out
   * @param maximumPages pages that the memory may grow to
   */
  constructor(memory: WebAssembly.Memory, base: number, maximumPages: number) {
    this.memory = memory;
    this.#maximumPages = maximumPages;
    this.#end = alignUp(base);
    this.#extendTo(memory.buffer.byteLength - MARGIN);
  }

  /** Bytes that the memory may grow to. */
  get maximumBytes(): number {
    return this.#maximumPages * PAGE;
  }

  /** Most bytes that can be handed out at a time, the memory grown as far as it may. */
  get capacity(): number {
    return this.usedBytes + this.availableBytes;
  }

  /** Bytes that could still be handed out, in however many pieces. */
  get availableBytes(): number {
    return this.#freeBytes + Math.max(0, this.#maximumPages * PAGE - MARGIN - this.#end);
  }

  /** Bytes that are free now, without growing. */
  get #freeBytes(): number {
    return this.#free.reduce((sum, block) => sum + block.size, 0);
  }

  /** Bytes that are handed out. */
  get usedBytes(): number {
    return [...this.#used.values()].reduce((sum, size) => sum + size, 0);
  }

  /** @throws {OutOfMemoryError} */
  allocate(bytes: number): number {
    const size = alignUp(Math.max(bytes, 1));
    const block = this.#fit(size) ?? this.#grow(size);
    if (!block)
      throw new OutOfMemoryError('wasm', bytes, this.#granted ? this.availableBytes : this.#freeBytes);
    const { address } = block;
    block.address += size;
    block.size -= size;
    if (block.size === 0) this.#free.splice(this.#free.indexOf(block), 1);
    this.#used.set(address, size);
    return address;
  }

  free(address: number): void {
    const size = this.#used.get(address);
    if (size === undefined) return;
    this.#used.delete(address);
    this.#release(address, size);
  }

  #fit(size: number): Block | undefined {
    return this.#free.find((block) => block.size >= size);
  }

  /** Grows the memory so that its last free block has `size` bytes; undefined if it cannot. */
  #grow(size: number): Block | undefined {
    const last = this.#free.at(-1);
    const begin = last && last.address + last.size === this.#end ? last.address : this.#end;
    const wanted = Math.ceil((begin + size + MARGIN) / PAGE);
    const present = this.memory.buffer.byteLength / PAGE;
    this.#granted = true;
    if (wanted > this.#maximumPages) return undefined;
    try {
      // Growing has a price: a sixteenth more than asked for, if there is room.
      this.memory.grow(Math.min(wanted + (wanted >> 4), this.#maximumPages) - present);
    } catch {
      try {
        this.memory.grow(wanted - present);
      } catch {
        this.#granted = false;
        return undefined;
      }
    }
    this.#extendTo(this.memory.buffer.byteLength - MARGIN);
    return this.#free.at(-1);
  }

  #extendTo(end: number): void {
    const size = Math.floor((end - this.#end) / ALIGNMENT) * ALIGNMENT;
    if (size <= 0) return;
    const address = this.#end;
    this.#end += size;
    this.#release(address, size);
  }

  #release(address: number, size: number): void {
    let at = 0;
    let end = this.#free.length;
    while (at < end) {
      const middle = (at + end) >> 1;
      if ((this.#free[middle] as Block).address < address) at = middle + 1;
      else end = middle;
    }
    const before = this.#free[at - 1];
    const after = this.#free[at];
    const joinsBefore = before && before.address + before.size === address;
    const joinsAfter = after && address + size === after.address;
    if (joinsBefore) {
      before.size += size + (joinsAfter ? after.size : 0);
      if (joinsAfter) this.#free.splice(at, 1);
    } else if (joinsAfter) {
      after.address = address;
      after.size += size;
    } else {
      this.#free.splice(at, 0, { address, size });
    }
  }
}

function alignUp(bytes: number): number {
  return Math.ceil(bytes / ALIGNMENT) * ALIGNMENT;
}
