import type { DType } from './dtype.ts';

/** A dense row-major matrix in an engine's memory. Tensors of rank 0 and 1 are one row. */
export interface Matrix<B> {
  /** Its memory; the matrix begins at the start. */
  readonly buffer: B;
  /** Type of the elements. */
  readonly dtype: DType;
  /** Number of rows, from 0. */
  readonly rows: number;
  /** Number of columns, from 0. */
  readonly columns: number;
}
