import { formatNumber, formatPercent } from '@agop/report';
import type { TabularResult } from './result.ts';

/** One row of the comparison of iterations. */
export interface ScoreRow {
  /** `plain kernel regression` for iteration 0. */
  readonly name: string;
  /** The metric, for people. */
  readonly score: string;
  /** What it means: wrong rows of a classification, share of the variance explained by a regression. */
  readonly meaning: string;
}

/** Headings of the columns of scores and meanings. */
export function scoreNames({ summary }: TabularResult): readonly [score: string, meaning: string] {
  return summary.task === 'classification' ? ['accuracy', 'wrong'] : ['mean squared error', 'R²'];
}

/** The comparison of plain kernel regression with the iterations, row by row; last, a guess without features. */
export function scoreRows(result: TabularResult): ScoreRow[] {
  const { task, baseline } = result.summary;
  const rows = result.summary.iterations.map(({ iteration, value }) => ({
    name: iteration === 0 ? 'plain kernel regression' : `RFM iteration ${iteration}`,
    score: value === null ? '–' : scoreText(result, value),
    meaning: value === null ? '' : meaningOf(result, value),
  }));
  if (baseline === undefined) return rows;
  const name = task === 'classification' ? 'always the most frequent class' : 'always the mean';
  return [...rows, { name, score: scoreText(result, baseline), meaning: meaningOf(result, baseline) }];
}

/** A value of the metric, for people. */
export function scoreText({ summary }: Pick<TabularResult, 'summary'>, value: number): string {
  return summary.task === 'classification' ? formatPercent(value) : formatNumber(value);
}

function meaningOf({ summary, variance }: TabularResult, value: number): string {
  const { task, heldOutRows } = summary;
  if (task === 'classification') return `${Math.round((1 - value) * heldOutRows)} of ${heldOutRows}`;
  return variance ? formatNumber(1 - value / variance) : '';
}
