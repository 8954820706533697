/** A dense row-major matrix on the host. Anything that takes "`data` and `shape`" takes it. */
export interface DenseMatrix {
  /** rows x columns numbers. */
  readonly data: Float64Array;
  readonly shape: readonly [rows: number, columns: number];
}
