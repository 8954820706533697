import { say } from '@agop/core';
import { type Label, type Table, type TablePreprocessor, takeRows } from '@agop/data';
import { type Block, block, formatPercent, type PageOptions } from '@agop/report';
import { terminalStyle } from '@agop/report/terminal';
import * as z from 'zod/mini';
import { calendar, targetCalendars, unitOf } from '../tabular/notation.ts';
import { filled } from '../tabular/text.ts';
import { boardOf, priorOf } from './board.ts';
import { evaluationOf } from './drawn.ts';
import { classQualities, confusionOf, type Judged, pickRows } from './evaluation.ts';
import { judgedRows } from './judged-rows.ts';
import { type Outside, outsideNotes, outsideReasons, outsideRows } from './outside.ts';
import { type BoardRow, type Evaluation, evaluation, score } from './result.ts';
import {
  guessText,
  omittedTexts,
  rangeText,
  type ScoreOf,
  scoreMeaning,
  scoreName,
  scoreText,
  testText,
} from './score-words.ts';
import { calibrationSection } from './sections/calibration.ts';
import { confusionSection } from './sections/confusion.ts';
import { residualsSection } from './sections/residuals.ts';
import { thresholdSection } from './sections/thresholds.ts';

/** A model that is judged: of classes, or of numbers. */
export interface JudgedModel {
  readonly classes?: readonly Label[];
  /** Values, or probabilities, of the rows of a table: [rows, outputs], row-major. */
  outputs(table: Table): Promise<ArrayLike<number>>;
  /** What of the rows is outside of what the model was fitted on, where it can tell. */
  extrapolation?(table: Table): Promise<Outside>;
  /** Which rows the model was fitted on, where it can tell. */
  fittedOn?(table: Table): Promise<readonly boolean[] | undefined>;
  /** What a guess says: the means of the training rows, or the shares of their classes, where it is known. */
  readonly prior?: readonly number[] | undefined;
  /** How many intervals or label sets hold the truth, of a model that has them. */
  coverage?(judged: Judged, table: Table): Promise<z.infer<typeof evaluation>['coverage']>;
}

/** What is judged, and on which rows. */
export interface EvaluateParts {
  readonly model: JudgedModel;
  readonly table: Table;
  /** Of the model: it reads the truth. */
  readonly preprocessor: TablePreprocessor;
  /** Column that says how much each row counts. */
  readonly weights?: string | undefined;
  /** For people. */
  readonly names: { readonly model: string; readonly table: string };
}

const summary = z.object({
  task: z.enum(['regression', 'classification']),
  model: z.string(),
  table: z.string(),
  target: z.array(z.string()),
  rows: z.int(),
  /** Rows of classes that the model does not know: they count as wrong for the accuracy alone. */
  unknownClasses: z.int(),
  weights: z.exactOptional(z.string()),
  /** Rows outside of what the model was fitted on, where there are some: how many, and why. */
  outside: z.exactOptional(z.object({ rows: z.int(), far: z.nullable(z.int()), message: z.string() })),
  /** How targets are written, where some are dates or times of day: in their order. */
  calendars: z.exactOptional(z.array(z.nullable(calendar))),
  /** Rows whose mean, or shares of the classes, a guess says: old models do not keep theirs. */
  guessOf: z.enum(['training rows', 'these rows']),
  /** `test`: the scores of these rows; `guess`: those of the mean, or of the shares of the classes. */
  scores: z.array(score),
  /** Rows that the model was fitted on, which say nothing of new ones, and the scores of the others. */
  fitted: z.exactOptional(z.object({ rows: z.int(), others: z.array(score) })),
  /** As all below of rows that the model was not fitted on, where there are some, else of all. */
  confusion: z.exactOptional(evaluation.shape.confusion),
  classes: z.exactOptional(evaluation.shape.classes),
  coverage: z.exactOptional(evaluation.shape.coverage),
});
/** What `evaluate --json` prints. */
export type EvaluationSummary = z.infer<typeof summary>;

/** A model that was judged. */
export interface Evaluated {
  readonly summary: EvaluationSummary;
  /** Rows that the model was not fitted on, where there are some, else all. */
  readonly judged: Judged;
  /** Whether the model was fitted on them. */
  readonly seen: NonNullable<Evaluation['seen']>;
  readonly labels: readonly Label[];
}

/**
 * Judges a model on rows whose truth is known: all scores, beside those of a guess.
 *
 * @throws {ValueError} for columns that are missing, and for weights that are none
 */
