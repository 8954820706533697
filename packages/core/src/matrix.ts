import type { DType } from './dtype.ts';

/** A dense row-major matrix in an engine's memory. Tensors of rank 0 and 1 are one row. */
export interface Matrix<Buffer> {
  readonly buffer: Buffer;
  readonly dtype: DType;
  readonly rows: number;
  readonly columns: number;
}
