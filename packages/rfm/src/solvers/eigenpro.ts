import {
  type Backend,
  ConvergenceError,
  eventLoopTurn,
  floatDType,
  multiply,
  randomPermutation,
  Scope,
  subkey,
  type Tensor,
  throwIfAborted,
} from '@agop/core';
import { checkCallback, checkGiven, checkPositive, checkWhole } from '@agop/core/options';
import type { SolverProgress } from './conjugate-gradients.ts';
import { matrixOperator } from './operators.ts';
import type { ImplicitKernelSystem, Solver } from './solver.ts';

/** Options of {@link eigenProSolver}. */
export interface EigenProOptions {
  /**
   * It ends where the relative residual of each output is at most this, summed up over an epoch while the
   * coefficients change. Default 1e-2.
   */
  readonly tolerance?: number;
  /** Passes over the kernel matrix at most, from 1. Default 100. */
  readonly epochs?: number;
  /** Rows of K whose eigenvectors precondition the steps. Default 8 √n, at most 2000. */
  readonly rank?: number;
  /**
   * Eigenvectors of these rows whose directions are slowed down to the pace of the next one. Default a
   * quarter of `rank`.
   */
  readonly directions?: number;
  /** Seed of these rows, and of the order of all. Default 0. */
  readonly seed?: number;
  /** As that of `conjugateGradientSolver`, asked after each epoch. Default none. */
  readonly stop?: ((progress: SolverProgress) => boolean | Promise<boolean>) | undefined;
}

/**
 * Kernel ridge regression without the kernel matrix by preconditioned stochastic gradient steps: batches of
 * rows, with the leading eigendirections of K slowed down, so that batches may be large without shorter
 * steps for the other directions. An epoch takes n² kernel values, twice as many as a pass of conjugate
 * gradients, and memory for one batch of rows.
 *
 * Steps are cheap and go far at first: for fits that are stopped early, by the error on validation rows. To
 * small residuals `conjugateGradientSolver` takes far fewer passes.
 *
 * Source: Ma, Belkin 2019, Kernel Machines that Adapt to GPUs for Effective Large Batch Training (arXiv
 * 1806.06144), on K + λ I in place of K.
 *
 * @throws {OptionError} for an option out of range
 */
export function eigenProSolver(options: EigenProOptions = {}): Solver {
  const settings = resolve(options);
  return {
    name: 'EigenPro',
    isImplicit: () => true,
    solve: (backend, { matrix, targets, ridge }) =>
      solve(backend, { operator: matrixOperator(matrix), targets, ridge }, settings),
    solveImplicit: (backend, system) => solve(backend, system, settings),
  };
}

const names: Readonly<Record<keyof EigenProOptions, true>> = {
  tolerance: true,
  epochs: true,
  rank: true,
  directions: true,
  seed: true,
  stop: true,
};

interface Settings {
  readonly tolerance: number;
  readonly epochs: number;
  readonly rank: number | undefined;
  readonly directions: number | undefined;
  readonly seed: number;
  readonly stop: EigenProOptions['stop'];
}

function resolve(options: EigenProOptions): Settings {
  checkGiven('eigenProSolver()', options, names);
  const { rank, directions, stop } = options;
  return {
    tolerance: checkPositive('tolerance', options.tolerance ?? 1e-2),
    epochs: checkWhole('epochs', options.epochs ?? 100, 1),
    rank: rank === undefined ? undefined : checkWhole('rank', rank, 2),
    directions: directions === undefined ? undefined : checkWhole('directions', directions, 1),
    seed: checkWhole('seed', options.seed ?? 0, 0),
    stop: checkCallback('stop', stop),
  };
}

/** Bytes of the rows of K of a batch, at most. */
const batchBytes = 64 * 2 ** 20;

async function solve(backend: Backend, system: ImplicitKernelSystem, settings: Settings): Promise<Tensor> {
  const { operator, targets, signal } = system;
  const { order: n } = operator;
  const { epochs, seed, stop, tolerance } = settings;
  using scope = new Scope(backend);
  const { ops } = scope;
  const c = targets.shape[1] as number;
  const y = Float64Array.from(await targets.read());
  const sizes = squaredSums(y, c);
  const steps = await Steps.of(ops, system, settings);
  const alpha = new Float64Array(n * c);
  const asTensor = (on: Backend): Tensor => on.tensor(alpha, [n, c], floatDType(targets));
  let residual = 1;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = randomPermutation(n, subkey(seed, 'batch-order', epoch));
    const sums = new Float64Array(c);
    for (let begin = 0; begin < n; begin += steps.batch) {
      throwIfAborted(signal, 'Solving for coefficients');
      using step = new Scope(ops);
      const rows = order.slice(begin, begin + steps.batch).sort();
      const errors = await steps.take(step.ops, rows, alpha, y, asTensor(step.ops));
      for (const [at, value] of squaredSums(errors, c).entries()) sums[at] = (sums[at] as number) + value;
      await eventLoopTurn();
    }
    residual = Math.sqrt(
      sums.reduce((most, sum, at) => Math.max(most, sizes[at] ? sum / (sizes[at] as number) : 0), 0),
    );
    if (sums.some((sum) => !Number.isFinite(sum))) break;
    using now = asTensor(ops);
    if (residual <= tolerance || (await stop?.({ iteration: epoch, residual, coefficients: now }))) {
      return scope.keep(ops.clone(now));
    }
  }
  throw new ConvergenceError(
    `EigenPro reached a relative residual of ${residual.toPrecision(2)} instead of ${tolerance} in at most ${epochs} epochs. Raise the ridge, the tolerance, the number of epochs, or the rank, or take conjugateGradientSolver.`,
  );
}

