import { formatNumber, formatPercent } from '@agop/report';
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

/** What a score is called. */
export function scoreName(name: string): string {
  return words[name]?.name ?? name;
}

/** What a score means, in plain words. */
export function scoreMeaning(name: string): string {
  return words[name]?.meaning ?? '';
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

/** The scores in the order of the board: the one that chose first. */
export function boardRows({ scores, metric }: TableChoiceSummary): BoardRow[] {
  return [...scores.filter(({ name }) => name === metric), ...scores.filter(({ name }) => name !== metric)];
}

/** Whether the model is better than a guess; undefined where that is not known. */
export function beatsGuess({ scores, metric }: TableChoiceSummary): boolean | undefined {
  const row = scores.find(({ name }) => name === metric);
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
    task === 'regression' ? 'always guessing the mean' : 'always guessing the shares of the classes';
  const value = row.test?.value ?? row.validation?.value;
  if (value === undefined) return '';
  const where = row.test
    ? `On ${testRows === 1 ? 'the row' : `${testRows} rows`} that chose nothing`
    : `On the ${validationRows} rows that chose the settings`;
  const against = row.guess === null ? '' : `; ${guess} has ${scoreText(metric, row.guess)}`;
  const verdict =
    beatsGuess(summary) === false ? ' That is no better than a guess: no signal was found.' : '';
  return `${where}: ${scoreName(metric)} ${scoreText(metric, value)}${against}.${verdict}`;
}
