import { type Bar, formatNumber, formatPercent } from '@agop/report';
import type { HeldOutImportances, TabularResult, TabularSummary } from './result.ts';

/** One row of the comparison of iterations. */
export interface ScoreRow {
  /** `plain kernel regression` for iteration 0. */
  readonly name: string;
  /** The metric, for people. */
  readonly score: string;
  /** What it means: wrong rows of a classification, share of the variance explained by a regression. */
  readonly meaning: string;
}

const scoreWords = {
  accuracy: ['accuracy', 'wrong'],
  balancedAccuracy: ['balanced accuracy', ''],
  brier: ['Brier score', ''],
  logLoss: ['log loss', ''],
  mse: ['mean squared error', 'R²'],
  mae: ['mean absolute error', ''],
} as const satisfies Record<Metric, readonly [string, string]>;

type Metric = TabularSummary['best']['metric'];

/** Whether the score of the iterations is a share, of which more is better. */
export function isShare({ best: { metric } }: TabularSummary): boolean {
  return metric === 'accuracy' || metric === 'balancedAccuracy';
}

/** Headings of the columns of scores and meanings. */
export function scoreNames({ summary }: TabularResult): readonly [score: string, meaning: string] {
  return scoreWords[summary.best.metric];
}

/** Plain kernel regression beside the iterations, row by row; last, a guess without features. */
export function scoreRows(result: TabularResult): ScoreRow[] {
  const { task, baseline } = result.summary;
  const rows = result.summary.iterations.map(({ iteration, value }) => ({
    name: iteration === 0 ? 'plain kernel regression' : `RFM iteration ${iteration}`,
    score: value === null ? '–' : scoreText(result, value),
    meaning: value === null ? '' : meaningOf(result, value),
  }));
  if (baseline === undefined) return rows;
  const name = task === 'regression' ? 'always the mean' : guessOfClasses(result.summary);
  return [...rows, { name, score: scoreText(result, baseline), meaning: meaningOf(result, baseline) }];
}

function guessOfClasses(summary: TabularSummary): string {
  return isShare(summary) ? 'always the most frequent class' : 'always the shares of the classes';
}

/**
 * Whether the kept iteration is better on the held-out rows than a guess without features: the most frequent
 * class, or the mean, of the training rows, and the mean of the held-out rows themselves (R² above 0); and by
 * more than chance gives on so few rows. True where that is not known.
 *
 * Where one class has most of the held-out rows, it is also enough that the probabilities are better by their
 * Brier score, or rank rows (of two classes) by the area under the ROC curve: rare classes hardly move the
 * accuracy.
 *
 * Chance: of accuracies, the standard error of the guess's own on that many rows; of balanced accuracies,
 * that of the same predictions in any order of the rows, and half a step; of Brier scores, that of the mean
 * difference between the rows' own; of the area, the root of (rows + 1) / (12 n₁ n₂), its variance under no
 * relation (Mann and Whitney 1947); of R², that of the correlation between targets and predictions that have
 * nothing to do with them, 1 / √rows. Other scores only have to be better.
 */
export function beatsBaseline(result: TabularResult): boolean {
  const gain = gainOf(result);
  const rare = rareOf(result.summary);
  return gain === undefined || gain.gain > gain.chance || (rare !== undefined && seesRare(rare));
}

/** One in twenty gains of a guess is above this many standard errors. */
const oneInTwenty = 1.645;

interface Gain {
  /** Accuracy, or balanced accuracy, above that of the guess, or R². */
  readonly gain: number;
  readonly chance: number;
}

function gainOf({ summary, variance }: TabularResult): Gain | undefined {
  const { best, baseline, task, heldOutRows } = summary;
  const { value, metric } = best;
  if (baseline === undefined || value === null) return undefined;
  if (metric === 'accuracy') {
    const error = Math.sqrt((baseline * (1 - baseline)) / heldOutRows);
    return { gain: value - baseline, chance: oneInTwenty * error };
  }
  if (isShare(summary)) return { gain: value - baseline, chance: summary.balancedChance ?? 0 };
  if (task === 'classification' || metric !== 'mse') return { gain: baseline - value, chance: 0 };
  const guess = Math.min(baseline, variance ?? baseline);
  return { gain: guess > 0 ? 1 - value / guess : 0, chance: oneInTwenty ** 2 / heldOutRows };
}

/** What sees rare classes, where labels follow one class alone. */
function rareOf(summary: TabularSummary) {
  const { imbalance } = summary;
  return isShare(summary) && imbalance?.brier ? { ...imbalance, brier: imbalance.brier } : undefined;
}

