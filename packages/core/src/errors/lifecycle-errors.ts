import { AgopError, hasCode } from './agop-error.ts';
import type { Wording } from './wording.ts';

/** A model was asked for something that only a fitted one has. */
export class NotFittedError extends AgopError {
  static override readonly isInstance = (value: unknown): value is NotFittedError =>
    hasCode(value, 'NOT_FITTED');

  /**
   * @param what what was asked for, e.g. `predict()`
   * @param disposed whether there was a model, which has been disposed
   */
  constructor(what: string, disposed = false) {
    super(
      'NOT_FITTED',
      disposed
        ? `${what} needs a fitted model, but this one has been disposed. Keep it alive (a \`using\` block disposes at its end), fit it again, or load a saved model.`
        : `${what} needs a fitted model. Call fit() or load a saved model first.`,
    );
  }
}

/** A file or byte buffer that is truncated, corrupt, foreign, or of a newer format version. */
export class FormatError extends AgopError {
  static override readonly isInstance = (value: unknown): value is FormatError => hasCode(value, 'FORMAT');

  constructor(message: string | Wording, options?: ErrorOptions) {
    super('FORMAT', message, options);
  }
}

/** A file or folder that cannot be read. */
export interface Unreadable {
  /** As it was given. */
  readonly path: string;
  /** For example `there is no such file`. */
  readonly reason: string;
}

/** Reading or writing a file failed. What was there before is untouched. */
export class StorageError extends AgopError {
  static override readonly isInstance = (value: unknown): value is StorageError => hasCode(value, 'STORAGE');

  /** What could not be read, where that is all there is to say. */
  readonly unreadable: Unreadable | undefined;

  constructor(problem: string | Wording | Unreadable, options?: ErrorOptions) {
    const isPath = typeof problem === 'object' && 'path' in problem;
    super('STORAGE', isPath ? `Cannot read ${problem.path}: ${problem.reason}.` : problem, options);
    this.unreadable = isPath ? problem : undefined;
  }
}

/**
 * The work was stopped through an `AbortSignal`. `cause` is the signal's reason. Its `name` is that of the
 * web's own error for this, 'AbortError', by which programs recognize both.
 */
export class AbortedError extends AgopError {
  static override readonly isInstance = (value: unknown): value is AbortedError => hasCode(value, 'ABORTED');

  constructor(what: string, reason?: unknown) {
    super('ABORTED', `${what} was aborted. Nothing was kept.`, { cause: reason });
    this.name = 'AbortError';
  }
}

/**
 * Ends work whose `signal` has fired.
 *
 * @param what the work, with which the message begins: `The fit`
 * @throws {AbortedError} if it has
 */
export function throwIfAborted(signal: AbortSignal | undefined, what: string): void {
  if (signal?.aborted) throw new AbortedError(what, signal.reason);
}
