import { type Backend, input, Scope, selectLessEqual, type Tensor } from '@agop/core';
import { checkMembers, checkPositive } from '@agop/core/options';

/** Options of {@link matrixPower}. */
export interface MatrixPowerOptions {
  /** Added to each eigenvalue before the power is taken. Default 0. */
  readonly shift?: number;
}

/**
 * The power of a symmetric positive semi-definite matrix, through its eigenvalues. Negative eigenvalues
 * (rounding) count as 0, so the result is positive semi-definite and exactly symmetric; rank-deficient input
 * is fine.
 *
 * An eigenvalue 0 may be computed as ε‖A‖: the square root then is wrong by √(ε‖A‖) in the null space, in any
 * implementation.
 *
 * @param a [d, d], float; only the lower triangle is read
 * @param power positive
 * @returns [d, d]
 * @throws {OptionError} for a power that is not positive
 * @throws {ConvergenceError} if the eigenvalues do not converge (NaN in the input)
 */
export async function matrixPower(
  backend: Backend,
  a: Tensor,
  power: number,
  options: MatrixPowerOptions = {},
): Promise<Tensor> {
  checkPositive('power', power);
  checkMembers('matrixPower()', options, { shift: 'number?' });
  using scope = new Scope(backend);
  const { ops } = scope;
  const { values, vectors } = await ops.eigh(a);
  // A^power = (V D^(power/2)) (V D^(power/2))ᵀ: a Gram product, hence exactly symmetric.
  const half = ops.map(halfPower, {
    v: vectors,
    lambda: values,
    power: power / 2,
    shift: options.shift ?? 0,
  });
  return scope.keep(ops.gram(half));
}

const shifted = input('lambda').add(input('shift'));
const halfPower = selectLessEqual(shifted, 0, 0, shifted.pow(input('power')).mul(input('v')));

/**
 * The elementwise power of non-negative weights; negative ones (rounding) count as 0.
 *
 * @param weights any shape
 * @param power positive
 * @returns the same shape
 * @throws {OptionError} for a power that is not positive
 */
export function elementwisePower(backend: Backend, weights: Tensor, power: number): Tensor {
  checkPositive('power', power);
  const x = input('x');
  return backend.map(selectLessEqual(x, 0, 0, x.pow(input('power'))), { x: weights, power });
}