/** Σ over rows of the squares in each column. */
function squaredSums(values: Float64Array, columns: number): Float64Array {
  const sums = new Float64Array(columns);
  for (const [at, value] of values.entries())
    sums[at % columns] = (sums[at % columns] as number) + value ** 2;
  return sums;
}

/** Rows that stand for all, with the directions that are slowed down. */
class Steps {
  /** Rows of a batch. */
  readonly batch: number;
  readonly #system: ImplicitKernelSystem;
  readonly #landmarks: Int32Array;
  /** V, [s, q] */
  readonly #vectors: Tensor;
  /** (1 - σ_{q+1} / σ_i) / σ_i, [q, 1] */
  readonly #factors: Tensor;
  /** What the error of a row is multiplied by. */
  readonly #length: number;

  /** @param ops the view of a scope, which owns what this holds */
  static async of(ops: Backend, system: ImplicitKernelSystem, settings: Settings): Promise<Steps> {
    const { operator, ridge } = system;
    const n = operator.order;
    const count = Math.min(n, settings.rank ?? Math.min(2000, Math.ceil(8 * Math.sqrt(n))));
    const landmarks = randomPermutation(n, subkey(settings.seed, 'landmarks')).slice(0, count).sort();
    const { values, vectors } = await ops.eigh(operator.rows(ops, landmarks, landmarks));
    const sigma = Float64Array.from(await values.read(), (value) => Math.max(value, 0) + ridge);
    const q = Math.min(settings.directions ?? Math.floor(count / 4), count - 1);
    const next = sigma[count - q - 1] as number;
    const kept = sigma.slice(count - q);
    const factors = kept.map((value) => (1 - next / value) / value);
    const byRow = ops.transpose(vectors);
    const chosen = ops.transpose(ops.rows(byRow, count - q, count));
    const diagonal = Float64Array.from(await operator.diagonal(ops).read());
    // k(x, x) of the preconditioned kernel is at most that of K.
    const largest = diagonal.reduce((most, value) => Math.max(most, value), 0) + ridge;
    // Beyond this many rows, more of them in a batch make no step longer.
    const wanted = Math.ceil((largest * count) / Math.max(next, Number.MIN_VALUE));
    const most = Math.floor(batchBytes / (n * (operator.dtype === 'float64' ? 8 : 4)));
    const batch = Math.max(1, Math.min(n, wanted, Math.max(most, 32)));
    const length = 1 / (largest + ((batch - 1) * next) / count);
    return new Steps(system, landmarks, chosen, ops.tensor(factors, [q, 1], operator.dtype), batch, length);
  }

  private constructor(
    system: ImplicitKernelSystem,
    landmarks: Int32Array,
    vectors: Tensor,
    factors: Tensor,
    batch: number,
    length: number,
  ) {
    this.#system = system;
    this.#landmarks = landmarks;
    this.#vectors = vectors;
    this.#factors = factors;
    this.batch = batch;
    this.#length = length;
  }

  /** Changes the coefficients by a step on some rows; returns the errors f(x) + λ α - y there, [rows, c]. */
  async take(
    ops: Backend,
    rows: Int32Array,
    alpha: Float64Array,
    y: Float64Array,
    current: Tensor,
  ): Promise<Float64Array> {
    const { operator, ridge } = this.#system;
    const c = current.shape[1] as number;
    const predictions = await ops.matmul(operator.rows(ops, rows), current).read();
    const errors = Float64Array.from(predictions, (value, at) => {
      const place = (rows[Math.floor(at / c)] as number) * c + (at % c);
      return value + ridge * (alpha[place] as number) - (y[place] as number);
    });
    const g = ops.tensor(errors, [rows.length, c], operator.dtype);
    const across = ops.matmul(operator.rows(ops, this.#landmarks, rows), g);
    const along = multiply(ops, ops.matmul(this.#vectors, across, { transposeA: true }), this.#factors);
    const back = await ops.matmul(this.#vectors, along).read();
    addAt(alpha, rows, errors, -this.#length, c);
    addAt(alpha, this.#landmarks, back, this.#length, c);
    return errors;
  }
}

/** target[rows[i], :] += factor * values[i, :] */
function addAt(
  target: Float64Array,
  rows: Int32Array,
  values: ArrayLike<number>,
  factor: number,
  c: number,
): void {
  for (const [index, row] of rows.entries()) {
    for (let column = 0; column < c; column++) {
      const at = row * c + column;
      target[at] = (target[at] as number) + factor * (values[index * c + column] as number);
    }
  }
}
