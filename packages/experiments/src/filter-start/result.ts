import * as z from 'zod/mini';
import { computedOn } from '../experiment.ts';
import { resultHead } from '../result-head.ts';
import { labeledPicture } from '../result-picture.ts';

/** How filters start: independent normal numbers, or normal ones with the covariance of a matrix. */
export const starts = ['random', 'patch covariance', 'patch AGOP'] as const;
/** What is trained: the readout alone, or the filters as well. */
export const trainings = ['readout', 'all'] as const;

const curve = z.object({
  start: z.enum(starts),
  training: z.enum(trainings),
  seed: z.int(),
  /** Test accuracy after each epoch. */
  accuracy: z.array(z.number()),
});
/** One training. */
export const startCurve = curve;
export type StartCurve = z.infer<typeof curve>;

/** Some filters before training. */
export const startFilters = z.array(labeledPicture);

const summary = z.object({
  images: z.string(),
  samples: z.int(),
  testSamples: z.int(),
  agopSamples: z.int(),
  iterations: z.int(),
  patchSize: z.int(),
  filters: z.int(),
  /** Root of the mean square of the filters before training. */
  deviation: z.optional(z.number()),
  epochs: z.int(),
  learningRate: z.number(),
  seeds: z.array(z.int()),
  curves: z.array(curve),
  ...computedOn,
});
/** What `nfa --task filter-start --json` prints. */
export type FilterStartSummary = z.infer<typeof summary>;

/** A whole run. */
export const filterStartResult = z.object({
  ...resultHead('filter-start', summary),
  /** Some filters of each kind before training, of the first seed. */
  filters: startFilters,
});
export type FilterStartResult = z.infer<typeof filterStartResult>;
