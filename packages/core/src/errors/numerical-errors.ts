import { AgopError, hasCode } from './agop-error.ts';
import { type Wording, wording } from './wording.ts';

/** A Cholesky factorisation met a pivot that is not positive (or not a number). */
export class NotPositiveDefiniteError extends AgopError {
  static override readonly isInstance = (value: unknown): value is NotPositiveDefiniteError =>
    hasCode(value, 'NOT_POSITIVE_DEFINITE');

  /** Row of the failing pivot, or of the first entry of a solution that is not finite, from 0. */
  readonly pivot: number;
  /** Value of the failing pivot or entry. */
  readonly value: number;
  /** Order of the matrix. */
  readonly order: number;

  /** @param of what `pivot` and `value` are of; default the Cholesky factor */
  constructor(pivot: number, value: number, order: number, of: 'factor' | 'solution' = 'factor') {
    super(
      'NOT_POSITIVE_DEFINITE',
      of === 'solution'
        ? wording`The matrix (${order} x ${order}) is so near to singular that its solution leaves the range of numbers: row ${pivot} is ${value}. Raise ${{ option: 'ridge' }}, or use ${{ option: 'dtype', value: 'float64' }}.`
        : Number.isFinite(value)
          ? wording`The matrix (${order} x ${order}) is not numerically positive definite: Cholesky pivot ${pivot} is ${value}. Usual causes are duplicate rows with ridge 0, or a kernel matrix too ill-conditioned for its dtype. Remove the duplicates, raise ${{ option: 'ridge' }}, reduce the ${{ option: 'bandwidth', bare: true }}, or use ${{ option: 'dtype', value: 'float64' }}.`
          : wording`The matrix (${order} x ${order}) has entries that are not finite: Cholesky pivot ${pivot} is ${value}. Something overflowed before: rescale the features, or use ${{ option: 'dtype', value: 'float64' }}.`,
    );
    this.pivot = pivot;
    this.value = value;
    this.order = order;
  }
}

/** What is wrong with a metric that cannot be the next one. */
export type MetricFault = 'zero' | 'not finite' | 'negative';

/** An average gradient outer product that is no metric: nothing can be learned in it. */
export class DegenerateMetricError extends AgopError {
  static override readonly isInstance = (value: unknown): value is DegenerateMetricError =>
    hasCode(value, 'DEGENERATE_METRIC');

  readonly fault: MetricFault;

  constructor(fault: MetricFault) {
    super('DEGENERATE_METRIC', wordings[fault]);
    this.fault = fault;
  }
}

const wordings = {
  zero: wording`The average gradient outer product is 0: the predictor is constant around all points. Usual causes are a ${{ option: 'bandwidth', bare: true }} far below or above the distances between points. Choose another one.`,
  'not finite': wording`The average gradient outer product is not finite: something overflowed. Rescale the features or targets, or use ${{ option: 'dtype', value: 'float64' }}.`,
  negative: wording`The average gradient outer product has a negative diagonal: rounding outweighs it. Raise ${{ option: 'ridge' }}, or use ${{ option: 'dtype', value: 'float64' }}.`,
};

/** An iterative method (eigenvalues, preconditioned solver, training) did not converge. */
export class ConvergenceError extends AgopError {
  static override readonly isInstance = (value: unknown): value is ConvergenceError =>
    hasCode(value, 'NO_CONVERGENCE');

  constructor(message: string | Wording) {
    super('NO_CONVERGENCE', message);
  }
}
