import type { Backend } from './backend.ts';
import { DeviceError, DisposedError, OptionError } from './errors/index.ts';

/**
 * Backends that share pieces of work: each does one piece at a time, and the next piece goes to the first
 * that is free. For work that does not depend on other work, such as the leaves of a tree or the trials of a
 * search, on several devices. With one backend the pieces come one after the other.
 *
 * Tensors belong to one backend: a piece makes its own from data of the host, and returns data of the host.
 *
 * @example
 * using pool = new BackendPool([first, second]);
 * const errors = await Promise.all(trials.map((trial) => pool.run((backend) => errorOf(backend, trial))));
 */
export class BackendPool {
  /** All that it was made of, in their order. */
  readonly backends: readonly Backend[];
  readonly #free: Backend[];
  readonly #waiting: ((backend: Backend | undefined) => void)[] = [];
  readonly #lost = new Map<Backend, DeviceError>();
  #isDisposed = false;

  /**
   * @param backends one or more; the pool disposes of them
   * @throws {OptionError} for none, or for one that is there twice
   */
  constructor(backends: readonly Backend[]) {
    if (backends.length === 0 || new Set(backends).size < backends.length) {
      throw new OptionError('backends', 'backends must be one or more different backends.');
    }
    this.backends = [...backends];
    this.#free = [...backends];
  }

  /** How many pieces of work are done at a time. */
  get size(): number {
    return this.backends.length - this.#lost.size;
  }

  /**
   * Does a piece of work on the first backend that is free; those that wait have their turn in the order of
   * the calls. A backend whose device fails gets no more work.
   *
   * @returns what the work returns; rejects with what it throws
   * @throws {DisposedError} after `dispose`
   * @throws {DeviceError} when all devices have failed: what the last one failed with
   */
  async run<T>(work: (backend: Backend) => T | Promise<T>): Promise<T> {
    const backend = await this.#take();
    try {
      return await work(backend);
    } catch (error) {
      if (DeviceError.isInstance(error)) this.#lost.set(backend, error);
      throw error;
    } finally {
      this.#giveBack(backend);
    }
  }

  /** Ends all backends. Work that waits is refused. */
  dispose(): void {
    if (this.#isDisposed) return;
    this.#isDisposed = true;
    this.#refuseAll();
    for (const backend of this.backends) backend.dispose();
  }

  /** The same at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }

  async #take(): Promise<Backend> {
    this.#demandOne();
    const backend =
      this.#free.shift() ?? (await new Promise<Backend | undefined>((take) => this.#waiting.push(take)));
    if (backend) return backend;
    this.#demandOne();
    throw new DisposedError('The pool of backends');
  }

  #demandOne(): void {
    if (this.#isDisposed) throw new DisposedError('The pool of backends');
    if (this.size === 0) throw [...this.#lost.values()].at(-1);
  }

  #giveBack(backend: Backend): void {
    if (this.size === 0) this.#refuseAll();
    if (this.#lost.has(backend)) return;
    const next = this.#waiting.shift();
    if (next) next(backend);
    else this.#free.push(backend);
  }

  #refuseAll(): void {
    for (const take of this.#waiting.splice(0)) take(undefined);
  }
}
