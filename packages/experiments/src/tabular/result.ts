import * as z from 'zod/mini';
import { computedOn, fitWarnings, named } from '../experiment.ts';
import { resultHead } from '../result-head.ts';

const iteration = z.object({
  iteration: z.int(),
  metric: z.enum(['accuracy', 'balancedAccuracy', 'brier', 'logLoss', 'mse', 'mae']),
  /** Null without held-out rows. */
  value: z.nullable(z.number()),
});

export const heldOutImportances = z.object({
  /** `brier`: of the probabilities, where less is better; a drop is what it grows. */
  measure: z.enum(['accuracy', 'brier', 'r2']),
  /** Of the held-out rows that were used, as they are. */
  score: z.number(),
  /** Held-out rows that were used. */
  rows: z.int(),
  /**
   * How far the score drops where a column is permuted among them: mean and standard deviation over the
   * permutations, largest first. Of the columns with the largest shares of the metric.
   */
  columns: z.array(z.object({ column: z.string(), drop: z.number(), deviation: z.number() })),
});
export type HeldOutImportances = z.infer<typeof heldOutImportances>;

const summary = z.object({
  task: z.enum(['regression', 'classification']),
  table: z.string(),
  target: z.array(z.string()),
  rows: z.int(),
  trainingRows: z.int(),
  heldOutRows: z.int(),
  /** Columns of the feature matrix. */
  features: z.int(),
  /** Classes of a classification, in the order of the model's outputs. */
  classes: z.exactOptional(z.array(z.union([z.string(), z.number()]))),
  ...computedOn,
  kernel: named,
  ridge: z.number(),
  seed: z.int(),
  iterations: z.array(iteration),
  /** The iteration that was kept. */
  best: iteration,
  /**
   * Share of each column of the table in the diagonal of the metric, in the order of the table; the sum is 1.
   * It follows whatever the fit interpolates, noise included: see `heldOutImportances`.
   */
  importances: z.array(z.object({ column: z.string(), importance: z.number() })),
  /** What predictions of held-out rows rest on; only where there are some. */
  heldOutImportances: z.exactOptional(heldOutImportances),
  /**
   * What a guess without features would have: the most frequent class, or the mean, of the training rows;
   * their shares of the classes where probabilities are judged.
   */
  baseline: z.exactOptional(z.number()),
  /** Where balanced accuracy chooses: what one in twenty of them is above the guess by chance. */
  balancedChance: z.exactOptional(z.number()),
  /**
   * Of held-out rows most of which have one class: the mean over classes of the share that is found (a guess
   * has 1 / classes), the area under the ROC curve, and the Brier score beside that of the shares of the
   * classes, with the gain that one in twenty has by chance.
   */
  imbalance: z.exactOptional(
    z.object({
      share: z.number(),
      balancedAccuracy: z.number(),
      auc: z.number(),
      /** What one in twenty areas is above 0.5 by chance; of two classes. */
      aucChance: z.exactOptional(z.number()),
      brier: z.exactOptional(z.object({ value: z.number(), guess: z.number(), chance: z.number() })),
    }),
  ),
  /** What a guess says: the means of the training rows, or the shares of their classes. */
  prior: z.exactOptional(z.array(z.number())),
  /** What was guessed of the table, and the option that changes it. */
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
  /** Where the fit went on otherwise than asked. */
  warnings: fitWarnings,
});
/** What `fit --json` prints. The same settings on the same backend give the same numbers, the times apart. */
export type TabularSummary = z.infer<typeof summary>;

const grid = z.object({
  height: z.int(),
  width: z.int(),
  /** Column of the table at each pixel, row by row. */
  columns: z.array(z.string()),
});
/** Columns that are the pixels of an image, by their names. */
export type PixelGrid = z.infer<typeof grid>;

const features = z.object({
  names: z.array(z.string()),
  /** The learned metric: full [d, d] or weights [1, d], row-major. */
  metric: z.object({ shape: z.tuple([z.int(), z.int()]), data: z.array(z.number()) }),
  /** Of a full metric that is not too large, the largest eigenvalue first. */
  directions: z.nullable(
    z.object({
      values: z.array(z.number()),
      /** The first eigenvectors as pictures, where the columns are pixels. */
      pictures: z.array(z.array(z.number())),
    }),
  ),
});
export type TabularFeatures = z.infer<typeof features>;

/** A whole fit: what it measured, and what its report draws. */
export const tabularResult = z.object({
  ...resultHead('tabular', summary),
  /** Variance of the held-out targets; null for a classification, and without held-out rows. */
  variance: z.nullable(z.number()),
  /** Null where the columns are no pixels. */
  grid: z.nullable(grid),
  /** Null where they were not asked for. */
  features: z.nullable(features),
});
export type TabularResult = z.infer<typeof tabularResult>;