export async function evaluate({
  model,
  table,
  preprocessor,
  weights,
  names,
}: EvaluateParts): Promise<Evaluated> {
  const whole = judgedRows(model.classes, table, preprocessor, await model.outputs(table), weights);
  const labels = model.classes ?? [];
  const actual = Array.from(whole.actual);
  const calendars = whole.task === 'regression' ? targetCalendars(preprocessor) : [];
  const prior = model.prior?.length === whole.outputs ? model.prior : priorOf(whole);
  const boardFor = (some: Judged): BoardRow[] =>
    boardOf({ validation: undefined, folds: [], test: some, prior, calendars, seed: 0 });
  const outside = model.extrapolation && outsideOf(await model.extrapolation(table), table.rows);
  const told = await model.fittedOn?.(table);
  const isFitted = told ?? [];
  const others = Int32Array.from(isFitted.flatMap((one, row) => (one ? [] : [row])));
  const fittedRows = isFitted.length - others.length;
  const isPart = fittedRows > 0 && others.length > 0;
  const judged = isPart ? pickRows(whole, others) : whole;
  const coverage = await model.coverage?.(judged, isPart ? takeRows(table, others) : table);
  const confusion = judged.task === 'classification' ? confusionOf(judged) : undefined;
  return {
    judged,
    seen: told === undefined ? 'not known' : others.length > 0 ? 'none' : 'all',
    labels,
    summary: {
      task: judged.task,
      model: names.model,
      table: names.table,
      target: [...preprocessor.targetNames],
      rows: table.rows,
      unknownClasses: whole.task === 'classification' ? actual.filter((index) => index < 0).length : 0,
      ...(weights !== undefined && { weights }),
      ...(outside && { outside }),
      ...(calendars.some((one) => one !== null) && { calendars }),
      guessOf: prior === model.prior ? 'training rows' : 'these rows',
      scores: boardFor(whole),
      ...(fittedRows > 0 && {
        fitted: {
          rows: fittedRows,
          others: isPart ? boardFor(judged) : [],
        },
      }),
      ...(confusion && { confusion, classes: classQualities(confusion, labels) }),
      ...(coverage && { coverage }),
    },
  };
}

function outsideOf(outside: Outside, all: number): EvaluationSummary['outside'] {
  const { rows, far, ...others } = outsideRows(outside, outsideReasons(outside, all));
  const [note] = outsideNotes({ rows, far, ...others }, all, 'rows', [
    'The scores say how well. agop predict --outside says which.',
  ]);
  return note && { rows, far, message: say(note.message) };
}

/** An evaluation as lines of a terminal. */
export function evaluationText(
  own: EvaluationSummary,
  { color, columns }: { readonly color: boolean; readonly columns: number },
): string[] {
  const style = terminalStyle(color);
  const {
    model,
    table,
    task,
    target,
    rows,
    confusion,
    classes = [],
    coverage,
    weights,
    unknownClasses,
  } = own;
  const { header, rows: cells } = boardCells(own);
  const of = othersText(own);
  return [
    style.bold(`${model} on ${table}: ${task} of ${target.join(', ')}`),
    `${rows} rows${weights === undefined ? '' : `, weighted by ${weights}`}`,
    ...(unknownClasses > 0
      ? [
          `${unknownClasses} of them have classes that the model does not know: they count as wrong for the accuracy alone`,
        ]
      : []),
    ...(own.fitted ? [fittedText(own.fitted.rows, rows)] : []),
    ...(own.outside ? [own.outside.message] : []),
    '',
    ...columnsText(style.dim, header, cells),
    '',
    ...filled([guessOfText(own), ...omittedTexts(shownScores(own))].join(' '), columns - 2),
    ...(confusion && classes.length <= 12
      ? [
          '',
          style.bold(`True classes (lines) and what they were taken for (columns)${of && `, of ${of}`}`),
          ...columnsText(
            style.dim,
            ['', ...classes.map(({ label }) => String(label))],
            confusion.map((counts, at) => [
              String(classes[at]?.label ?? ''),
              ...counts.map((count) => scoreText('', count)),
            ]),
          ),
        ]
      : []),
    ...(classes.length > 0
      ? [
          '',
          style.bold(`Classes${of && `, of ${of}`}`),
          ...columnsText(
            style.dim,
            ['', 'precision', 'recall', 'F1', 'rows'],
            classes.map(({ label, precision, recall, f1, rows: count }) => [
              String(label),
              ...[precision, recall, f1].map((share) => (share === null ? '–' : formatPercent(share))),
              scoreText('', count),
            ]),
          ),
        ]
      : []),
    ...(coverage ? ['', coverageText(own, coverage, of || 'the rows')] : []),
  ];
}

