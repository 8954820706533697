import { NotPositiveDefiniteError } from '@agop/core';
import { type HostMatrix, product, transposed, zeros } from '../linear/matrix.ts';
import { eigenOf, polarFactor, solvePositive } from '../linear/symmetric.ts';
import { emptyMoments, type Moments, solveSlopes, takeMoments } from './fits.ts';
import type { LocalSums, SumsBlock, Weighting } from './sums.ts';

/** What a step of MAVE gives. */
export interface MaveStep {
  /** Orthonormal, [p, r], in no particular order. */
  readonly basis: HostMatrix;
  /** (1/n) Σ d dᵀ, the average outer product of the slopes along the basis of before, [r, r]. */
  readonly outer: HostMatrix;
}

/**
 * One step of minimum average variance estimation: given B, local fits (a_j, d_j) on Bᵀx; given these, the B
 * that minimizes Σ_ij w_ij (y_i - a_j - d_jᵀ Bᵀ(x_i - x_j))²; then B (BᵀB)^(-1/2). Both come from the same
 * sums, so that the step costs no more than them.
 *
 * Source: Xia, Tong, Li, Zhu, "An adaptive estimation of dimension reduction space", J. R. Stat. Soc. B 64
 * (2002), section 3.
 *
 * @param blocks the sums at the centers: of `local.blocks()`, or kept from another step
 */
export async function maveStep(
  local: LocalSums,
  blocks: AsyncIterable<SumsBlock> | Iterable<SumsBlock>,
  basis: HostMatrix,
  ridge: number,
): Promise<MaveStep> {
  const { features: p, responses: outputs } = local;
  const r = basis.columns;
  const moments = emptyMoments(p, outputs);
  const normal = zeros(p * r, p * r);
  const right = zeros(p * r, 1);
  const outer = zeros(r, r);
  const second = zeros(p, p);
  const backwards = transposed(basis);
  for await (const block of blocks) {
    for (let row = 0; row < block.end - block.begin; row++) {
      takeMoments(moments, local, block, row);
      const slopes = product(backwards, moments.cross);
      solveSlopes(product(product(backwards, moments.covariance), basis), slopes, ridge);
      aboutCenter(moments, second);
      addProducts(normal, second, slopes);
      for (let o = 0; o < outputs; o++) addRight(right, moments, basis, slopes, o);
      addOuter(outer, slopes);
    }
  }
  const flat = solution(normal, right);
  const found = zeros(p, r);
  for (let k = 0; k < r; k++) {
    for (let i = 0; i < p; i++) found.data[i * r + k] = flat[k * p + i] as number;
  }
  const scaled = outer.data.map((value) => value / local.centers.rows);
  return { basis: polarFactor(found), outer: { ...outer, data: scaled } };
}

/** The sums of all centers, to be used several times: for weights that do not change. */
export async function keepBlocks(local: LocalSums, weighting: Weighting): Promise<SumsBlock[]> {
  const kept: SumsBlock[] = [];
  for await (const block of local.blocks(weighting)) kept.push(block);
  return kept;
}

/**
 * A basis turned so that its columns are in the order of their part in the outer product of the slopes, with
 * the eigenvalues.
 */
export function ordered({ basis, outer }: MaveStep): { values: Float64Array; basis: HostMatrix } {
  const { values, vectors } = eigenOf(outer);
  return { values, basis: product(basis, vectors) };
}

/** T = C + (m - x_j)(m - x_j)ᵀ, the weighted second moments about the center. */
function aboutCenter({ center, mean, covariance }: Moments, out: HostMatrix): void {
  const p = center.length;
  for (let k = 0; k < p; k++) {
    const a = (mean[k] as number) - (center[k] as number);
    for (let l = 0; l < p; l++) {
      const b = (mean[l] as number) - (center[l] as number);
      out.data[k * p + l] = (covariance.data[k * p + l] as number) + a * b;
    }
  }
}

/** Adds Σ_o (d_o d_oᵀ) ⊗ T, the lower half of its blocks. */
function addProducts(normal: HostMatrix, t: HostMatrix, slopes: HostMatrix): void {
  const { rows: r, columns: outputs } = slopes;
  const p = t.rows;
  const size = p * r;
  for (let a = 0; a < r; a++) {
    for (let b = 0; b <= a; b++) {
      let factor = 0;
      for (let o = 0; o < outputs; o++) {
        factor += (slopes.data[a * outputs + o] as number) * (slopes.data[b * outputs + o] as number);
      }
      for (let i = 0; i < p; i++) {
        const to = (a * p + i) * size + b * p;
        for (let j = 0; j < p; j++) {
          normal.data[to + j] = (normal.data[to + j] as number) + factor * (t.data[i * p + j] as number);
        }
      }
    }
  }
}

/** Adds d ⊗ Σ_i w_ij (x_i - x_j)(y_i - a_j). */
function addRight(
  right: HostMatrix,
  { center, mean, cross }: Moments,
  basis: HostMatrix,
  slopes: HostMatrix,
  o: number,
): void {
  const { rows: p, columns: r } = basis;
  const outputs = slopes.columns;
  // y's local mean less a_j: the local line's rise from the center to the mean.
  let rise = 0;
  for (let k = 0; k < r; k++) {
    for (let i = 0; i < p; i++) {
      const step = (mean[i] as number) - (center[i] as number);
      rise += (slopes.data[k * outputs + o] as number) * (basis.data[i * r + k] as number) * step;
    }
  }
  for (let k = 0; k < r; k++) {
    const slope = slopes.data[k * outputs + o] as number;
    for (let i = 0; i < p; i++) {
      const step = (mean[i] as number) - (center[i] as number);
      const value = (cross.data[i * outputs + o] as number) + step * rise;
      right.data[k * p + i] = (right.data[k * p + i] as number) + slope * value;
    }
  }
}

function addOuter(outer: HostMatrix, slopes: HostMatrix): void {
  const { rows: r, columns: outputs, data } = slopes;
  for (let a = 0; a < r; a++) {
    for (let b = 0; b < r; b++) {
      let sum = 0;
      for (let o = 0; o < outputs; o++) {
        sum += (data[a * outputs + o] as number) * (data[b * outputs + o] as number);
      }
      outer.data[a * r + b] = (outer.data[a * r + b] as number) + sum;
    }
  }
}

/** The solution of the normal equations, with a ridge at the level of rounding where they are singular. */
function solution(normal: HostMatrix, right: HostMatrix): Float64Array {
  let trace = 0;
  for (let i = 0; i < normal.rows; i++) trace += normal.data[i * (normal.rows + 1)] as number;
  for (let ridge = 0; ; ridge = Math.max(1e-13, 100 * ridge)) {
    try {
      return solvePositive(normal, right, (ridge * trace) / normal.rows).data;
    } catch (error) {
      if (!NotPositiveDefiniteError.isInstance(error) || ridge > 1) throw error;
    }
  }
}
