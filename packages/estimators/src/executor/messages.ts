import { AgopError, type AgopErrorCode } from '@agop/core';

/** What goes to a worker. */
export type ToWorker<Job> =
  | { readonly kind: 'job'; readonly id: number; readonly job: Job }
  | { readonly kind: 'abort'; readonly id: number };

/** What comes back. */
export type FromWorker<Result> =
  | { readonly kind: 'result'; readonly id: number; readonly result: Result }
  | { readonly kind: 'failure'; readonly id: number; readonly failure: Failure };

/** An error as plain data. Its class does not travel, its code does. */
export interface Failure {
  readonly code: AgopErrorCode | undefined;
  readonly name: string;
  readonly message: string;
  readonly stack: string | undefined;
}

export function describeFailure(error: unknown): Failure {
  const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: AgopError.isInstance(error) ? error.code : undefined, name, message, stack };
}

/** The error that a worker met, to be recognized by its code. */
export function restoreFailure({ code, name, message, stack }: Failure): Error {
  const error = code === undefined ? new Error(message) : new AgopError(code, message);
  error.name = name;
  if (stack !== undefined) error.stack = stack;
  return error;
}
