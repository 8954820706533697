import { FormatError, inspect, inspection, OptionError, throwIfAborted } from '@agop/core';
import { checkMembers } from '@agop/core/options';
import { Callbacks } from './callbacks.ts';
import { finiteOutputs } from './finite-outputs.ts';
import type { FitOptions } from './fit-options.ts';
import { checkFitOptions, checkLoadOptions, withInherited } from './given-options.ts';
import { KeptModel } from './kept-model.ts';
import { decodeModel, encodeModel, type ModelContent } from './model-file.ts';
import { holdOut, takeSamples } from './rows.ts';
import { type ModelSource, readBytes, writeFileAtomically } from './storage/index.ts';
import type { Answers, AnswersFor, Coding, Task, TaskTypes } from './task.ts';
import type { Samples, Trainer, TrainerTypes } from './trainer.ts';
import { readWeights } from './weights.ts';

/** Options of saving a model. */
export interface SaveOptions {
  /** Texts that travel with the model, e.g. a preprocessing as JSON; they come back as `attachments`. */
  readonly attachments?: Readonly<Record<string, string>>;
}

/** A fitted model with the coding of its targets. */
export interface Model<T extends TrainerTypes, K extends TaskTypes> {
  readonly fitted: T['fitted'];
  readonly coding: Coding<K>;
  readonly attachments: Readonly<Record<string, string>>;
}

/**
 * What users see of an algorithm and a task: `fit`, `predict`, `score`, `save`. An estimator is a class below
 * it, with its options, its `load`, and whatever else its models can tell.
 *
 * @typeParam T types of the algorithm
 * @typeParam K types of the task: {@link Classification} or {@link Regression}
 */
export abstract class Estimator<T extends TrainerTypes, K extends TaskTypes> {
  protected readonly settings: T['settings'];
  /** Names of options that `fit` of a class below takes besides. */
  protected readonly furtherFitOptions: readonly string[] = [];
  readonly #trainer: Trainer<T>;
  readonly #task: Task<K>;
  readonly #kept = new KeptModel<Model<T, K>>();

  constructor(trainer: Trainer<T>, task: Task<K>, settings: T['settings']) {
    this.#trainer = trainer;
    this.#task = task;
    this.settings = settings;
  }

  /** Whether `fit` or loading has succeeded. */
  get fitted(): boolean {
    return this.#kept.current !== undefined;
  }

  /** Texts that were saved with the model. */
  get attachments(): Readonly<Record<string, string>> {
    return this.#kept.current?.attachments ?? {};
  }

  /**
   * Fits the model. A failure or abort leaves the estimator as it was. Arrays are not copied: leave `x`, `y`
   * and what `options` hold unchanged until the fit has ended.
   *
   * @param x samples
   * @param y labels [n] of a classification; values [n], or [n, outputs], of a regression
   * @returns the estimator: of a classifier one whose labels are, for the compiler, of the type that `y` has
   * @throws {ValueError} for NaN or infinite values (with row and column), ragged or empty data, missing
   *   labels, one class only, targets that do not vary, weights that are negative or all 0
   * @throws {UnknownLabelError} for a validation label that no training sample has
   * @throws {ShapeError} where x, y and the validation data do not go together
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite
   * @throws {OptionError} for options out of range
   * @throws {OutOfMemoryError} where the memory of the backend does not suffice
   * @throws {AbortedError} through `signal`
   */
  fit(
    x: T['input'],
    y: K['targets'],
    options: FitOptions<T['input'], K['targets']> & Partial<T['events']> = {},
  ): Promise<this> {
    return this.train(x, y, options);
  }

  /**
   * Predicts: the label of the largest output for each sample, the first one on ties; or values in the units
   * of y, row-major: length n for one output, else n · outputs, and a `tf.Tensor` for a `tf.Tensor`.
   *
   * @param x samples
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for NaN or infinite values, ragged or empty data, and where a prediction overflows
   * @throws {ShapeError} for samples of another size than those of the fit
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   * @throws {OutOfMemoryError} where the memory of the backend does not suffice
   * @throws {AbortedError} through a `signal`, where the algorithm takes one
   */
  predict<X extends T['input']>(x: X, ...how: T['how']): Promise<AnswersFor<K, X>>;
  async predict(x: T['input'], ...how: T['how']): Promise<Answers<K>> {
    return this.withModel('predict()', async ({ coding }) =>
      coding.answers(await this.outputs(x, ...how), x),
    );
  }

