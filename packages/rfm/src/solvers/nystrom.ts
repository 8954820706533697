import {
  type Backend,
  floatDType,
  machineEpsilon,
  multiply,
  NotPositiveDefiniteError,
  randomArray,
  randomPermutation,
  Scope,
  subkey,
  type Tensor,
} from '@agop/core';
import type { KernelOperator } from '../kernel-matrix/kernel-operator.ts';

/** How the rows of a Nyström approximation are chosen. */
export type LandmarkChoice = 'random' | 'pivoted';

/** What a Nyström approximation depends on. */
export interface NystromOptions {
  /** Number of rows of K that it is made of. */
  readonly rank: number;
  readonly landmarks: LandmarkChoice;
  readonly seed: number;
}

/** K ≈ U diag(values) Uᵀ, with orthonormal columns. */
export interface NystromFactor {
  /** [n, m] */
  readonly vectors: Tensor;
  /** m of them, ascending, positive. */
  readonly values: Float64Array;
}

/** Landmarks of the first round; later rounds double them. */
const firstPivots = 16;
/** Rounds at most: each that finds rows doubles them. */
const maxRounds = 32;

/**
 * The Nyström approximation of a kernel matrix: K ≈ K_nm K_mm⁻¹ K_mn for m of its rows, as eigenvectors.
 *
 * `random` takes any rows; `pivoted` takes them with probabilities that follow what the rows before leave of
 * the diagonal, in rounds that double their number, which approximates K better where points lie in clusters
 * of different sizes. Both take about 3 n m² operations, `pivoted` a third more.
 *
 * Source: Frangella, Tropp, Udell 2021 (arXiv 2110.02820) for its use; Chen, Epperly, Tropp, Webber 2022
 * (arXiv 2207.06503) for random pivots.
 *
 * @returns vectors of the caller's
 */
export async function nystromFactor(
  backend: Backend,
  operator: KernelOperator,
  { rank, landmarks, seed }: NystromOptions,
): Promise<NystromFactor> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const rows =
    landmarks === 'random'
      ? randomPermutation(operator.order, subkey(seed, 'landmarks')).slice(0, rank).sort()
      : await randomPivots(ops, operator, rank, seed);
  const factor = scope.own(await factorOf(ops, operator, rows));
  const { values, vectors } = await ops.eigh(ops.gram(factor));
  const host = Float64Array.from(await values.read());
  // Directions that are rounding alone are left out.
  const floor = 16 * machineEpsilon(operator.dtype) * (host.at(-1) ?? 0);
  const begin = host.findIndex((value) => value > floor);
  const kept = host.slice(begin < 0 ? host.length : begin);
  const chosen = ops.rows(ops.transpose(vectors), host.length - kept.length, host.length);
  const roots = ops.tensor(
    kept.map((value) => 1 / Math.sqrt(value)),
    [kept.length, 1],
    operator.dtype,
  );
  const scaled = multiply(ops, chosen, roots);
  return {
    values: kept,
    vectors: scope.keep(ops.matmul(factor, scaled, { transposeA: true, transposeB: true })),
  };
}

/** F = K_nm L⁻ᵀ with K_mm = L Lᵀ, so that F Fᵀ is the approximation, transposed: [m, n]. */
async function factorOf(backend: Backend, operator: KernelOperator, rows: Int32Array): Promise<Tensor> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const lower = scope.own(await landmarkFactor(ops, operator.rows(ops, rows, rows)));
  return scope.keep(ops.solveTriangular(lower, operator.rows(ops, rows), { overwrite: true }));
}

/** The Cholesky factor of K_mm, with as little on its diagonal as rounding asks for. */
async function landmarkFactor(backend: Backend, square: Tensor): Promise<Tensor> {
  using scope = new Scope(backend);
  const [trace] = await scope.ops.sum(scope.ops.diagonal(square), 'all').read();
  let jitter = machineEpsilon(floatDType(square)) * (trace as number);
  for (;;) {
    try {
      return scope.keep(await scope.ops.cholesky(square, { ridge: jitter }));
    } catch (error) {
      if (!NotPositiveDefiniteError.isInstance(error) || !(jitter < (trace as number))) throw error;
      jitter *= 10;
    }
  }
}

/**
 * Rows chosen with probabilities proportional to the diagonal of what those before leave of K, in rounds
 * that double their number.
 */
async function randomPivots(
  backend: Backend,
  operator: KernelOperator,
  rank: number,
  seed: number,
): Promise<Int32Array> {
  using scope = new Scope(backend);
  const diagonal = Float64Array.from(await operator.diagonal(scope.ops).read());
  const floor = machineEpsilon(operator.dtype) * diagonal.reduce((most, value) => Math.max(most, value), 0);
  const chosen = new Set<number>();
  let left: Float64Array = diagonal;
  for (let round = 0; round < maxRounds && chosen.size < rank; round++) {
    const count = Math.min(Math.max(firstPivots, chosen.size), rank - chosen.size);
    const luck = randomArray(count, 'uniform', subkey(seed, 'landmarks', round + 1), 'float64');
    const before = chosen.size;
    for (const row of drawn(left, luck)) if ((left[row] as number) > floor) chosen.add(row);
    // All that is left is rounding.
    if (chosen.size === before) break;
    if (chosen.size < rank) left = await unexplained(scope.ops, operator, diagonal, chosen);
  }
  return Int32Array.from(chosen).sort();
}

/** The diagonal of K - F Fᵀ for the landmarks so far. */
async function unexplained(
  backend: Backend,
  operator: KernelOperator,
  diagonal: Float64Array,
  chosen: ReadonlySet<number>,
): Promise<Float64Array> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const factor = scope.own(await factorOf(ops, operator, Int32Array.from(chosen).sort()));
  const explained = await ops.sum(multiply(ops, factor, factor), 0).read();
  return diagonal.map((value, row) =>
    chosen.has(row) ? 0 : Math.max(0, value - (explained[row] as number)),
  );
}

/** Rows by uniform numbers, with probabilities proportional to weights; none where these are all 0. */
function drawn(weights: Float64Array, luck: Float64Array): number[] {
  const sums = new Float64Array(weights.length);
  let total = 0;
  for (const [row, weight] of weights.entries()) {
    total += weight;
    sums[row] = total;
  }
  if (!(total > 0)) return [];
  return Array.from(luck, (share) => firstAbove(sums, share * total));
}

function firstAbove(ascending: Float64Array, value: number): number {
  let [begin, end] = [0, ascending.length - 1];
  while (begin < end) {
    const middle = (begin + end) >> 1;
    if ((ascending[middle] as number) > value) end = middle;
    else begin = middle + 1;
  }
  return begin;
}
