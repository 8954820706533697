import { NotFittedError } from '@agop/core';

/**
 * What estimators have in common: each owns the model that it was fitted with, if any.
 *
 * @typeParam T the model with everything that it stands on
 */
export abstract class ModelHolder<T extends { dispose(): void }> {
  #trained: T | undefined;

  /** Whether `fit` or loading has succeeded. */
  get fitted(): boolean {
    return this.#trained !== undefined;
  }

  /** Frees the model's tensors; the estimator can be fitted again. */
  dispose(): void {
    this.#trained?.dispose();
    this.#trained = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /**
   * The model.
   *
   * @param what what was asked for, which the message names
   * @throws {NotFittedError} without a model
   */
  protected requireTrained(what: string): T {
    if (!this.#trained) throw new NotFittedError(what);
    return this.#trained;
  }

  /** Takes over a new model and frees the old one. */
  protected adopt(trained: T): this {
    this.dispose();
    this.#trained = trained;
    return this;
  }
}
