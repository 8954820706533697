/** A requirement of the contract that a backend does not meet. */
export class ConformanceFailure extends Error {
  /** The class's name, as errors have it. */
  override readonly name = 'ConformanceFailure';
}

/** Fails unless `condition` holds. */
export function demand(condition: boolean, message: string): asserts condition {
  if (!condition) throw new ConformanceFailure(message);
}

/** What an error says; errors that are not failures of a requirement also with their name. */
export function messageOf(error: unknown): string {
  if (error instanceof ConformanceFailure) return error.message;
  return error instanceof Error ? `${error.name}: ${error.message}` : String(error);
}
