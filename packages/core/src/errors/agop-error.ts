import { say, type Wording } from './wording.ts';

const marker = Symbol.for('agop.error');

/** Every code an {@link AgopError} can carry; one per class of failure, stable across releases. */
export type AgopErrorCode =
  | 'SHAPE'
  | 'DTYPE'
  | 'VALUE'
  | 'OPTION'
  | 'LABEL'
  | 'NOT_POSITIVE_DEFINITE'
  | 'DEGENERATE_METRIC'
  | 'NO_CONVERGENCE'
  | 'DISPOSED'
  | 'BACKEND_MISMATCH'
  | 'OUT_OF_MEMORY'
  | 'DEVICE'
  | 'UNAVAILABLE'
  | 'NOT_FITTED'
  | 'FORMAT'
  | 'STORAGE'
  | 'ABORTED'
  | 'WORKER'
  | 'OVERLOADED';

/**
 * The base of all errors that agop throws on purpose. The message says what was wrong, where, and what to do.
 * Recognize errors by `code`, or by the static `isInstance` of their class, which goes by the code as well:
 * unlike `instanceof` both work when two copies of this package are loaded.
 */
export class AgopError extends Error {
  /** Tells the kind of failure, the same in all releases. */
  readonly code: AgopErrorCode;
  /** The message with options not yet named: `say` makes a text of it, in code or on a command line. */
  readonly wording: Wording;
  /** Marks agop errors across package copies. */
  readonly [marker]: true = true;

  constructor(code: AgopErrorCode, message: string | Wording, options?: ErrorOptions) {
    super(say(message), options);
    this.code = code;
    this.wording = typeof message === 'string' ? [message] : message;
    this.name = new.target.name;
  }

  /**
   * True if `value` is an error of this class, from whichever copy of the package:
   * `ShapeError.isInstance(error)`. `AgopError.isInstance` is true for all of them.
   */
  static readonly isInstance = (value: unknown): value is AgopError =>
    typeof value === 'object' && value !== null && marker in value;
}

/** Whether a value is an agop error of this code, from whichever copy of the package. */
export function hasCode(value: unknown, code: AgopErrorCode): boolean {
  return AgopError.isInstance(value) && value.code === code;
}

/**
 * An error of the same class and with the same facts that says something else: for callers who know more
 * about it.
 *
 * @returns the new error, with `error` as its cause
 */
export function reworded<E extends AgopError>(error: E, message: string | Wording): E {
  const copy = new AgopError(error.code, message, { cause: error });
  const { message: _, wording, stack, cause, ...facts } = Object.getOwnPropertyDescriptors(error);
  Object.defineProperties(copy, facts);
  return Object.setPrototypeOf(copy, Object.getPrototypeOf(error));
}
