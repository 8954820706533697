import * as z from 'zod/mini';
import { computedOn } from '../experiment.ts';
import { resultHead } from '../result-head.ts';
import { calendar } from '../tabular/notation.ts';
import { heldOutImportances } from '../tabular/result.ts';

const label = z.union([z.string(), z.number()]);
const spread = { low: z.exactOptional(z.number()), high: z.exactOptional(z.number()) };

/** One line of a score board. */
export const score = z.object({
  /** As in code: `balancedAccuracy`. */
  name: z.string(),
  better: z.enum(['higher', 'lower']),
  /** Of the rows that chose the settings, by fits that had not seen them: a little too good. */
  validation: z.nullable(
    z.object({
      value: z.number(),
      /** Mean and standard deviation over the folds, where there are several. */
      folds: z.exactOptional(z.object({ mean: z.number(), deviation: z.number() })),
    }),
  ),
  /** Of the rows that chose nothing; between `low` and `high` 90 of 100 tests like it would lie. */
  test: z.nullable(z.object({ value: z.number(), ...spread })),
  /**
   * What a guess without features has on the test rows, else on those that chose: the mean of the training
   * rows, or the shares of their classes; for the F1 of one class that class.
   */
  guess: z.nullable(z.number()),
  /** Why there is no value, in a sentence, where the score says nothing of such targets. */
  omitted: z.exactOptional(z.string()),
});
/** One line of the score board. */
export type BoardRow = z.infer<typeof score>;

const trial = z.object({
  trial: z.int(),
  rung: z.int(),
  settings: z.string(),
  /** The best fit of it; null where none could be judged. */
  score: z.nullable(z.number()),
  fit: z.exactOptional(z.string()),
  rows: z.int(),
  seconds: z.number(),
  failure: z.exactOptional(z.string()),
});

const note = z.object({
  code: z.string(),
  column: z.exactOptional(z.string()),
  message: z.string(),
  option: z.exactOptional(z.string()),
});

/** What a fit measured. */
export const tableChoiceSummary = z.object({
  task: z.enum(['regression', 'classification']),
  table: z.string(),
  target: z.array(z.string()),
  rows: z.int(),
  trainingRows: z.int(),
  /** Rows that judged the choice, each by fits that had not seen it, and the folds they came in. */
  validationRows: z.int(),
  folds: z.int(),
  testRows: z.int(),
  /** Further rows of the file of test rows: the training rows have them, too, so they test nothing. */
  knownTestRows: z.exactOptional(z.int()),
  /** Columns of the table that are used. */
  columns: z.int(),
  classes: z.exactOptional(z.array(label)),
  ...computedOn,
  seed: z.int(),
  /** What chose the settings. */
  metric: z.string(),
  /** How targets of a regression are written, where some are dates or times of day: in their order. */
  calendars: z.exactOptional(z.array(z.nullable(calendar))),
  /** What a guess says: the means of the training rows, or the shares of their classes. */
  prior: z.exactOptional(z.array(z.number())),
  scores: z.array(score),
  /** The fits that are averaged. */
  members: z.array(
    z.object({ share: z.number(), settings: z.string(), fit: z.string(), leaves: z.int(), trees: z.int() }),
  ),
  history: z.array(trial),
  /** Whether time ran out before all that was to be tried was. */
  endedEarly: z.boolean(),
  /** Share of each column in the learned metrics; the sum is 1. */
  importances: z.array(z.object({ column: z.string(), importance: z.number() })),
  heldOutImportances: z.exactOptional(heldOutImportances),
  notes: z.array(note),
  leftOut: z.array(z.object({ column: z.string(), reason: z.string(), detail: z.string() })),
});
/** What `fit --json` prints. The same settings on the same backend give the same numbers, the times apart. */
export type TableChoiceSummary = z.infer<typeof tableChoiceSummary>;

const numbers = z.array(z.number());
const curve = z.object({ x: numbers, y: numbers });

/** What is drawn of predictions. */
export const evaluation = z.object({
  /** Whether the rows only test; else they chose the settings. */
  isTest: z.boolean(),
  /** Of rows that a saved model is judged on: whether it was fitted on them. */
  seen: z.exactOptional(z.enum(['none', 'all', 'not known'])),
  rows: z.int(),
  /** Rows that are too few for a curve of calibration. */
  tooFewToCalibrate: z.exactOptional(z.boolean()),
  /** Of classes: [true class][predicted class], sums of weights. */
  confusion: z.exactOptional(z.array(numbers)),
  classes: z.exactOptional(
    z.array(
      z.object({
        label,
        precision: z.nullable(z.number()),
        recall: z.nullable(z.number()),
        f1: z.nullable(z.number()),
        rows: z.number(),
      }),
    ),
  ),
  curves: z.exactOptional(
    z.array(
      z.object({
        label,
        roc: curve,
        auc: z.number(),
        precisionRecall: curve,
        averagePrecision: z.number(),
        share: z.number(),
      }),
    ),
  ),
  calibration: z.exactOptional(
    z.object({
      label: z.nullable(label),
      bins: z.array(z.object({ probability: z.number(), frequency: z.number(), rows: z.int() })),
      error: z.number(),
    }),
  ),
  residuals: z.exactOptional(
    z.array(
      z.object({
        target: z.string(),
        /** How it is written, where it is a date or a time of day. */
        calendar: z.exactOptional(calendar),
        actual: numbers,
        predicted: numbers,
        from: numbers,
        width: z.number(),
        counts: numbers,
        median: z.number(),
      }),
    ),
  ),
  /** Share of the rows whose intervals, or label sets, of level 0.9 hold the truth. */
  coverage: z.exactOptional(z.object({ level: z.number(), share: z.number(), size: z.number() })),
});
/** What is drawn of predictions whose truth is known. */
export type Evaluation = z.infer<typeof evaluation>;

const drawn = z.object({
  evaluation: z.nullable(evaluation),
  /** The metric of the fit with the largest share, [d, d] or weights [1, d]; null where it is too large. */
  metric: z.nullable(
    z.object({
      names: z.array(z.string()),
      shape: z.tuple([z.int(), z.int()]),
      data: numbers,
      of: z.string(),
    }),
  ),
  dependence: z.array(
    z.object({
      column: z.string(),
      /** The part of a date that is moved, where it is not the date. */
      part: z.exactOptional(z.enum(['month', 'weekday', 'hour'])),
      /** What of the date of each row stays where the date is moved. */
      kept: z.exactOptional(z.enum(['weekday', 'time'])),
      /** How the numbers are written, where they are dates or times of day. */
      calendar: z.exactOptional(calendar),
      at: z.union([numbers, z.array(z.string())]),
      /** Categories of the column, where only the most frequent ones are there. */
      categories: z.exactOptional(z.int()),
      /** Classes or targets of the model, where only some have a curve: the most frequent, or the first. */
      outputs: z.exactOptional(z.int()),
      curves: z.array(z.object({ label: z.string(), y: numbers })),
    }),
  ),
  /** Where rows of the dependence are training rows: why, in a sentence. */
  dependenceRows: z.exactOptional(z.string()),
  /** The tree of the fit with the largest share; none where it is one leaf. */
  tree: z.array(z.string()),
});
/** What a report draws. */
export type Drawn = z.infer<typeof drawn>;

/** A whole fit: what it measured, and what its report draws. */
export const tableChoiceResult = z.object({
  ...resultHead('table-choice', tableChoiceSummary),
  /** Null where it was not asked for. */
  drawn: z.nullable(drawn),
});
export type TableChoiceResult = z.infer<typeof tableChoiceResult>;