  /**
   * How good predictions are: the fraction of right labels (labels that no training sample had count as
   * wrong); or the coefficient of determination R², averaged over outputs: 1 is perfect, 0 is no better than
   * the mean.
   *
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for NaN or infinite values, ragged or empty data
   * @throws {ShapeError} where x and y do not go together, or with the model
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   */
  async score(x: T['input'], y: K['targets'], ...how: T['how']): Promise<number> {
    return this.withModel('score()', async ({ coding }) =>
      coding.grade(await this.outputs(x, ...how), y, this.#trainer.noun),
    );
  }

  /**
   * The model as the bytes of one safetensors file: tensors in the dtype of the fit, everything else as JSON.
   *
   * @throws {NotFittedError} before `fit` or loading
   */
  async toBytes(options: SaveOptions = {}): Promise<Uint8Array> {
    checkMembers('toBytes()', options, { attachments: 'object?' });
    return this.withModel('toBytes()', async ({ fitted, coding }) => {
      const { description, tensors } = await this.#trainer.encode(fitted);
      return encodeModel(this.#trainer.format, {
        description: { ...coding.describe(), ...description },
        tensors: { ...coding.tensors(), ...tensors },
        attachments: options.attachments ?? {},
      });
    });
  }

  /**
   * Writes `toBytes` to a file, through a temporary one that is renamed: an old file survives any failure.
   * Node only.
   *
   * @throws {NotFittedError} before `fit` or loading
   * @throws {StorageError} if the file cannot be written
   */
  async save(path: string, options?: SaveOptions): Promise<void> {
    await writeFileAtomically(path, await this.toBytes(options));
  }

