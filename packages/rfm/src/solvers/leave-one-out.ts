import { type Backend, checkTensor, floatDType, multiply, Scope, ShapeError, type Tensor } from '@agop/core';
import { checkObject, checkPositive } from '@agop/core/options';
import { checkWeights } from '../agop/sample-weights.ts';

/** A kernel system whose rows are left out one by one. */
export interface LeaveOneOutSystem {
  /** K [n, n], symmetric; stays as it is. */
  readonly matrix: Tensor;
  /** Targets [n, c]. */
  readonly targets: Tensor;
  /** λ, positive. */
  readonly ridge: number;
  /** How much each row counts, positive, [n]; default all 1. */
  readonly weights?: ArrayLike<number> | undefined;
}

/** What leaving rows out gives. */
export interface LeaveOneOut {
  /** For each row what the fit to all others predicts for it: [n, c], row-major, float64. */
  readonly predictions: Float64Array<ArrayBuffer>;
  /** Variance of the Gaussian process at each row given all others, without the noise λ: [n]. */
  readonly variances: Float64Array<ArrayBuffer>;
}

/**
 * Predictions of kernel ridge regression for each row by the fit to all others, exactly, from one
 * factorisation: y_i - α_i / ((K + λ W⁻¹)⁻¹)_ii. The kernel is fixed: where its metric was learned from these
 * rows, the metric has seen them all.
 *
 * Source: Rasmussen, Williams, "Gaussian Processes for Machine Learning" (2006), eqs. 5.10 to 5.12.
 *
 * @throws {NotPositiveDefiniteError} if K + λ W⁻¹ is not numerically positive definite
 * @throws {OptionError} for a ridge that is not positive, and for weights out of range
 * @throws {ShapeError} where K, targets and weights do not go together
 * @throws {DTypeError} for anything but tensors
 */
export async function leaveOneOut(backend: Backend, system: LeaveOneOutSystem): Promise<LeaveOneOut> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const { matrix, targets, ridge, weights } = checkObject('leaveOneOut()', system);
  checkTensor('matrix', matrix);
  checkTensor('targets', targets);
  checkPositive('ridge', ridge);
  const [n = 0, c] = targets.shape;
  if (c === undefined || matrix.shape[0] !== n) {
    throw new ShapeError(
      `K [${matrix.shape.join(', ')}] does not go with targets [${targets.shape.join(', ')}].`,
    );
  }
  if (weights) checkWeights(weights, n);
  const roots = Float64Array.from({ length: n }, (_, row) =>
    weights ? Math.sqrt(weights[row] as number) : 1,
  );
  let [scaled, right] = [matrix, targets];
  if (weights) {
    // S K S + λ I, with S = W^½, is as well conditioned as the system without weights.
    const column = ops.tensor(roots, [n, 1], floatDType(targets));
    scaled = multiply(ops, multiply(ops, matrix, column), ops.reshape(column, [1, n]));
    right = multiply(ops, targets, column);
  }
  const factor = await ops.cholesky(scaled, { ridge });
  const half = ops.solveTriangular(factor, right);
  const inverse = ops.solveTriangular(factor, ops.identity(n, floatDType(targets)));
  // Entries of the inverse's diagonal are squared lengths of the columns of L⁻¹.
  const [alpha, lengths, y] = await Promise.all([
    ops.solveTriangular(factor, half, { transpose: true }).read(),
    ops.norm(inverse, 0).read(),
    targets.read(),
  ]);
  const predictions = new Float64Array(n * c);
  const variances = new Float64Array(n);
  for (let row = 0; row < n; row++) {
    const diagonal = (lengths[row] as number) ** 2;
    const root = roots[row] as number;
    variances[row] = Math.max(1 / diagonal - ridge, 0) / (root * root);
    for (let k = 0; k < c; k++) {
      const at = row * c + k;
      predictions[at] = (y[at] as number) - (alpha[at] as number) / diagonal / root;
    }
  }
  return { predictions, variances };
}
