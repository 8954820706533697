import type { Rows } from '@agop/estimators';
import type { Candidate } from './candidate.ts';
import type { Comparison } from './comparison.ts';
import type { RowGroups } from './division.ts';
import type { OutputScale } from './output-scale.ts';

/** Rows prepared for a candidate. Plain data. */
export interface PreparedRows {
  readonly x: Rows;
  readonly held: Rows | undefined;
  /** Columns that hold codes of categories: each is a block of the metric over its levels. */
  readonly codes: readonly number[];
  /** What the outputs are fitted to, [training rows, outputs], row-major. */
  readonly targets: Float64Array;
  /** One for each output of a regression; none of a classification. */
  readonly scales: readonly OutputScale[];
}

/** What a tuner knows of a table and a task: it never sees the rows that test the result. */
export interface Problem extends RowGroups {
  readonly rows: number;
  readonly outputs: number;
  /** How much each row counts, from 0, [n]; undefined where all count alike. */
  readonly weights: ArrayLike<number> | undefined;
  /** What the score is called, and its value for a loss. */
  readonly score: { readonly name: string; ofLoss(loss: number): number };
  /**
   * Prepares rows as a candidate wants them; everything is learned from the training rows.
   *
   * @param held further rows; undefined for none
   */
  prepare(candidate: Candidate, training: Int32Array, held: Int32Array | undefined): PreparedRows;
  /** What predictions for some rows are judged by. */
  comparison(rows: Int32Array): Comparison;
}