/** The scores: of all rows, and of those that the model was not fitted on. */
function boardCells(own: EvaluationSummary): {
  readonly header: readonly string[];
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
} {
  const { scores } = own;
  const others = othersText(own);
  const hasOthers = others !== '';
  const shown = shownScores(own).filter(({ omitted }) => omitted === undefined);
  const ofAll = new Map(scores.map((row) => [row.name, row]));
  return {
    header: ['', ...(hasOthers ? ['all rows', others] : ['score']), '90 % of such tests', 'a guess'],
    names: shown.map(({ name }) => name),
    rows: shown.map((row) => [
      scoreName(row.name, scoreOfParts(own)),
      ...(hasOthers ? [testText(ofAll.get(row.name) ?? row)] : []),
      testText(row),
      rangeText(row),
      row.guess === null ? '–' : scoreText(row.name, row.guess),
    ]),
  };
}

/** The scores of the rows that the model was not fitted on, where there are some, else of all. */
function shownScores(own: EvaluationSummary): readonly BoardRow[] {
  return othersText(own) === '' ? own.scores : (own.fitted?.others ?? []);
}

function scoreOfParts({ classes, calendars }: EvaluationSummary): ScoreOf {
  return { classes: classes?.map(({ label }) => label), calendars };
}

/** What the guess is that scores stand beside. */
function guessOfText({ task, guessOf }: EvaluationSummary): string {
  if (guessOf === 'training rows') return guessText(task);
  const what = task === 'regression' ? 'mean' : 'shares of the classes';
  return `A guess knows the ${what} of these rows: the model does not say those of its training rows.`;
}

/** The rows that the model was not fitted on, where it was fitted on others; else nothing. */
function othersText({ fitted, rows }: EvaluationSummary): string {
  if (fitted === undefined || fitted.others.length === 0) return '';
  const count = rows - fitted.rows;
  return count === 1 ? 'the other one' : `the ${count} others`;
}

function fittedText(fitted: number, rows: number): string {
  const which = fitted === rows ? 'all of them are' : `${fitted} of them are`;
  return `${which} rows that the model was fitted on, which says nothing of new ones`;
}

function coverageText(
  { task, calendars = [] }: EvaluationSummary,
  { level, share, size }: NonNullable<EvaluationSummary['coverage']>,
  of: string,
): string {
  const unit = unitOf(calendars);
  const what =
    task === 'regression'
      ? `intervals (${scoreText('', size)}${unit === undefined ? '' : ` ${unit}`} wide on average)`
      : `sets of labels (${size.toFixed(2)} labels on average)`;
  return `The ${what} for ${formatPercent(level)} hold the truth in ${formatPercent(share)} of ${of}.`;
}

/** Cells below each other, the first column to the left. */
function columnsText(
  dim: (text: string) => string,
  header: readonly string[],
  rows: readonly (readonly string[])[],
): string[] {
  const widths = header.map((name, k) => Math.max(name.length, ...rows.map((row) => (row[k] ?? '').length)));
  const line = (cells: readonly string[]): string =>
    `  ${cells.map((cell, k) => (k === 0 ? cell.padEnd(widths[k] ?? 0) : cell.padStart(widths[k] ?? 0))).join('  ')}`;
  return [dim(line(header)), ...rows.map(line)];
}

/** The report of an evaluation. */
export async function evaluationPage({
  summary: own,
  judged,
  seen,
  labels,
}: Evaluated): Promise<PageOptions> {
  const drawn = {
    ...evaluationOf(judged, {
      isTest: true,
      seen,
      labels,
      targets: own.target,
      calendars: own.calendars ?? [],
    }),
    ...(own.coverage && { coverage: own.coverage }),
  };
  const of = othersText(own);
  const sections = await Promise.all([
    residualsSection(drawn),
    confusionSection(drawn),
    thresholdSection(drawn),
    calibrationSection(drawn),
  ]);
  return {
    title: `${own.target.join(', ')} of ${own.table}, predicted by ${own.model}`,
    subtitle: `How good the model is on ${own.rows} rows whose truth is known${of && `, and on ${of}, which it was not fitted on`}`,
    sections: [
      { heading: 'How good is it?', blocks: boardBlocks(own) },
      ...sections.flatMap((one) => one ?? []),
    ],
    footer: 'Made with agop.',
  };
}

function boardBlocks(own: EvaluationSummary): Block[] {
  const { header, names, rows } = boardCells(own);
  const better = new Map(own.scores.map((row) => [row.name, row.better]));
  return [
    ...(own.fitted ? [block.text(`Of ${own.rows} rows, ${fittedText(own.fitted.rows, own.rows)}.`)] : []),
    ...(own.outside ? [block.text(own.outside.message)] : []),
    block.table({
      caption: 'All scores',
      header: ['score', ...header.slice(1), 'what it means'],
      rows: names.map((name, at) => [
        ...(rows[at] ?? []),
        `${scoreMeaning(name, scoreOfParts(own))} (${better.get(name) === 'higher' ? 'more' : 'less'} is better)`,
      ]),
    }),
    block.text([guessOfText(own), ...omittedTexts(shownScores(own))].join(' ')),
  ];
}
