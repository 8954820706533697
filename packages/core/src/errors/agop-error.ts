const marker = Symbol.for('agop.error');

/** Every code an {@link AgopError} can carry; one per class of failure, stable across releases. */
export type AgopErrorCode =
  | 'SHAPE'
  | 'DTYPE'
  | 'VALUE'
  | 'OPTION'
  | 'LABEL'
  | 'NOT_POSITIVE_DEFINITE'
  | 'NO_CONVERGENCE'
  | 'DISPOSED'
  | 'BACKEND_MISMATCH'
  | 'OUT_OF_MEMORY'
  | 'DEVICE'
  | 'UNAVAILABLE'
  | 'NOT_FITTED'
  | 'FORMAT'
  | 'STORAGE'
  | 'ABORTED';

/**
 * The base of all errors that agop throws on purpose. The message says what was wrong, where, and what to
 * do. Recognise errors by `code`, or by {@link AgopError.isInstance}, which also works when two copies of
 * this package are loaded.
 */
export class AgopError extends Error {
  readonly code: AgopErrorCode;
  /** Marks agop errors across package copies. */
  readonly [marker]: true = true;

  constructor(code: AgopErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.code = code;
    this.name = new.target.name;
  }

  /** True if `value` is an agop error, from whichever copy of the package. */
  static isInstance(value: unknown): value is AgopError {
    return typeof value === 'object' && value !== null && marker in value;
  }
}
