import * as z from 'zod/mini';
import { computedOn, named } from '../experiment.ts';
import { resultHead } from '../result-head.ts';
import { picture } from '../result-picture.ts';

/** One fit: the fixed kernel, then an update of the patch metric each. */
const round = z.object({
  /** Feature layers below. */
  layer: z.int(),
  /** 0 is the fixed kernel. */
  iteration: z.int(),
  /** The ridge that validation chose. Null in the means over seeds that chose different ones. */
  ridge: z.nullable(z.number()),
  /**
   * Share of test images with the right label; of validation images where there are no test images; null
   * where there are neither. Over all seeds: the mean.
   */
  accuracy: z.nullable(z.number()),
  /** Mean over the same images of the squared error summed over classes; null where there are none. */
  mse: z.nullable(z.number()),
  /** Standard deviation over the seeds. */
  accuracyDeviation: z.exactOptional(z.number()),
  validation: z.exactOptional(z.object({ accuracy: z.number(), mse: z.number() })),
});
export type FiltersRound = z.infer<typeof round>;

/** A run with one seed. */
export const seedRun = z.object({
  seed: z.int(),
  rounds: z.array(round),
  /** Index of the round that was kept: best on validation data, else the last one. */
  best: z.int(),
  seconds: z.number(),
});
export type SeedRun = z.infer<typeof seedRun>;

const summary = z.object({
  data: z.string(),
  trainingImages: z.int(),
  validationImages: z.int(),
  testImages: z.int(),
  /** Whether the test images were held out of the training files, as a folder had no others. */
  testHeldOut: z.boolean(),
  image: z.object({ height: z.int(), width: z.int(), channels: z.int() }),
  classes: z.int(),
  kernel: named,
  ridges: z.array(z.number()),
  iterations: z.int(),
  featureLayers: z.int(),
  ...computedOn,
  /** Of one kernel matrix of the training images. */
  cost: z.looseObject({ pairPositions: z.number(), bytes: z.number() }),
  /** Of the first run, or the means over all runs. */
  rounds: z.array(round),
  runs: z.array(seedRun),
});
/**
 * What `conv --json` prints. The same settings on the same backend give the same numbers, the times apart.
 */
export type FiltersSummary = z.infer<typeof summary>;

export type SavedPicture = z.infer<typeof picture>;

const roundFilters = z.object({
  iteration: z.int(),
  patchSize: z.int(),
  /** Eigenvalues of the patch metric as shares of their sum, descending. */
  spectrum: z.array(z.number()),
  /** The leading eigenvectors, with their shares. */
  filters: z.array(z.extend(picture, { share: z.number() })),
});
/** Filters of a round, the leading ones first. */
export type RoundFilters = z.infer<typeof roundFilters>;

/** An image, and what the last metric makes of it. */
const view = z.object({ label: z.int(), image: picture, strength: picture, seen: picture });
export type ImageView = z.infer<typeof view>;

/** A whole run: what it measured, and what its report draws. */
export const filtersResult = z.object({
  ...resultHead('filters', summary),
  /**
   * Of each round without feature layers; empty where nothing was learned, or pictures were not asked for.
   */
  filters: z.array(roundFilters),
  views: z.array(view),
});
export type FiltersRunResult = z.infer<typeof filtersResult>;
