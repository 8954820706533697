import { eventLoopTurn } from '@agop/core';

/**
 * The callbacks of a fit. What one of them throws ends the fit, also where the algorithm takes it for an
 * error of its own; and so does what its promise rejects with while the fit runs. No promise is waited for:
 * the fit ends at its next callback, or when it is done.
 */
export class Callbacks {
  #failure: { readonly error: unknown } | undefined;
  #pending = 0;
  #isOver = false;

  /** The options, whose functions are watched. */
  guard<T extends object>(options: T): T {
    const guarded = { ...options };
    for (const [name, value] of Object.entries(options)) {
      if (typeof value === 'function') Reflect.set(guarded, name, this.#watched(value));
    }
    return guarded;
  }

  /**
   * Runs the fit. A promise that a callback has just given has one turn of the event loop to reject.
   *
   * @param discard frees what was made, where a callback has failed
   */
  async around<R>(fit: () => Promise<R>, discard: (result: R) => void): Promise<R> {
    try {
      const result = await fit();
      if (this.#pending > 0) await eventLoopTurn();
      if (!this.#failure) return result;
      discard(result);
      throw this.#failure.error;
    } finally {
      this.#isOver = true;
    }
  }

  #watched(callback: (...args: unknown[]) => unknown): (...args: unknown[]) => unknown {
    return (...args) => {
      if (this.#failure) throw this.#failure.error;
      try {
        const given = callback(...args);
        if (isThenable(given)) void this.#await(given);
        return given;
      } catch (error) {
        this.#failure ??= { error };
        throw error;
      }
    };
  }

  async #await(given: PromiseLike<unknown>): Promise<void> {
    this.#pending += 1;
    try {
      await given;
    } catch (error) {
      // Nobody would hear of it: then it is an unhandled rejection, as it is without a fit.
      if (this.#isOver) throw error;
      this.#failure ??= { error };
    } finally {
      this.#pending -= 1;
    }
  }
}

function isThenable(value: unknown): value is PromiseLike<unknown> {
  return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
}