  /**
   * Frees the model's tensors; the estimator can be fitted again. A fit that is running stops, and what is
   * running with the model ends, both with a `DisposedError`: await them first.
   */
  dispose(): void {
    this.#kept.dispose();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** In a line, for Node's `console.log`. */
  [inspect](): string {
    const task = this.#task.name;
    const outputs = this.#kept.current?.coding.outputs;
    return inspection(this.constructor.name, { task, fitted: this.fitted, ...(outputs && { outputs }) });
  }

  /** `fit`, with test samples that are scored for the record only. */
  protected async train(
    x: T['input'],
    y: K['targets'],
    options: FitOptions<T['input'], K['targets']> & Partial<T['events']>,
    test?: { readonly x: T['input']; readonly y: K['targets'] },
  ): Promise<this> {
    const given = withInherited(options);
    checkFitOptions(given, this.#trainer.optionNames?.fit, this.furtherFitOptions);
    await this.#kept.make('fit()', given.signal, (signal) => this.#fit(x, y, { ...given, signal }, test));
    return this;
  }

  async #fit(
    x: T['input'],
    y: K['targets'],
    options: FitOptions<T['input'], K['targets']> & Partial<T['events']>,
    test: { readonly x: T['input']; readonly y: K['targets'] } | undefined,
  ): Promise<Model<T, K>> {
    const [trainer, { settings }] = [this.#trainer, this];
    const { validation, weights, signal } = options;
    throwIfAborted(signal, 'The fit');
    const weighted = weights ?? (typeof validation === 'object' ? validation.weights : undefined);
    if (weighted !== undefined && !trainer.takesWeights) {
      throw new OptionError(
        'weights',
        `A ${trainer.format.title} takes no weights: all its samples count alike.`,
      );
    }
    const samples = await trainer.read(x, 'X', settings);
    const opened = await this.#task.open(y, samples.rows, trainer.noun);
    const all = withWeights({ x: samples, y: opened.y }, weights, trainer.noun, '');
    const further = async (given: Given<T, K>, name: string) => {
      const own = await trainer.read(given.x, `${name} X`, settings);
      const targets = await opened.coding.read(given.y, own.rows, trainer.noun, `${name} `);
      trainer.checkLike(own, samples, `${name.charAt(0).toUpperCase()}${name.slice(1)} `);
      return withWeights({ x: own, y: targets }, given.weights, trainer.noun, `${name} `);
    };
    const strata = opened.coding.strata(opened.y);
    const split: {
      readonly training: Samples<T['samples']>;
      readonly held: Samples<T['samples']> | undefined;
    } =
      typeof validation === 'number'
        ? divide(all, validation, settings.seed, strata)
        : { training: all, held: validation && (await further(validation, 'validation')) };
    const coding = opened.coding.trainedOn(split.training.y, split.training.weights);
    const job = { ...split, coding, test: test && (await further(test, 'test')) };
    const callbacks = new Callbacks();
    const fitted = await callbacks.around(
      () => trainer.fit(job, settings, callbacks.guard({ ...options, signal })),
      (discarded) => discarded.dispose(),
    );
    return { fitted, coding, attachments: {} };
  }

  /**
   * The model.
   *
   * @param what what was asked for, which the message names
   * @throws {NotFittedError} without a model
   */
  protected requireTrained(what: string): Model<T, K> {
    return this.#kept.require(what);
  }

  /**
   * Work on the model, which is alive until that has ended, also where a fit replaces it meanwhile.
   *
   * @param what the work as messages name it: `predict()`
   * @throws {NotFittedError} without a model
   * @throws {DisposedError} if the model is disposed before the work has ended
   */
  protected withModel<R>(what: string, work: (model: Model<T, K>) => R | Promise<R>): Promise<R> {
    return this.#kept.use(what, work);
  }

  /** Takes over a new model and frees the old one. */
  protected adopt(model: Model<T, K>): this {
    this.#kept.adopt(model);
    return this;
  }

  /** Outputs of the model for samples, [n, outputs], row-major: estimates of targets as the fit saw them. */
  protected outputs(x: T['input'], ...how: T['how']): Promise<ArrayLike<number>> {
    return this.withModel('predict()', async ({ fitted }) =>
      finiteOutputs(await this.#trainer.predict(fitted, await this.read(x), ...how)),
    );
  }

  /** Samples on the host, checked. */
  protected read(x: T['input']): Promise<T['samples']> {
    return this.#trainer.read(x, 'X', this.settings);
  }
}

/**
 * Loads a model for an estimator of the same algorithm and task.
 *
 * @param source path or `file:` URL of a file (Node), or its bytes
 * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a model for the
 *   other task
 * @throws {OptionError} for a dtype that the backend does not compute in
 * @throws {StorageError} if the file cannot be read
 */
export async function loadModel<T extends TrainerTypes, K extends TaskTypes>(
  trainer: Trainer<T>,
  task: Task<K>,
  source: ModelSource,
  options: T['load'],
): Promise<Model<T, K>> {
  checkLoadOptions(options, trainer.optionNames?.load);
  const saved: ModelContent<T['description']> = decodeModel(trainer.format, await readBytes(source));
  const found = saved.description.task;
  if (found !== task.name) {
    const kind = found === 'regression' ? 'regression' : 'classifier';
    throw new FormatError(
      `The saved model is a ${kind}: load it with ${trainer.format.estimators[found] ?? 'another class'}.load.`,
    );
  }
  const coding = task.restore(saved.description, saved.tensors);
  const fitted = await trainer.decode(saved, coding.outputs, options);
  return { fitted, coding, attachments: saved.attachments };
}

/** Samples as users hand them over. */
interface Given<T extends TrainerTypes, K extends TaskTypes> {
  readonly x: T['input'];
  readonly y: K['targets'];
  readonly weights?: ArrayLike<number> | undefined;
}

function withWeights<X extends TrainerTypes['samples']>(
  samples: Samples<X>,
  weights: ArrayLike<number> | undefined,
  noun: string,
  prefix: string,
): Samples<X> {
  if (weights === undefined) return samples;
  return { ...samples, weights: readWeights(weights, samples.x.rows, noun, prefix) };
}

function divide<X extends TrainerTypes['samples']>(
  samples: Samples<X>,
  fraction: number,
  seed: number,
  strata: ArrayLike<number> | undefined,
): { readonly training: Samples<X>; readonly held: Samples<X> } {
  const { training, held } = holdOut(samples.x.rows, fraction, seed, strata);
  return { training: takeSamples(samples, training), held: takeSamples(samples, held) };
}