/** Whether probabilities tell what labels do not: by the Brier score, or by the order of rows. */
function seesRare({ brier, auc, aucChance }: NonNullable<ReturnType<typeof rareOf>>): boolean {
  return brier.guess - brier.value > brier.chance || (aucChance !== undefined && auc - 0.5 > aucChance);
}

/** Where labels are no better than a guess, but the probabilities of rare classes are; empty elsewhere. */
export function rareSignalText({ summary }: TabularResult): string {
  const rare = rareOf(summary);
  const { value } = summary.best;
  const { baseline } = summary;
  if (!rare || value === null || baseline === undefined) return '';
  if (value > baseline || !seesRare(rare)) return '';
  const alike = summary.best.metric === 'balancedAccuracy' ? ', each class counting alike,' : '';
  return `Labels are right no more often${alike} than always guessing the most frequent class, but probabilities tell rows apart (area under the ROC curve ${formatNumber(rare.auc, 3)}, a guess: 0.5; Brier score ${formatNumber(rare.brier.value)}, a guess: ${formatNumber(rare.brier.guess)}).`;
}

/** Where no iteration is clearly better than a guess without features. */
export function noSignalText(result: TabularResult): string {
  const { task, heldOutRows } = result.summary;
  const guess = `always guessing ${task === 'regression' ? 'the mean' : guessOfClasses(result.summary).slice('always '.length)}`;
  return (gainOf(result)?.gain ?? 0) > 0
    ? `No iteration is better than ${guess} by more than chance gives on ${heldOutRows} held-out rows: no signal was found.`
    : `No iteration is better on the held-out rows than ${guess}: no signal was found.`;
}

/** What accuracy does not say where most held-out rows have one class; empty elsewhere. */
export function imbalanceText({ imbalance, classes = [], best }: TabularSummary): string {
  if (!imbalance) return '';
  const other =
    best.metric === 'accuracy'
      ? ' Selection by balanced accuracy or Brier score chooses the iteration by these.'
      : '';
  const { share, balancedAccuracy, auc } = imbalance;
  return (
    `One class has ${formatPercent(share)} of the held-out rows. Each class counting alike, ${formatPercent(balancedAccuracy)} are right ` +
    `(a guess: ${formatPercent(1 / classes.length)}); area under the ROC curve ${formatNumber(auc, 3)} (a guess: 0.5).${other}`
  );
}

/** Where the metric is led by another column than predictions rest on. */
export function differenceText(summary: TabularSummary): string {
  const { importances, heldOutImportances: measured } = summary;
  const [used] = measured?.columns ?? [];
  const [led] = importances.toSorted((a, b) => b.importance - a.importance);
  if (!used || !led || used.column === led.column || !(used.drop > used.deviation)) return '';
  return `The metric is led by '${led.column}', but predictions rest most on '${used.column}': the metric follows what the fit interpolates, noise included.`;
}

/** What a measure is called. */
export function measuredName(measure: HeldOutImportances['measure']): string {
  return { accuracy: 'accuracy', brier: 'Brier score', r2: 'R²' }[measure];
}

/** What is measured by permuting columns, in words. */
export function permutedText({ measure, rows }: HeldOutImportances): string {
  const change = measure === 'brier' ? 'worsened' : 'lost';
  return `${measuredName(measure)} ${change} on ${rows} held-out rows by shuffling`;
}

/** A drop of the score, for people: all with as many decimals, so that noise about 0 looks like it. */
export function dropText({ measure, columns }: HeldOutImportances, drop: number): string {
  if (measure === 'accuracy') return formatPercent(drop);
  const largest = columns.reduce((most, column) => Math.max(most, Math.abs(column.drop)), 0);
  if (!(largest > 0 && largest < 1000)) return formatNumber(drop);
  const decimals = Math.min(12, Math.max(3, 2 - Math.floor(Math.log10(largest))));
  const text = drop.toFixed(decimals);
  return Number(text) === 0 ? text.replace('-', '') : text.replace('-', '−');
}

/** Drops as bars: what gets better by chance has none. */
export function dropBars(measured: HeldOutImportances): Bar[] {
  return measured.columns.map(({ column, drop }) => ({
    label: column,
    value: Math.max(0, drop),
    text: dropText(measured, drop),
  }));
}

/** A value of the metric, for people. */
export function scoreText({ summary }: Pick<TabularResult, 'summary'>, value: number): string {
  return isShare(summary) ? formatPercent(value) : formatNumber(value);
}

function meaningOf({ summary, variance }: TabularResult, value: number): string {
  const { heldOutRows, best } = summary;
  if (best.metric === 'accuracy') return `${Math.round((1 - value) * heldOutRows)} of ${heldOutRows}`;
  return best.metric === 'mse' && variance ? formatNumber(1 - value / variance) : '';
}
