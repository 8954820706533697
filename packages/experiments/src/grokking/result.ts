import * as z from 'zod/mini';
import { computedOn, named } from '../experiment.ts';
import { resultHead } from '../result-head.ts';

const measures = {
  trainLoss: z.number(),
  testLoss: z.number(),
  trainAccuracy: z.number(),
  testAccuracy: z.number(),
  correctLogitLoss: z.number(),
  /** Null where no structure is known. */
  circulantDeviation: z.nullable(z.number()),
};

/** What is measured at one iteration; `GrokkingIteration` of @agop/grokking explains the numbers. */
const iteration = z.object({
  iteration: z.int(),
  ...measures,
  /** Null while the run goes on. */
  alignment: z.nullable(z.number()),
  kernelEigenvalues: z.exactOptional(z.object({ smallest: z.number(), largest: z.number() })),
  /** The measures of each operation of a task with two. */
  operations: z.exactOptional(z.array(z.object({ operation: z.string(), ...measures }))),
});
export type Iteration = z.infer<typeof iteration>;

const summary = z.object({
  /** Formulas of the operations: one, or two with a task bit. */
  operations: z.array(z.string()),
  p: z.int(),
  /** Share of the table that trains. */
  fraction: z.number(),
  trainingPairs: z.int(),
  testPairs: z.int(),
  kernel: named,
  ridge: z.number(),
  seed: z.int(),
  ...computedOn,
  /**
   * With two operations, `circulantDeviation` is that of the first; `operations` has the measures of each.
   */
  iterations: z.array(iteration),
  /** First iteration with 100 % test accuracy; null if there is none. */
  grokked: z.nullable(z.int()),
  /** Why the run ended before its last iteration, if it did. */
  endedEarly: z.exactOptional(z.string()),
});
/**
 * What `grok --json` prints. The same settings on the same backend give the same numbers, the times apart.
 */
export type GrokkingSummary = z.infer<typeof summary>;

const operation = z.object({
  formula: z.string(),
  divides: z.boolean(),
  /**
   * The group in which the operation is addition, and what the metric's blocks are constant along in its
   * order.
   */
  structure: z.nullable(
    z.object({ group: z.enum(['additive', 'multiplicative']), block: z.enum(['circulant', 'hankel']) }),
  ),
  /** Share of the pairs that are right where one always gives the most frequent answer. */
  chance: z.number(),
  /** That answer; null where all are as frequent. */
  mostFrequent: z.nullable(z.int()),
});
export type OperationRecord = z.infer<typeof operation>;

/** A whole run: what it measured, and what its report draws. */
export const grokkingResult = z.object({
  ...resultHead('grokking', summary),
  operations: z.array(operation),
  /**
   * The metric that a fit made for the next one, row-major [columns, columns], at the iterations that are
   * shown.
   */
  metrics: z.array(z.object({ iteration: z.int(), data: z.array(z.number()) })),
  /** Length of an input row: 2p, or 2p + 1 with a task bit. */
  columns: z.int(),
  /** How much of the last machine is a Fourier multiplication algorithm; null where that is not defined. */
  fourierShare: z.nullable(z.number()),
});
export type GrokkingRunResult = z.infer<typeof grokkingResult>;

/** The measures of a run, whole or so far, with what is known of its operations. */
export interface Course {
  readonly p: number;
  readonly operations: readonly OperationRecord[];
  readonly iterations: readonly Iteration[];
}

/** The course of a whole run. */
export function courseOf({ summary: { p, iterations }, operations }: GrokkingRunResult): Course {
  return { p, iterations, operations };
}
