import { formatNumber, formatPercent } from '@agop/report';
import { type Calendar, unitOf } from '../tabular/notation.ts';
import type { BoardRow, TableChoiceSummary } from './result.ts';

interface Words {
  readonly name: string;
  /** In plain words. */
  readonly meaning: string;
  readonly isShare?: boolean;
}

const words: Readonly<Record<string, Words>> = {
  rmse: { name: 'RMSE', meaning: 'typical error in units of the target; large errors count more' },
  mse: { name: 'MSE', meaning: 'mean of the squared errors' },
  mae: { name: 'MAE', meaning: 'mean error in units of the target' },
  mape: { name: 'MAPE', meaning: 'mean error as a share of the true value', isShare: true },
  r2: { name: 'R²', meaning: 'share of the variance that is explained: 1 is perfect, 0 is the mean' },
  accuracy: { name: 'accuracy', meaning: 'share of the rows that are right', isShare: true },
  balancedAccuracy: {
    name: 'balanced accuracy',
    meaning: 'share of the rows that are right, each class counting alike',
    isShare: true,
  },
  auc: { name: 'AUC', meaning: 'how often a row of the class is ranked above another one: 0.5 is a guess' },
  logLoss: { name: 'log loss', meaning: 'how surprising the true classes were; sure errors cost most' },
  brier: { name: 'Brier score', meaning: 'mean squared error of the probabilities' },
  f1: { name: 'F1', meaning: 'balance of finding a class and being right about it' },
};

/** What a score is of. */
export interface ScoreOf {
  /** The classes, in the order of the model: of two, F1 counts the second. */
  readonly classes?: readonly (string | number | boolean)[] | undefined;
  /** How the targets are written. */
  readonly calendars?: readonly (Calendar | null)[] | undefined;
}

/** What a score is called, with the class that it counts, or what errors are counted in. */
export function scoreName(name: string, { classes = [], calendars = [] }: ScoreOf = {}): string {
  const own = words[name]?.name ?? name;
  if (name === 'f1' && classes.length === 2) return `${own} of '${classes[1]}'`;
  if (name === 'f1' && classes.length > 2) return `${own}, mean of classes`;
  const unit = name === 'rmse' || name === 'mae' ? unitOf(calendars) : undefined;
  return unit === undefined ? own : `${own} in ${unit}`;
}

/** What a score means, in plain words. */
export function scoreMeaning(name: string, { classes = [], calendars = [] }: ScoreOf = {}): string {
  const meaning = words[name]?.meaning ?? '';
  const unit = unitOf(calendars);
  if (unit !== undefined) return meaning.replace('units of the target', unit);
  if (name !== 'f1' || classes.length < 2) return meaning;
  return classes.length === 2
    ? `${meaning}, of the class ${classes[1]}; the guess takes every row for it`
    : `${meaning}, averaged over the classes`;
}

/** A value of a score, for people. */
export function scoreText(name: string, value: number, digits = 4): string {
  if (words[name]?.isShare && value <= 10) return formatPercent(value);
  return formatNumber(value, digits);
}

/** A value of the validation, with its spread over the folds. */
export function validationText({ name, validation }: BoardRow): string {
  if (!validation) return '–';
  const { value, folds } = validation;
  return folds
    ? `${scoreText(name, value)} ± ${scoreText(name, folds.deviation, 2)}`
    : scoreText(name, value);
}

/** A value of the test. */
export function testText({ name, test }: BoardRow): string {
  return test ? scoreText(name, test.value) : '–';
}

/** Where 90 of 100 tests like it would lie. */
export function rangeText({ name, test }: BoardRow): string {
  if (test?.low === undefined || test.high === undefined) return '';
  return `${scoreText(name, test.low, 3)} to ${scoreText(name, test.high, 3)}`;
}

/** The scores in the order of the board: the one that chose first; those that say nothing are not there. */
export function boardRows({ scores, metric }: Pick<TableChoiceSummary, 'scores' | 'metric'>): BoardRow[] {
  const told = scores.filter(({ omitted }) => omitted === undefined);
  return [...told.filter(({ name }) => name === metric), ...told.filter(({ name }) => name !== metric)];
}

/** Why scores are left out, a sentence each. */
export function omittedTexts(scores: readonly BoardRow[]): string[] {
  return scores.flatMap(({ omitted }) => omitted ?? []);
}

/** What a guess is, once for all. */
export function guessText(task: 'regression' | 'classification'): string {
  return task === 'regression'
    ? 'A guess always says the mean of the training rows.'
    : 'A guess always says the shares of the classes among the training rows.';
}

/** Scores of labels alone: where one class is rare they do not see what probabilities know. */
const ofLabels = ['accuracy', 'balancedAccuracy', 'f1'];

/** Whether a score is better than that of a guess; undefined where that is not known. */
function isBetter({ scores }: TableChoiceSummary, name: string): boolean | undefined {
  const row = scores.find((one) => one.name === name);
  const value = row?.test?.value ?? row?.validation?.value;
  if (!row || row.guess === null || value === undefined) return undefined;
  return row.better === 'higher' ? value > row.guess : value < row.guess;
}

/** A word on test rows that the training rows have, too; undefined where there are none. */
export function knownTestText({ knownTestRows = 0, testRows }: TableChoiceSummary): string | undefined {
  if (knownTestRows === 0) return undefined;
  const are = knownTestRows === 1 ? 'is' : 'are';
  return `${knownTestRows} of the ${testRows + knownTestRows} test rows ${are} also in the table, and ${are} not judged`;
}

/** The score that chose, in a sentence. */
export function verdictText(summary: TableChoiceSummary): string {
  const { scores, metric, testRows, validationRows, task } = summary;
  const row = scores.find(({ name }) => name === metric);
  if (!row) return '';
  const guess =
    metric === 'f1' && summary.classes?.length === 2
      ? `always guessing ${summary.classes[1]}`
      : task === 'regression'
        ? 'always guessing the mean of the training rows'
        : 'always guessing the shares of the classes among the training rows';
  const value = row.test?.value ?? row.validation?.value;
  if (value === undefined) return '';
  const where = row.test
    ? `On ${testRows === 1 ? 'the row' : `${testRows} rows`} that chose nothing`
    : `On the ${validationRows} rows that chose the settings`;
  const against = row.guess === null ? '' : `; ${guess} has ${scoreText(metric, row.guess)}`;
  const verdict =
    isBetter(summary, metric) !== false
      ? ''
      : ofLabels.includes(metric) && isBetter(summary, 'brier')
        ? ` That is no better than a guess, but its probabilities are: ${brierText(summary)}.`
        : ' That is no better than a guess: no signal was found.';
  return `${where}: ${scoreName(metric, summary)} ${scoreText(metric, value)}${against}.${verdict}`;
}

/** The Brier score beside that of the guess. */
function brierText({ scores }: TableChoiceSummary): string {
  const row = scores.find(({ name }) => name === 'brier');
  const value = row?.test?.value ?? row?.validation?.value ?? Number.NaN;
  return `Brier score ${scoreText('brier', value)} against ${scoreText('brier', row?.guess ?? Number.NaN)}`;
}
