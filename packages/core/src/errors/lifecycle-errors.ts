import { AgopError } from './agop-error.ts';

/** A model was asked for something that only a fitted one has. */
export class NotFittedError extends AgopError {
  constructor(what: string) {
    super('NOT_FITTED', `${what} needs a fitted model. Call fit() or load a saved model first.`);
  }
}

/** A file or byte buffer that is truncated, corrupt, foreign, or of a newer format version. */
export class FormatError extends AgopError {
  constructor(message: string, options?: ErrorOptions) {
    super('FORMAT', message, options);
  }
}

/** Reading or writing a file failed. What was there before is untouched. */
export class StorageError extends AgopError {
  constructor(message: string, options?: ErrorOptions) {
    super('STORAGE', message, options);
  }
}

/** The work was stopped through an `AbortSignal`. `cause` is the signal's reason. */
export class AbortedError extends AgopError {
  constructor(what: string, reason?: unknown) {
    super('ABORTED', `${what} was aborted. Nothing was kept.`, { cause: reason });
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
