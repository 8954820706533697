/** Blocks of bytes at made-up addresses. */
export class FakeMemory {
  readonly blocks = new Map<number, Uint8Array<ArrayBuffer>>();
  #next: number;

  constructor(base: number) {
    this.#next = base;
  }

  get usedBytes(): number {
    return [...this.blocks.values()].reduce((sum, { length }) => sum + length, 0);
  }

  allocate(bytes: number): number {
    const address = this.#next;
    this.#next += Math.ceil(bytes / 512) * 512 + 4096;
    this.blocks.set(address, new Uint8Array(bytes).fill(0xff));
    return address;
  }

  free(address: number): boolean {
    return this.blocks.delete(address);
  }

  /** The bytes at an address, or undefined where they are not all in one block. */
  at(address: number, bytes: number): Uint8Array<ArrayBuffer> | undefined {
    for (const [begin, block] of this.blocks) {
      if (address >= begin && address + bytes <= begin + block.length) {
        return block.subarray(address - begin, address - begin + bytes);
      }
    }
    return undefined;
  }
}
