import type { Verdict } from './verdict.ts';

/** What the process that tries inputs is told. */
export interface Order {
  readonly id: number;
  readonly target: string;
  readonly input: unknown;
  /** To try the input, or to give it in a form that does not depend on what generated it. */
  readonly task: 'try' | 'fix';
}

/** What it answers. */
export interface Answer {
  readonly id: number;
  readonly verdict?: Verdict;
  readonly fixed?: unknown;
}
