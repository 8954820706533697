import { checkMembers } from '@agop/core/options';
import { isPrime } from '../arithmetic/residues.ts';
import type { BlockShape, Group } from '../tasks/operation.ts';
import type { ModularTask } from '../tasks/task.ts';
import { groupOrder, metricBlocks } from './blocks.ts';
import { nearestOfShape, nearestScalarPlusConstant } from './nearest.ts';
import { meanOf, orderOf, sumOfSquares } from './square.ts';

/** Options of {@link circulantDeviation}. */
export interface CirculantDeviationOptions {
  /** Which diagonals should be constant. Default 'circulant'. */
  readonly shape?: BlockShape;
  /**
   * How the paper's Var is read. `sum`: as printed, the sum of squares about the mean; a block without
   * structure has about 1 - 1/p. `mean`: that divided by p, which is what the paper's figures show (about
   * 1/p). Default 'sum'.
   */
  readonly variance?: 'sum' | 'mean';
}

/**
 * The paper's progress measure D(B) = ||B||_F^-2 sum_s Var(wrapped diagonal s of B): 0 for a circulant (or
 * Hankel) matrix. NaN for a zero matrix, such as the off-diagonal block of the identity.
 *
 * The sum equals ||B - nearest||_F^2, the squared distance to the nearest matrix of that shape. The paper
 * says that rows are shifted to the right; the rows of its own circulant matrices, which are right shifts of
 * the first, line up when shifted to the left, and a literal right shift aligns the anti-diagonals of Hankel
 * matrices. `shape` says which is meant.
 * Source: Mallinar et al. 2025 (arXiv 2407.20199), section 3.
 *
 * @param block row-major [n, n]
 * @throws {ShapeError} if it is not square
 */
export function circulantDeviation(
  block: ArrayLike<number>,
  options: CirculantDeviationOptions = {},
): number {
  checkMembers('circulantDeviation()', options, { shape: 'text?', variance: 'text?' });
  const { shape = 'circulant', variance = 'sum' } = options;
  const total = squaredDistance(block, nearestOfShape(block, shape)) / sumOfSquares(block);
  return variance === 'sum' ? total : total / orderOf('circulantDeviation', block);
}

/**
 * The paper's circulant deviation of the lower left block of an AGOP or metric, in the order of one of the
 * task's operations; null where that is not known: for polynomials, and for * modulo a composite p, whose
 * residues have no discrete logarithms.
 *
 * @param matrix row-major [d, d], d the task's columns
 * @param shape which diagonals; default those of the metric that a kernel machine learns for the operation
 * @param index which operation; default the first
 */
export function structureDeviation(
  task: ModularTask,
  matrix: Float64Array,
  shape?: BlockShape,
  index = 0,
): number | null {
  const structure = task.operations[index]?.structure;
  if (!structure || (structure.group === 'multiplicative' && !isPrime(task.p))) return null;
  const block = groupOrder(metricBlocks(matrix, task.p).lowerLeft, structure.group);
  return circulantDeviation(block, { shape: shape ?? structure.block });
}

/** What is left of a block when its nearest matrix of a simple form is taken away. */
export interface RelativeDeviations {
  /** From the nearest circulant matrix. */
  readonly circulant: number;
  /** From the nearest matrix with constant anti-diagonals. */
  readonly hankel: number;
  /** From the nearest c1 I + c2 1 1^T. */
  readonly scalarPlusConstant: number;
}

/**
 * Relative deviations ||B - nearest||_F / ||B - mean(B)||_F. Unlike {@link circulantDeviation} they do not
 * depend on the mean of B, which every simple form can match: a block of equal entries gives NaN, not 0.
 *
 * @param block row-major [n, n]
 * @throws {ShapeError} if it is not square
 */
export function relativeDeviations(block: ArrayLike<number>): RelativeDeviations {
  orderOf('relativeDeviations', block);
  const mean = meanOf(block);
  const spread = Math.sqrt(sumOfSquares(Float64Array.from(block, (value) => value - mean)));
  const distance = (nearest: Float64Array): number => Math.sqrt(squaredDistance(block, nearest)) / spread;
  return {
    circulant: distance(nearestOfShape(block, 'circulant')),
    hankel: distance(nearestOfShape(block, 'hankel')),
    scalarPlusConstant: distance(nearestScalarPlusConstant(block)),
  };
}

/** How far a metric is from Observation 1 of the paper, [[A, C^T], [C, A]]. All are relative deviations. */
export interface MetricDeviations {
  /** Upper right block, circulant. */
  readonly circulant: number;
  /** Upper right block, Hankel. */
  readonly hankel: number;
  /** Upper left block, c1 I + c2 1 1^T. */
  readonly upperLeft: number;
  /** Lower right block, c1 I + c2 1 1^T. */
  readonly lowerRight: number;
}

/**
 * Relative deviations of a metric's blocks in the order of a group; the multiplicative group leaves out
 * residue 0.
 *
 * @param metric row-major [2p, 2p], or [2p + 1, 2p + 1] with a task bit, which is left out
 * @throws {ShapeError} if the metric has another shape
 * @throws {OptionError} for the multiplicative group of a p that is not prime
 */
export function metricDeviations(metric: ArrayLike<number>, p: number, group: Group): MetricDeviations {
  const blocks = metricBlocks(metric, p);
  const offDiagonal = relativeDeviations(groupOrder(blocks.upperRight, group));
  return {
    circulant: offDiagonal.circulant,
    hankel: offDiagonal.hankel,
    upperLeft: relativeDeviations(groupOrder(blocks.upperLeft, group)).scalarPlusConstant,
    lowerRight: relativeDeviations(groupOrder(blocks.lowerRight, group)).scalarPlusConstant,
  };
}

function squaredDistance(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += ((a[i] as number) - (b[i] as number)) ** 2;
  return sum;
}
