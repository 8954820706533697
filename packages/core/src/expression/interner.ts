/** One object for each structure, held weakly: expressions of ever-changing constants do not pile up. */
export class Interner<T extends WeakKey> {
  readonly #known = new Map<string, WeakRef<T>>();
  readonly #collected = new FinalizationRegistry<string>((key) => {
    if (this.#known.get(key)?.deref() === undefined) this.#known.delete(key);
  });

  /** The live object of a structure, made now if there is none. */
  get(structure: string, make: () => T): T {
    const existing = this.#known.get(structure)?.deref();
    if (existing) return existing;
    const made = make();
    this.#known.set(structure, new WeakRef(made));
    this.#collected.register(made, structure);
    return made;
  }
}
