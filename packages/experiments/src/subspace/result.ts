import * as z from 'zod/mini';
import { computedOn } from '../experiment.ts';
import { resultHead } from '../result-head.ts';
import { calendar } from '../tabular/notation.ts';

const direction = z.object({
  /** Its weight; the unit is that of the method. */
  eigenvalue: z.number(),
  /** What one standard deviation of each feature moves the coordinate by, largest first. */
  loadings: z.array(z.object({ feature: z.string(), loading: z.number() })),
});

const selection = z.object({
  rule: z.enum(['gap', 'crossValidation', 'permutation']),
  /** The dimension that the rule found; 0 where it found no direction, and one is shown anyhow. */
  found: z.int(),
  /** One for each dimension from `first` on: see `DimensionSelection`. */
  scores: z.array(z.number()),
  first: z.int(),
});

const summary = z.object({
  task: z.enum(['regression', 'classification']),
  table: z.string(),
  target: z.array(z.string()),
  /** How targets are written, where some are dates or times of day: in their order. */
  calendars: z.exactOptional(z.array(z.nullable(calendar))),
  rows: z.int(),
  trainingRows: z.int(),
  heldOutRows: z.int(),
  /** Columns of the feature matrix. */
  features: z.int(),
  classes: z.exactOptional(z.array(z.union([z.string(), z.number()]))),
  ...computedOn,
  method: z.string(),
  seed: z.int(),
  dimension: z.int(),
  /** How the dimension was chosen; left out where it was given. */
  selection: z.exactOptional(selection),
  directions: z.array(direction),
  /** All eigenvalues that the method has, in descending order. */
  eigenvalues: z.array(z.number()),
  /**
   * R², or accuracy, of local linear regression on the directions for the held-out rows, and of a guess
   * without features; only where rows are held out.
   */
  score: z.exactOptional(
    z.object({ measure: z.enum(['r2', 'accuracy']), value: z.number(), guess: z.number() }),
  ),
  notes: z.exactOptional(
    z.array(
      z.object({
        code: z.string(),
        column: z.exactOptional(z.string()),
        message: z.string(),
        option: z.exactOptional(z.string()),
      }),
    ),
  ),
  leftOut: z.array(z.object({ column: z.string(), reason: z.string(), detail: z.string() })),
});
/**
 * What `subspace --json` prints. The same settings on the same backend give the same numbers, but the time.
 */
export type SubspaceSummary = z.infer<typeof summary>;

/** A whole search: what it found, and what its report draws. */
export const subspaceResult = z.object({
  ...resultHead('subspace', summary),
  /**
   * Some training rows: coordinates along each direction, the target, and what local regression makes of it.
   */
  points: z.object({
    /** A list for each direction. */
    coordinates: z.array(z.array(z.number())),
    /** The first target, or the number of the class. */
    target: z.array(z.number()),
  }),
});
export type SubspaceResult = z.infer<typeof subspaceResult>;
