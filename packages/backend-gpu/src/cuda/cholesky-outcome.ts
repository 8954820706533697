import type { Runtime } from './runtime.ts';

/** A pivot that is not positive. */
export interface Failure {
  readonly pivot: number;
  readonly value: number;
}

/** A pivot's row, or -1, and its value, as float64. */
export const outcomeBytes = 16;

/** What the kernels of kernels/cholesky.cu found, after all that was queued before. */
export async function readOutcome(runtime: Runtime, outcome: number): Promise<Failure | undefined> {
  const [pivot = 0, value = 0] = await runtime.download(outcome, 2, 'float64');
  return pivot < 0 ? undefined : { pivot, value };
}
