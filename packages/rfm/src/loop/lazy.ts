/** A value that is computed when it is first asked for, once, and freed here unless somebody takes it. */
export class Lazy<T> {
  readonly #compute: () => T | Promise<T>;
  readonly #release: (value: T) => void | Promise<void>;
  #value: Promise<T> | undefined;
  #taken = false;

  constructor(compute: () => T | Promise<T>, release: (value: T) => void | Promise<void>) {
    this.#compute = compute;
    this.#release = release;
  }

  /** Whether it was asked for. */
  get started(): boolean {
    return this.#value !== undefined;
  }

  /** The value, which stays owned here. */
  get(): Promise<T> {
    this.#value ??= Promise.resolve().then(this.#compute);
    return this.#value;
  }

  /** The value, which is the caller's from now on. */
  async take(): Promise<T> {
    const value = await this.get();
    this.#taken = true;
    return value;
  }

  /** Frees the value, also one that is still being computed. */
  async dispose(): Promise<void> {
    if (!this.#value || this.#taken) return;
    // A computation that failed has left nothing to free, and its error has reached whoever asked for it.
    const settled = await this.#value.then(
      (value) => ({ value }),
      () => undefined,
    );
    if (settled) await this.#release(settled.value);
  }
}
