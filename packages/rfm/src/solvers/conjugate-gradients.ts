import {
  type Backend,
  ConvergenceError,
  type FloatDType,
  floatDType,
  input,
  multiply,
  Scope,
  type Tensor,
  throwIfAborted,
} from '@agop/core';
import { checkCallback, checkChoice, checkGiven, checkPositive, checkWhole } from '@agop/core/options';
import { type LandmarkChoice, type NystromFactor, nystromFactor } from './nystrom.ts';
import { matrixOperator } from './operators.ts';
import type { ImplicitKernelSystem, Solver } from './solver.ts';

/** Where an iterative solver stands. */
export interface SolverProgress {
  /** Passes over the kernel matrix so far. */
  readonly iteration: number;
  /** Largest relative residual ‖y - (K + λ I) α‖ / ‖y‖ among the outputs. */
  readonly residual: number;
  /** α so far, [n, c]; only valid during the call. */
  readonly coefficients: Tensor;
}

/** Options of {@link conjugateGradientSolver}. */
export interface ConjugateGradientOptions {
  /**
   * It ends where the relative residual ‖y - (K + λ I) α‖ / ‖y‖ of each output is at most this. Default
   * 1e-3.
   */
  readonly tolerance?: number;
  /** Passes over the kernel matrix at most, from 1. Default 500. */
  readonly maxIterations?: number;
  /**
   * Rows of K that the preconditioner is made of, m: it takes n m numbers and 3 n m² operations. Default
   * 8 √n, at most 2000.
   */
  readonly rank?: number;
  /**
   * How these rows are chosen: 'random', or 'pivoted' by what others leave unexplained, which may save passes
   * where points lie in clusters. Default 'random'.
   */
  readonly landmarks?: LandmarkChoice;
  /** Seed of that choice. Default 0. */
  readonly seed?: number;
  /**
   * Asked after each pass: `true` ends it with the coefficients as they are, for a rule by the error on
   * validation rows. Default none.
   */
  readonly stop?: ((progress: SolverProgress) => boolean | Promise<boolean>) | undefined;
}

/**
 * Kernel ridge regression without the kernel matrix: conjugate gradients, preconditioned by a Nyström
 * approximation of K. Each pass computes K tile by tile, half of it, and takes n² kernel values and 2 n² c
 * operations; memory is n times the preconditioner's rank.
 *
 * It ends by a rule on the residual, in the dtype of K: float32 can tell residuals down to some 1e-5 apart.
 * What a residual means for predictions depends on λ; `measured/performance.md` has figures.
 *
 * Source: Frangella, Tropp, Udell 2021, Randomized Nyström Preconditioning (arXiv 2110.02820).
 *
 * @throws {OptionError} for an option out of range
 *
 * @example
 * new RFMRegressor({ backend, solver: conjugateGradientSolver({ tolerance: 1e-4 }) });
 */
export function conjugateGradientSolver(options: ConjugateGradientOptions = {}): Solver {
  const settings = resolve(options);
  return {
    name: 'conjugate gradients',
    isImplicit: () => true,
    solve: (backend, { matrix, targets, ridge }) =>
      solve(backend, { operator: matrixOperator(matrix), targets, ridge }, settings),
    solveImplicit: (backend, system) => solve(backend, system, settings),
  };
}

const names: Readonly<Record<keyof ConjugateGradientOptions, true>> = {
  tolerance: true,
  maxIterations: true,
  rank: true,
  landmarks: true,
  seed: true,
  stop: true,
};

interface Settings extends Required<Omit<ConjugateGradientOptions, 'rank' | 'stop'>> {
  readonly rank: number | undefined;
  readonly stop: ConjugateGradientOptions['stop'];
}

function resolve(options: ConjugateGradientOptions): Settings {
  checkGiven('conjugateGradientSolver()', options, names);
  const { rank, stop } = options;
  return {
    tolerance: checkPositive('tolerance', options.tolerance ?? 1e-3),
    maxIterations: checkWhole('maxIterations', options.maxIterations ?? 500, 1),
    rank: rank === undefined ? undefined : checkWhole('rank', rank, 1),
    landmarks: checkChoice('landmarks', options.landmarks ?? 'random', ['random', 'pivoted']),
    seed: checkWhole('seed', options.seed ?? 0, 0),
    stop: checkCallback('stop', stop),
  };
}

/** Rows of the preconditioner where nobody says how many. */
function defaultRank(n: number): number {
  return Math.min(n, 2000, Math.ceil(8 * Math.sqrt(n)));
}

const [x, p, s] = [input('x'), input('p'), input('s')];
const moved = x.add(s.mul(p));

