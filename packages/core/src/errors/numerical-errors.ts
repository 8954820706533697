import { AgopError, hasCode } from './agop-error.ts';
import { wording } from './wording.ts';

/** A Cholesky factorisation met a pivot that is not positive (or not a number). */
export class NotPositiveDefiniteError extends AgopError {
  static override readonly isInstance = (value: unknown): value is NotPositiveDefiniteError =>
    hasCode(value, 'NOT_POSITIVE_DEFINITE');

  /** Row of the failing pivot, from 0. */
  readonly pivot: number;
  /** Value of the failing pivot. */
  readonly value: number;
  /** Order of the matrix. */
  readonly order: number;

  constructor(pivot: number, value: number, order: number) {
    super(
      'NOT_POSITIVE_DEFINITE',
      wording`The matrix (${order} x ${order}) is not numerically positive definite: Cholesky pivot ${pivot} is ${value}. Usual causes are duplicate rows with ridge 0, or a kernel matrix too ill-conditioned for its dtype. Remove the duplicates, raise ${{ option: 'ridge' }}, reduce the ${{ option: 'bandwidth', bare: true }}, or use ${{ option: 'dtype', value: 'float64' }}.`,
    );
    this.pivot = pivot;
    this.value = value;
    this.order = order;
  }
}

/** An iterative method (eigenvalues, preconditioned solver) did not converge. */
export class ConvergenceError extends AgopError {
  static override readonly isInstance = (value: unknown): value is ConvergenceError =>
    hasCode(value, 'NO_CONVERGENCE');

  constructor(message: string) {
    super('NO_CONVERGENCE', message);
  }
}
