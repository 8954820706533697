import {
  add,
  type Backend,
  input,
  NotPositiveDefiniteError,
  OutOfMemoryError,
  Scope,
  type Tensor,
} from '@agop/core';
import { checkCallback, checkGiven } from '@agop/core/options';
import { asksForHost, type HostRefinement, solveWithHost } from './host-refinement.ts';
import { choleskySolver, type KernelSystem, type Solver } from './solver.ts';

/** Below this order casts and refinements take what the float32 factor saves. */
const minOrder = 768;
/** Each target costs passes over K: worthwhile for at most n / 200 of them. */
const minOrderPerTarget = 200;
/** A float32 factor must take half the time of a float64 one at most: the refinements come on top. */
const minSpeedup = 2;
/** Refinements before the matrix counts as too ill-conditioned for float32; some 3 are usual. */
const maxRefinements = 8;
/** The factor by which a refinement must contract the residual at least. */
const requiredContraction = 0.25;

/** Options of {@link refinedCholeskySolver}. */
export interface RefinedCholeskyOptions {
  /** Told of each system that is solved with residuals in float64 on the host. Default none. */
  readonly onHostRefinement?: ((refinement: HostRefinement) => void) | undefined;
}

/**
 * Float64 systems by a float32 Cholesky factor and iterative refinement: K is factored in float32, at half
 * the time or less, and the solution improved by corrections from the factor until its residual, in float64,
 * is at the level that a float64 factorisation leaves:
 *
 *   ‖y - (K + λ I) α‖ ≤ ε ‖K + λ I‖_F ‖α‖  for each output, ε = 2⁻⁵².
 *
 * The result is as backward stable as that of {@link choleskySolver}. Where the factorisation fails in
 * float32, the residual does not shrink (condition numbers from about 1e7), or there is no memory for the
 * float32 copy (half of K), the system is solved in float64, and so are all that this solver is given later:
 * those of a Recursive Feature Machine are alike. Small systems, those with many outputs, and all on devices
 * that are as fast in float64, are solved directly.
 *
 * Float32 systems are solved directly, but on backends without float64 whose ridge is below 1e-3: there the
 * float32 factor, if need be of a larger ridge, is the preconditioner of conjugate gradients in float64 on
 * the host. That brings the solution as near as float32 coefficients allow, and solves systems whose float32
 * factorization fails by rounding (condition numbers from about 1e7). It needs a copy of K on the host, of
 * 1 GiB at most, and 2 n² operations there for each output and step. K stays as float32 has rounded it.
 *
 * Source: Higham 2002, Accuracy and Stability of Numerical Algorithms, chapter 12; LAPACK's dsposv.
 *
 * @returns a solver that remembers whether float32 failed: one for all fits of a loop, a new one for other
 *   data
 * @throws {OptionError} for an option that there is not
 */
export function refinedCholeskySolver(options: RefinedCholeskyOptions = {}): Solver {
  checkGiven('refinedCholeskySolver()', options, { onHostRefinement: true });
  const told = checkCallback('onHostRefinement', options.onHostRefinement);
  let float32Failed = false;
  return {
    name: 'refined Cholesky',
    async solve(backend, system) {
      if (asksForHost(backend, system)) return solveWithHost(backend, system, told);
      if (!float32Failed && isWorthwhile(backend, system)) {
        const solution = await refinedSolution(backend, system);
        if (solution) return solution;
        float32Failed = true;
      }
      return choleskySolver.solve(backend, system);
    },
  };
}

function isWorthwhile(backend: Backend, { matrix, targets }: KernelSystem): boolean {
  const [n, outputs] = targets.shape as [number, number];
  return (
    matrix.dtype === 'float64' &&
    backend.dtypes.includes('float32') &&
    (backend.device.float32Speedup ?? minSpeedup) >= minSpeedup &&
    n >= minOrder &&
    outputs * minOrderPerTarget <= n
  );
}

/** The solution, or undefined where the refinement does not converge. K is left as it is. */
async function refinedSolution(backend: Backend, system: KernelSystem): Promise<Tensor | undefined> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const { matrix, targets, ridge } = system;
  try {
    const rounded = ops.cast(matrix, 'float32');
    const lengths = await ops.norm(rounded, 'all').read();
    const norm = (lengths[0] as number) + ridge * Math.sqrt(matrix.shape[0] as number);
    // Beyond float32's range.
    if (!(norm > 0 && norm < Number.POSITIVE_INFINITY)) return undefined;
    const factor = await ops.cholesky(rounded, { ridge, overwrite: true });
    const solveWithFactor = (right: Tensor): Tensor => {
      const half = ops.solveTriangular(factor, ops.cast(right, 'float32'), { overwrite: true });
      return ops.cast(ops.solveTriangular(factor, half, { transpose: true, overwrite: true }), 'float64');
    };
    const solution = solveWithFactor(targets);
    let previous = Number.POSITIVE_INFINITY;
    for (let refinements = 0; ; refinements++) {
      const residual = residualOf(ops, system, solution);
      const backwardError = await largestBackwardError(ops, residual, solution, norm);
      if (backwardError <= 1) return scope.keep(solution);
      if (!(backwardError <= requiredContraction * previous) || refinements === maxRefinements)
        return undefined;
      previous = backwardError;
      add(ops, solution, solveWithFactor(residual), { out: solution });
    }
  } catch (error) {
    if (NotPositiveDefiniteError.isInstance(error) || OutOfMemoryError.isInstance(error)) return undefined;
    throw error;
  }
}

const remaining = input('y')
  .sub(input('k'))
  .sub(input('ridge').mul(input('x')));

/** y - (K + λ I) x */
function residualOf(ops: Backend, { matrix, targets, ridge }: KernelSystem, x: Tensor): Tensor {
  const k = ops.matmul(matrix, x);
  return ops.map(remaining, { y: targets, k, x, ridge }, { out: k });
}

/**
 * The largest normwise backward error ‖r‖ / (ε ‖K‖ ‖x‖) among the targets; infinite where something is not
 * finite.
 */
async function largestBackwardError(
  ops: Backend,
  residual: Tensor,
  x: Tensor,
  norm: number,
): Promise<number> {
  const [r, s] = await Promise.all([ops.norm(residual, 0).read(), ops.norm(x, 0).read()]);
  let largest = 0;
  for (const [output, length] of r.entries()) {
    if (length === 0) continue;
    const ratio = length / (Number.EPSILON * norm * (s[output] as number));
    if (!(ratio <= largest)) largest = Number.isNaN(ratio) ? Number.POSITIVE_INFINITY : ratio;
  }
  return largest;
}