async function solve(backend: Backend, system: ImplicitKernelSystem, settings: Settings): Promise<Tensor> {
  const { operator, targets, ridge, signal } = system;
  const { tolerance, maxIterations, stop } = settings;
  using scope = new Scope(backend);
  const { ops } = scope;
  const dtype = floatDType(targets);
  const sizes = await columnNorms(ops, targets);
  const alpha = ops.full(targets.shape, 0, dtype);
  if (sizes.every((size) => size === 0)) return scope.keep(alpha);
  const rank = Math.min(operator.order, settings.rank ?? defaultRank(operator.order));
  const factor = await nystromFactor(ops, operator, { ...settings, rank });
  const precondition = preconditioner(ops, factor, ridge);
  const residual = ops.clone(targets);
  const relative = async (): Promise<number> => largestRatio(await columnNorms(ops, residual), sizes);
  let direction: Tensor | undefined;
  let before: Float64Array = new Float64Array(sizes.length);
  let last = 1;
  /** What was left when the residual was last computed anew. */
  let renewed = Number.POSITIVE_INFINITY;
  for (let iteration = 1; iteration <= maxIterations; iteration++) {
    throwIfAborted(signal, 'Solving for coefficients');
    using step = new Scope(ops);
    const z = precondition(step.ops, residual);
    const rz = await columnDots(step.ops, residual, z);
    if (direction) {
      const ratio = row(step.ops, quotients(rz, before), dtype);
      ops.map(moved, { x: z, s: ratio, p: direction }, { out: direction });
    } else direction = ops.clone(z);
    before = rz;
    const image = step.own(await operator.multiply(step.ops, direction));
    step.ops.map(moved, { x: image, s: ridge, p: direction }, { out: image });
    const lengths = quotients(rz, await columnDots(step.ops, direction, image));
    ops.map(moved, { x: alpha, s: row(step.ops, lengths, dtype), p: direction }, { out: alpha });
    ops.map(
      moved,
      {
        x: residual,
        s: row(
          step.ops,
          lengths.map((length) => -length),
          dtype,
        ),
        p: image,
      },
      { out: residual },
    );
    last = await relative();
    if (Number.isNaN(last)) break;
    if (await stop?.({ iteration, residual: last, coefficients: alpha })) return scope.keep(alpha);
    if (last > tolerance) continue;
    // Rounding errors add up in a residual that is updated: what counts is that of α itself.
    await renew(ops, system, alpha, residual);
    last = await relative();
    if (last <= tolerance) return scope.keep(alpha);
    // Rounding does not let it come nearer.
    if (!(last < renewed / 2)) break;
    renewed = last;
    direction.dispose();
    direction = undefined;
  }
  throw notConverged(last, settings);
}

/**
 * r ↦ U (s_m + λ) (S + λ)⁻¹ Uᵀ r + (I - U Uᵀ) r, S being the eigenvalues of the approximation and s_m the
 * least of them: what it approximates is made as small as what it leaves out.
 */
function preconditioner(
  backend: Backend,
  { vectors, values }: NystromFactor,
  ridge: number,
): (ops: Backend, r: Tensor) => Tensor {
  const least = (values[0] ?? 0) + ridge;
  const change = backend.tensor(
    values.map((value) => least / (value + ridge) - 1),
    [values.length, 1],
    floatDType(vectors),
  );
  return (ops, r) => {
    if (values.length === 0) return ops.clone(r);
    const along = ops.matmul(vectors, r, { transposeA: true });
    return ops.matmul(vectors, multiply(ops, along, change), { beta: 1, out: ops.clone(r) });
  };
}

const remaining = input('y').sub(input('k')).sub(s.mul(p));

/** The residual y - (K + λ I) α of α itself. */
async function renew(
  backend: Backend,
  { operator, targets, ridge }: ImplicitKernelSystem,
  alpha: Tensor,
  residual: Tensor,
): Promise<void> {
  using scope = new Scope(backend);
  const k = scope.own(await operator.multiply(scope.ops, alpha));
  backend.map(remaining, { y: targets, k, s: ridge, p: alpha }, { out: residual });
}

async function columnNorms(backend: Backend, a: Tensor): Promise<Float64Array> {
  using norms = backend.norm(a, 0);
  return Float64Array.from(await norms.read());
}

async function columnDots(backend: Backend, a: Tensor, b: Tensor): Promise<Float64Array> {
  using scope = new Scope(backend);
  const { ops } = scope;
  return Float64Array.from(await ops.sum(multiply(ops, a, b), 0).read());
}

/** a / b for each column; 0 for those that are solved, where both are 0. */
function quotients(a: Float64Array, b: Float64Array): Float64Array {
  return a.map((value, column) => (value === 0 ? 0 : value / (b[column] as number)));
}

function row(backend: Backend, values: Float64Array, dtype: FloatDType): Tensor {
  return backend.tensor(values, [1, values.length], dtype);
}

/** Largest a / b; of columns whose targets are 0, so is the residual. */
function largestRatio(a: Float64Array, b: Float64Array): number {
  let largest = 0;
  for (const [column, value] of quotients(a, b).entries()) {
    if (b[column] !== 0 && !(value <= largest)) largest = value;
  }
  return largest;
}

function notConverged(residual: number, { tolerance, maxIterations }: Settings): ConvergenceError {
  const reached = Number.isNaN(residual)
    ? 'values that are not finite'
    : `a relative residual of ${residual.toPrecision(2)}`;
  return new ConvergenceError(
    `Conjugate gradients reached ${reached} instead of ${tolerance} in at most ${maxIterations} passes. Raise the ridge, the tolerance, maxIterations or the rank of the preconditioner, or compute in float64.`,
  );
}
