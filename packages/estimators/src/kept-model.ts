import { AbortedError, DisposedError, NotFittedError } from '@agop/core';

/** What is kept: something fitted, with what else belongs to it. */
interface Fitted {
  readonly fitted: { dispose(): void };
}

/** A model and the work that is being done with it. */
interface Kept<M> {
  readonly model: M;
  running: number;
  state: 'kept' | 'replaced' | 'disposed';
}

/**
 * The model of an estimator, from a fit or a file to the next one. Work that is running when another model
 * takes its place still finds it; what is disposed under running work is told by name.
 */
export class KeptModel<M extends Fitted> {
  #kept: Kept<M> | undefined;
  #isDisposed = false;
  /** Stop what is being made. */
  readonly #stops = new Set<() => void>();

  /** The model, if there is one. */
  get current(): M | undefined {
    return this.#kept?.model;
  }

  /**
   * The model.
   *
   * @param what what was asked for, which the message names
   * @throws {NotFittedError} without a model
   */
  require(what: string): M {
    return this.#require(what).model;
  }

  /**
   * Work on the model, which is alive until that has ended, also where a fit replaces it.
   *
   * @param what the work as messages name it: `predict()`
   * @throws {NotFittedError} without a model
   * @throws {DisposedError} if it is disposed before the work has ended
   */
  async use<R>(what: string, work: (model: M) => R | Promise<R>): Promise<R> {
    const kept = this.#require(what);
    kept.running += 1;
    try {
      return await work(kept.model);
    } catch (error) {
      const isOfLife = DisposedError.isInstance(error) || NotFittedError.isInstance(error);
      throw kept.state === 'disposed' && isOfLife ? new DisposedError('The model', what) : error;
    } finally {
      kept.running -= 1;
      if (kept.state === 'replaced' && kept.running === 0) kept.model.fitted.dispose();
    }
  }

  /**
   * A model that takes some time to make, and takes the place of the one that was.
   *
   * @param what the work as messages name it: `fit()`
   * @param signal of the caller
   * @param make stops on the signal that it is given, which `dispose` aborts as well
   * @throws {DisposedError} if `dispose` is called before it has been made
   */
  async make(
    what: string,
    signal: AbortSignal | undefined,
    make: (signal: AbortSignal) => Promise<M>,
  ): Promise<void> {
    const either = new AbortController();
    let isDisposed = false;
    const stop = (): void => {
      isDisposed = true;
      either.abort();
    };
    const abort = (): void => either.abort(signal?.reason);
    this.#stops.add(stop);
    if (signal?.aborted) abort();
    signal?.addEventListener('abort', abort);
    try {
      const model = await make(either.signal);
      if (!isDisposed) {
        this.adopt(model);
        return;
      }
      model.fitted.dispose();
    } catch (error) {
      const isOfLife = DisposedError.isInstance(error) || AbortedError.isInstance(error);
      if (!isDisposed || signal?.aborted || !isOfLife) throw error;
    } finally {
      this.#stops.delete(stop);
      signal?.removeEventListener('abort', abort);
    }
    throw new DisposedError('The model', what);
  }

  /** Takes over a model; the one that was is freed, once no work needs it. */
  adopt(model: M): void {
    const before = this.#kept;
    this.#kept = { model, running: 0, state: 'kept' };
    this.#isDisposed = false;
    if (!before) return;
    before.state = 'replaced';
    if (before.running === 0) before.model.fitted.dispose();
  }

  /** Frees the model, and stops one that is being made. */
  dispose(): void {
    const kept = this.#kept;
    this.#kept = undefined;
    for (const stop of this.#stops) stop();
    this.#stops.clear();
    if (!kept) return;
    this.#isDisposed = true;
    kept.state = 'disposed';
    kept.model.fitted.dispose();
  }

  #require(what: string): Kept<M> {
    if (!this.#kept) throw new NotFittedError(what, this.#isDisposed);
    return this.#kept;
  }
}
