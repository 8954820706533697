import type { TaskMeasures } from './measures.ts';

/** Smallest and largest eigenvalue of a symmetric matrix. */
export interface EigenvalueRange {
  readonly smallest: number;
  readonly largest: number;
}

/** The measures of one operation of a task with two. */
export interface OperationMeasures extends TaskMeasures {
  /** Name of the operation. */
  readonly operation: string;
  /**
   * That of the AGOP, which both share, along the diagonals and in the order of this operation. Null where no
   * structure is known.
   */
  readonly circulantDeviation: number | null;
}

/** What is measured at one iteration: one fit and the AGOP after it. Plain data, fit for JSON. */
export interface GrokkingIteration extends TaskMeasures {
  /** From 0, the fit in the metric M = I. */
  readonly iteration: number;
  /**
   * The paper's circulant deviation D (`circulantDeviation`, sum convention) of the lower left block of the
   * AGOP after this fit, along anti-diagonals for - and /, in the order of discrete logarithms for * and /.
   * Near 1 without structure, 0 for a perfect one. Null where no such structure is known, or p is not prime
   * for *. With two operations, that of the first; `operations` has both.
   */
  readonly circulantDeviation: number | null;
  /** Cosine of the AGOP after this fit with that of the last fit. Null until the run has ended. */
  readonly alignment: number | null;
  /** Extreme eigenvalues of the training kernel matrix, where asked for. */
  readonly kernelEigenvalues?: EigenvalueRange;
  /** The same measures for each operation of a task with two. */
  readonly operations?: readonly OperationMeasures[];
  /** Seconds since the run began. */
  readonly seconds: number;
}

/** One iteration with the arrays behind its measures. All of them are the receiver's. */
export interface GrokkingStep {
  readonly measures: GrokkingIteration;
  /** The AGOP after this fit, row-major [d, d]. */
  readonly agop: Float64Array;
  /** Its root, the metric of the next fit, row-major [d, d]. */
  readonly nextMetric: Float64Array;
  /** Outputs on the training pairs, row-major [n, p]. */
  readonly trainOutputs: Float64Array;
  /** Outputs on the test pairs, row-major [m, p]. */
  readonly testOutputs: Float64Array;
}
