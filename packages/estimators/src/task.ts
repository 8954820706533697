import type { OutputLike, TfTensorLike } from './input/index.ts';
import type { Label } from './labels.ts';
import type { TaskDescription } from './model-file.ts';
import type { Rows } from './rows.ts';
import type { ScoreName } from './scores.ts';
import type { HostTensor } from './storage/index.ts';

/** The types of a kind of task. */
export interface TaskTypes {
  /** Targets as users hand them to `fit`. */
  readonly targets: unknown;
  /** What `predict` gives. */
  readonly answers: unknown;
  /** What it gives for a `tf.Tensor`. */
  readonly tensorAnswers: unknown;
  readonly classes: readonly Label[] | undefined;
}

/**
 * What `predict` gives for an input: where a `tf.Tensor` gets a `tf.Tensor`, one of the same kind, and either
 * where the input may be either.
 */
export type AnswersFor<K extends TaskTypes, X> = TfTensorLike extends K['tensorAnswers']
  ? OutputLike<X, K['answers']>
  : K['answers'];

/**
 * What the compiler knows of a classifier after a fit: that it predicts labels of the type that it was fitted
 * on. The `fit` of a classifier gives `LabeledBy<LabelOf<Y>, ...> & this` for targets `Y`.
 *
 * @typeParam L type of the labels
 * @typeParam P parameters of its `predict`
 */
export interface LabeledBy<L extends Label, P extends readonly unknown[]> {
  /** The classes in the order of the outputs. */
  readonly classes: readonly L[];
  /** Predicts the label of each sample, as `Estimator.predict` does. */
  predict(...args: P): Promise<L[]>;
}

/** Answers of either kind. */
export type Answers<K extends TaskTypes> = K['answers'] | K['tensorAnswers'];

/** What is to be learned: {@link classification} or {@link regression}. */
export interface Task<K extends TaskTypes> {
  readonly name: TaskDescription['task'];
  /**
   * Reads the targets of a fit, and learns how to code them.
   *
   * @param rows number of samples that need a target
   * @param noun what the samples are called in messages: `rows`
   */
  open(
    y: K['targets'],
    rows: number,
    noun: string,
  ): Promise<{ readonly y: Rows; readonly coding: Coding<K> }>;
  /** The coding of a saved model. @throws {FormatError} if the description lacks what it needs */
  restore(description: TaskDescription, tensors: Readonly<Record<string, HostTensor>>): Coding<K>;
}

/** How the targets of a fit become numbers: all that an algorithm needs to know of a task. */
export interface TargetCoding {
  /** Number of outputs of the model. */
  readonly outputs: number;
  /** The classes in the order of the outputs; undefined in a regression. */
  readonly classes: readonly Label[] | undefined;
  /**
   * What the outputs are fitted to, [n, outputs], row-major.
   *
   * @param y class indices [n, 1], or values [n, outputs]
   */
  targets(y: Rows): Float64Array<ArrayBuffer>;
  /**
   * The unit of each output, [outputs]: how much of y one unit of what the outputs are fitted to is.
   * Gradients of outputs times these are in the units of y.
   */
  units(): Float64Array;
  /**
   * A score of outputs.
   *
   * @param outputs [n, outputs], row-major
   * @param y class indices [n, 1], or values [n, outputs]
   * @param weights how much each row counts, [n]; default all alike
   * @throws {OptionError} for a score that the task does not have
   */
  score(name: ScoreName, outputs: ArrayLike<number>, y: Rows, weights?: ArrayLike<number>): number;
  /**
   * Estimates of the class probabilities from outputs, [n, classes], row-major; undefined in a regression.
   */
  probabilities(outputs: ArrayLike<number>): Float64Array | undefined;
  /** What a model file says of the task. */
  describe(): TaskDescription;
  /** Tensors of the model file that belong to the task. With the description they are the coding. */
  tensors(): Record<string, HostTensor>;
}

/** {@link TargetCoding} with the ways from users' targets and to their answers. */
export interface Coding<K extends TaskTypes> extends TargetCoding {
  readonly classes: K['classes'];
  /**
   * Further targets, e.g. for validation: class indices [n, 1], or values [n, outputs].
   *
   * @param rows number of samples that need a target
   * @param noun what the samples are called in messages: `rows`
   * @param prefix before X and y in messages, e.g. 'validation '
   * @throws {ShapeError} if there is not one target for each sample
   * @throws {UnknownLabelError} for a label that is no class
   */
  read(y: K['targets'], rows: number, noun: string, prefix: string): Promise<Rows>;
  /** For each row the index of its class, where held-out rows are to be drawn from each class alike. */
  strata(y: Rows): ArrayLike<number> | undefined;
  /**
   * The coding that suits the rows of the fit alone, without those held out.
   *
   * @param weights how much each row counts, [n]; default all alike
   * @throws {ValueError} for constant targets
   */
  trainedOn(y: Rows, weights?: ArrayLike<number>): Coding<K>;
  /**
   * Answers of the kind that users expect.
   *
   * @param outputs [n, outputs], row-major
   * @param input the samples as they were given: a `tf.Tensor` may want a `tf.Tensor`
   */
  answers(outputs: ArrayLike<number>, input: unknown): Answers<K> | Promise<Answers<K>>;
  /** How good outputs are, in the measure of `score()`: accuracy, or R². @throws {ShapeError} */
  grade(outputs: ArrayLike<number>, y: K['targets'], noun: string): Promise<number>;
}
