import type { CsvCell, TableNote } from '@agop/data';
import type { OutsideRows } from '@agop/experiments/table-choice';
import { formatNumber, formatPercent } from '@agop/report';
import type { Context } from '../command.ts';
import type { PredictOptions } from './predict-options.ts';
import { predictionFile } from './prediction-file.ts';

/** What is known where predictions can be scored. */
const known = {
  rows: 'rows, whose target is known',
  images: 'images, whose classes are known',
} as const;

/** How good predictions are. */
export interface PredictionScore {
  readonly metric: 'accuracy' | 'r2';
  readonly value: number;
}

/** Predictions as a table. */
export interface Predictions {
  readonly task: 'regression' | 'classification';
  /** What was predicted. */
  readonly target: readonly string[];
  readonly header: readonly string[];
  readonly rows: readonly (readonly CsvCell[])[];
  /** How good they are, where the truth is known. */
  readonly score: PredictionScore | undefined;
  /** Rows that the model was fitted on, and the score of the others. */
  readonly fitted?: { readonly rows: number; readonly others?: PredictionScore };
  /** Rows that lie outside of what the model was fitted on. */
  readonly outside?: OutsideRows;
  /** What was guessed of the table. */
  readonly notes?: readonly TableNote[];
  /** What has been predicted, in words. */
  readonly of: keyof typeof known;
}

/** Classes as {@link Predictions}, with estimates of their probabilities if there are any. */
export function classPredictions(
  labels: readonly CsvCell[],
  name: string,
  truth: ArrayLike<CsvCell> | undefined,
  of: Predictions['of'],
  probabilities?: { readonly classes: readonly CsvCell[]; readonly values: Float64Array },
): Predictions {
  const { classes = [], values = new Float64Array() } = probabilities ?? {};
  return {
    task: 'classification',
    target: [name],
    header: [name, ...classes.map((label) => `p(${label})`)],
    rows: labels.map((label, row) => [
      label,
      ...values.subarray(row * classes.length, (row + 1) * classes.length),
    ]),
    score: truth && accuracyOf(labels, truth),
    of,
  };
}

/** Share of labels that are right. */
export function accuracyOf(labels: readonly CsvCell[], truth: ArrayLike<CsvCell>): PredictionScore {
  const hits = labels.filter((label, row) => label === truth[row]).length;
  return { metric: 'accuracy', value: hits / labels.length };
}

/** Writes predictions to `--output`, or as CSV to standard output, and says how good they are. */
export async function tellPredictions(
  { task, target, header, rows, score, fitted, outside, of, notes = [] }: Predictions,
  { output, json, spreadsheetSafe: isSafe }: PredictOptions,
  context: Context,
): Promise<void> {
  const content = predictionFile({ header, rows }, output, isSafe);
  if (output !== undefined) await context.writeFile(output, content);
  else if (!json && typeof content === 'string') context.write(content);
  if (score !== undefined) {
    const text = `${scoreText(score)} on these ${rows.length} ${known[of]}`;
    context.note(fitted === undefined ? text : `${text}; ${fittedText(fitted, rows.length)}`);
  }
  context.json({
    task,
    target,
    rows: rows.length,
    columns: header,
    ...(output === undefined ? { predictions: rows } : { output }),
    ...(score !== undefined && { score }),
    ...(fitted !== undefined && { fitted }),
    ...(outside !== undefined && { outside }),
    ...(notes.length > 0 && {
      notes: notes.map(({ message, ...note }) => ({ ...note, message: context.say(message) })),
    }),
  });
}

function scoreText({ metric, value }: PredictionScore): string {
  return metric === 'accuracy' ? `accuracy ${formatPercent(value)}` : `R² ${formatNumber(value)}`;
}

function fittedText({ rows, others }: NonNullable<Predictions['fitted']>, all: number): string {
  const known = 'the model was fitted on, which says nothing of new ones';
  if (rows === all) return `all of them are rows that ${known}`;
  const rest = others === undefined ? '' : `. On the other ${all - rows}: ${scoreText(others)}`;
  return `${rows} of them are rows that ${known}${rest}`;
}
