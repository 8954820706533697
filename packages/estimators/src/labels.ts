import { DTypeError, UnknownLabelError, ValueError } from '@agop/core';
import { checkNumbers, checkText, checkWhole } from '@agop/core/options';
import { isTfTensor, type TfTensorLike, toHostVector } from './input/index.ts';

/** What a class may be called: a text, a finite number, true or false. Nothing else can be saved. */
export type Label = string | number | boolean;

/** Labels of samples: an array, a typed array, or a `tf.Tensor` of numbers. */
export type LabelInput<L extends Label> = ArrayLike<L> | TfTensorLike;

/** The type of the labels in a list of them; a `tf.Tensor` holds numbers. */
export type LabelOf<Y> = Y extends ArrayLike<infer L extends Label> ? L : number;

/** The classes of a fitted classifier, and their order. */
export class LabelEncoder<L extends Label> {
  /** Numbers ascending, then strings by code unit, then false and true. */
  readonly classes: readonly L[];
  readonly #index: ReadonlyMap<Label, number>;

  constructor(classes: readonly L[]) {
    for (let i = 0; i < classes.length; i++) checkLabel(classes[i], i, 'The list of classes');
    this.classes = classes;
    this.#index = new Map(Array.from(classes, (label, index) => [label, index]));
  }

  /**
   * The encoder of the labels that occur.
   *
   * @throws {ValueError} for missing labels (null, undefined, NaN), values that are no labels, no labels, or
   *   one class only
   */
  static of<L extends Label>(labels: ArrayLike<L>, what: string): LabelEncoder<L> {
    const distinct = new Set<L>();
    for (let row = 0; row < labels.length; row++) distinct.add(checkLabel(labels[row], row, what));
    if (distinct.size === 1) {
      const [only] = distinct;
      throw new ValueError(
        `${what} has only one class, ${JSON.stringify(only)}: a classifier needs two or more.`,
      );
    }
    return new LabelEncoder([...distinct].sort(compareLabels));
  }

  /**
   * Class indices of labels.
   *
   * @throws {UnknownLabelError} for a label that is no class
   * @throws {ValueError} for a missing label (null, undefined, NaN), and a value that is no label
   */
  encode(labels: ArrayLike<L>, what: string): Int32Array {
    return Int32Array.from({ length: labels.length }, (_, row) => {
      const label = checkLabel(labels[row], row, what);
      const index = this.#index.get(label);
      if (index === undefined) {
        throw new UnknownLabelError(
          `${what}: the label ${JSON.stringify(label)} in row ${row} is not among the classes ${preview(this.classes)}.`,
          label,
          { row },
        );
      }
      return index;
    });
  }
}

/**
 * Labels on the host.
 *
 * @throws {ShapeError} for a `tf.Tensor` that is no vector
 * @throws {DTypeError} for anything that is no list
 */
export async function hostLabels<L extends Label>(
  labels: LabelInput<L>,
  what: string,
): Promise<ArrayLike<L>> {
  checkText('what', what);
  if (!isTfTensor(labels)) {
    const given: unknown = labels;
    if (typeof given === 'object' && given !== null && 'length' in given && Number.isInteger(given.length)) {
      return labels;
    }
    const kind = given === null ? 'null' : `a value of type ${typeof given}`;
    throw new DTypeError(
      `${what} must be a list with one label for each sample, but is ${kind}. Pass an array or a typed array.`,
    );
  }
  // A tf.Tensor holds numbers, so that L is number.
  return Array.from(await toHostVector(labels, what)) as L[];
}

/**
 * One-hot rows of class indices, [n, classes].
 *
 * @throws {OptionError} for a number of classes that is not whole, or whose rows no array can hold
 */
export function oneHot(indices: ArrayLike<number>, classes: number): Float64Array<ArrayBuffer> {
  checkNumbers('indices', indices);
  checkWhole('classes', classes, 1, Math.floor(2 ** 28 / Math.max(1, indices.length)));
  const rows = new Float64Array(indices.length * classes);
  for (let row = 0; row < indices.length; row++) rows[row * classes + (indices[row] as number)] = 1;
  return rows;
}

/** A label as it is. @throws {ValueError} for a missing one, and for what is none */
export function checkLabel<L>(label: L | undefined, row: number, what: string): L {
  if (label === undefined || label === null || Number.isNaN(label)) {
    throw new ValueError(`${what} has no label in row ${row} (${String(label)}).`, { row });
  }
  if (!isLabel(label)) {
    throw new ValueError(
      `${what} has ${kindOf(label)} in row ${row}: labels are texts, finite numbers, true and false.`,
      { row },
    );
  }
  return label;
}

function isLabel(value: unknown): boolean {
  return typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function kindOf(value: unknown): string {
  if (Array.isArray(value)) return 'an array';
  if (typeof value === 'object' && value !== null)
    return `an object (${value.constructor?.name ?? 'without class'})`;
  return typeof value === 'number' ? String(value) : `a ${typeof value}`;
}

function compareLabels(a: Label, b: Label): number {
  const order = ['number', 'string', 'boolean'];
  if (typeof a !== typeof b) return order.indexOf(typeof a) - order.indexOf(typeof b);
  return a < b ? -1 : a > b ? 1 : 0;
}

function preview(classes: readonly Label[]): string {
  const shown = classes.slice(0, 10).map((label) => JSON.stringify(label));
  return classes.length > 10 ? `${shown.join(', ')}, ... (${classes.length})` : shown.join(', ');
}
