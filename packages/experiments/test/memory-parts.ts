import type { PartStore } from '@agop/experiments';

/** Parts of a run, kept in memory. */
export class MemoryParts implements PartStore {
  readonly #parts = new Map<string, Uint8Array>();

  async read(name: string): Promise<Uint8Array | undefined> {
    return this.#parts.get(name);
  }

  async write(name: string, bytes: Uint8Array): Promise<void> {
    this.#parts.set(name, bytes);
  }

  /** What there is as if the run had been killed before it kept the last one. */
  killedBeforeLast(): this {
    const last = [...this.#parts.keys()].at(-1);
    if (last !== undefined) this.#parts.delete(last);
    return this;
  }
}
