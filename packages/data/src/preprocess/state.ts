import { FormatError } from '@agop/core';
import * as z from 'zod/mini';
import type { DatePart } from '../cells/dates.ts';
import type { Notation } from '../table/table.ts';

// What a fitted preprocessor knows, as it is written into model files. A change of meaning needs a new
// version.

const notations = [
  'decimal comma',
  'clock',
  'date YMD',
  'date DMY',
  'date MDY',
] as const satisfies Notation[];
const datePartNames = ['days', 'month', 'weekday', 'hour'] as const satisfies DatePart[];

const finite = z.number();
const positive = z.number().check(z.positive());

/** The least and the largest of the training cells, and how many there were. */
const range = z.object({ from: finite, to: finite, cells: z.int().check(z.positive()) });

const numericEncoder = z.object({
  kind: z.literal('numeric'),
  column: z.string(),
  /** Mean of the training rows: it stands in for missing cells. */
  mean: finite,
  /** An encoded number is (number - shift) / scale. */
  shift: finite,
  scale: positive,
  /** How many training cells were missing. */
  missing: z.int().check(z.nonnegative()),
  /** Files of earlier versions lack it. */
  range: z.exactOptional(range),
  notation: z.exactOptional(z.enum(notations)),
  /** A monotone map, by ranks, that goes before shift and scale; then `mean` is that of mapped numbers. */
  knots: z.exactOptional(
    z
      .object({ at: z.array(finite).check(z.minLength(2)), to: z.array(finite) })
      .check(z.refine(({ at, to }) => at.length === to.length, 'one value per point')),
  ),
  /** Whether a second output column tells missing cells. */
  missingColumn: z.exactOptional(z.boolean()),
});

const dateEncoder = z.object({
  kind: z.literal('date'),
  column: z.string(),
  notation: z.enum(notations),
  /** Features of the date, one output column each, encoded as numbers are. */
  parts: z
    .array(z.object({ part: z.enum(datePartNames), mean: finite, shift: finite, scale: positive }))
    .check(z.minLength(1)),
  missing: z.int().check(z.nonnegative()),
  /** In days since 1970-01-01. Files of earlier versions lack it. */
  range: z.exactOptional(range),
});

const categoricalEncoder = z.object({
  kind: z.literal('categorical'),
  column: z.string(),
  /** Known values in ascending order; one output column each. */
  categories: z.array(z.string()).check(z.minLength(1)),
  /** Share of each category among the training rows that have one. Sums to 1. */
  frequencies: z.array(finite),
  /** Whether missing cells have an output column of their own, the last one of the block. */
  missingColumn: z.boolean(),
  missing: z.int().check(z.nonnegative()),
  /** Share of all other categories, which have one output column together, after those of the known. */
  otherShare: z.exactOptional(z.number().check(z.nonnegative())),
  /** Whether texts that differ in capital letters or blanks alone are one category. */
  anySpelling: z.exactOptional(z.boolean()),
});

const ordinalEncoder = z.object({
  kind: z.literal('ordinal'),
  column: z.string(),
  /** Known values in their order; the code of each is its place. */
  categories: z.array(z.string()).check(z.minLength(1)),
  /** An encoded value is (code - shift) / scale; missing and unknown ones are 0. */
  shift: finite,
  scale: positive,
  missing: z.int().check(z.nonnegative()),
  /** Whether codes stand as they are: those after the last for missing cells, -1 for unknown categories. */
  asCodes: z.exactOptional(z.boolean()),
  anySpelling: z.exactOptional(z.boolean()),
});

const leftOut = z.object({
  column: z.string(),
  reason: z.enum(['constant', 'empty', 'too many categories', 'ignored', 'identifier']),
  /** A sentence for people. */
  detail: z.string(),
});

const regressionTarget = z.object({
  task: z.literal('regression'),
  columns: z.array(z.string()).check(z.minLength(1)),
  /** How the numbers were written, in the order of the columns; null for a decimal point. */
  notations: z.exactOptional(z.array(z.nullable(z.enum(notations)))),
  /** Whether all dates of a column were days without a time. */
  wholeDays: z.exactOptional(z.array(z.boolean())),
});

const classificationTarget = z.object({
  task: z.literal('classification'),
  column: z.string(),
  /** Kind of the column, and so the type of its labels: numbers or texts. */
  labels: z.enum(['numeric', 'categorical']),
  /** Labels among the texts that mean "missing" elsewhere. */
  kept: z.exactOptional(z.array(z.string())),
  /** Classes by their words, of labels that may be spelt in several ways. */
  spellings: z.exactOptional(z.array(z.tuple([z.string(), z.string()]))),
});

const stateSchema = z
  .object({
    format: z.literal('agop-preprocessor'),
    version: z.literal(1),
    /** All columns of the table that could be features, in its order. */
    columns: z.array(z.string()).check(z.minLength(1)),
    encoders: z
      .array(z.discriminatedUnion('kind', [numericEncoder, dateEncoder, categoricalEncoder, ordinalEncoder]))
      .check(z.minLength(1)),
    leftOut: z.array(leftOut),
    unknownCategories: z.enum(['error', 'ignore']),
    target: z.discriminatedUnion('task', [regressionTarget, classificationTarget]),
  })
  .check(
    z.refine(
      ({ encoders }) =>
        encoders.every((e) => e.kind !== 'categorical' || e.frequencies.length === e.categories.length),
      'one frequency per category',
    ),
  );

/** How a column of numbers becomes one column of the feature matrix. */
export type NumericEncoder = z.infer<typeof numericEncoder>;
/** How a column of dates becomes numbers: days since 1970, the month, the weekday, the hour. */
export type DateEncoder = z.infer<typeof dateEncoder>;
/** How a column of texts becomes one column of the feature matrix for each category. */
export type CategoricalEncoder = z.infer<typeof categoricalEncoder>;
/** How a column of texts becomes one column of codes. */
export type OrdinalEncoder = z.infer<typeof ordinalEncoder>;
/** What numbers of training rows lie between. */
export type NumberRange = z.infer<typeof range>;
/** What was learned of one column, by its kind. */
export type Encoder = NumericEncoder | DateEncoder | CategoricalEncoder | OrdinalEncoder;
/** A column that gives no features, and why. */
export type LeftOutColumn = z.infer<typeof leftOut>;
/** Columns and kind of the target. */
export type TargetState = z.infer<typeof stateSchema>['target'];
/** Everything a fitted {@link TablePreprocessor} knows, as plain JSON. */
export type PreprocessorState = z.infer<typeof stateSchema>;

/**
 * Checks JSON that was read back.
 *
 * @throws {FormatError} if it is not the state of a preprocessor
 */
export function parseState(json: unknown): PreprocessorState {
  const result = stateSchema.safeParse(json);
  if (result.success) return result.data;
  throw new FormatError(`The preprocessing of this model cannot be read:\n${z.prettifyError(result.error)}`, {
    cause: result.error,
  });
}
