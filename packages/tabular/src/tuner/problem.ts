import type { Rows } from '@agop/estimators';
import type { Candidate } from './candidate.ts';
import type { RowGroups } from './division.ts';

/** Rows prepared for a candidate, and the way back from outputs to what is judged. */
export interface PreparedRows {
  readonly x: Rows;
  readonly held: Rows | undefined;
  /** What the outputs are fitted to, [training rows, outputs], row-major. */
  readonly targets: Float64Array;
  /** Predictions in the units in which they are judged and averaged, of the length of the outputs. */
  restore(outputs: Float32Array<ArrayBuffer>): Float32Array<ArrayBuffer>;
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
  /**
   * How bad predictions are, smaller is better; NaN where the score has no value.
   *
   * @param predictions [rows, outputs], as `restore` gives them
   */
  loss(predictions: Float32Array<ArrayBuffer>, rows: Int32Array): number;
}
