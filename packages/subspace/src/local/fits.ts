import { type HostMatrix, zeros } from '../linear/matrix.ts';
import { eigenOf } from '../linear/symmetric.ts';
import type { LocalSums, SumsBlock, Weighting } from './sums.ts';

/** Sums of one center, divided by the sum of its weights. */
export interface Moments {
  /** The center itself, [p]. */
  readonly center: Float64Array;
  /** Sum of the weights, before they were scaled to sum 1. */
  weight: number;
  /** Weighted means of the features, [p]. */
  readonly mean: Float64Array;
  /** Weighted covariance of the features, [p, p]. */
  readonly covariance: HostMatrix;
  /** Weighted means of the responses, [outputs]. */
  readonly response: Float64Array;
  /** Weighted covariances of features and responses, [p, outputs]. */
  readonly cross: HostMatrix;
}

/** Moments of no center yet, to be filled by {@link takeMoments} again and again. */
export function emptyMoments(features: number, responses: number): Moments {
  return {
    center: new Float64Array(features),
    weight: 0,
    mean: new Float64Array(features),
    covariance: zeros(features, features),
    response: new Float64Array(responses),
    cross: zeros(features, responses),
  };
}

/** Unpacks the sums of one center, in float64. */
export function takeMoments(into: Moments, local: LocalSums, { begin, sums }: SumsBlock, row: number): void {
  const { features: p, responses: outputs, centers } = local;
  const { center, mean, covariance, response, cross } = into;
  const triangle = ((p + 1) * (p + 2)) / 2;
  let at = row * (triangle + (p + 1) * outputs);
  const weight = sums[at] as number;
  into.weight = weight;
  for (let k = 0; k < p; k++) {
    center[k] = centers.data[(begin + row) * p + k] as number;
    mean[k] = (sums[++at] as number) / weight;
  }
  at++;
  for (let k = 0; k < p; k++) {
    for (let l = k; l < p; l++) {
      const value = (sums[at++] as number) / weight - (mean[k] as number) * (mean[l] as number);
      covariance.data[k * p + l] = value;
      covariance.data[l * p + k] = value;
    }
  }
  for (let o = 0; o < outputs; o++) {
    const average = (sums[at++] as number) / weight;
    response[o] = average;
    for (let k = 0; k < p; k++) {
      cross.data[k * outputs + o] = (sums[at++] as number) / weight - (mean[k] as number) * average;
    }
  }
}

/**
 * Slopes of a local linear fit, C⁻¹ c for each response, in place of c: by Cholesky in float64, with a ridge
 * relative to the mean variance. Directions in which the neighbors do not vary (constant or repeated columns)
 * get the slope 0.
 *
 * @param covariance C [p, p]; destroyed
 * @param cross c [p, outputs]; becomes the slopes
 */
export function solveSlopes(covariance: HostMatrix, cross: HostMatrix, ridge: number): void {
  const { data, rows: p } = covariance;
  let trace = 0;
  for (let k = 0; k < p; k++) trace += Math.max(0, data[k * (p + 1)] as number);
  if (trace === 0) {
    cross.data.fill(0);
    return;
  }
  const own = (ridge * trace) / p;
  const kept = data.slice();
  if (factored(data, p, own, (1e-13 * trace) / p)) substitute(data, p, cross);
  else solveByEigenvalues({ ...covariance, data: kept }, cross, own);
}

/** C + ridge I = L Lᵀ in the lower triangle, in place; false where a pivot is no more than `floor`. */
function factored(a: Float64Array, p: number, ridge: number, floor: number): boolean {
  for (let i = 0; i < p; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * p + j] as number;
      for (let k = 0; k < j; k++) sum -= (a[i * p + k] as number) * (a[j * p + k] as number);
      if (j < i) a[i * p + j] = sum / (a[j * p + j] as number);
      else {
        const pivot = sum + ridge;
        if (!(pivot > floor)) return false;
        a[i * p + i] = Math.sqrt(pivot);
      }
    }
  }
  return true;
}

function substitute(l: Float64Array, p: number, { data: x, columns }: HostMatrix): void {
  for (let o = 0; o < columns; o++) {
    for (let i = 0; i < p; i++) {
      let sum = x[i * columns + o] as number;
      for (let k = 0; k < i; k++) sum -= (l[i * p + k] as number) * (x[k * columns + o] as number);
      x[i * columns + o] = sum / (l[i * p + i] as number);
    }
    for (let i = p - 1; i >= 0; i--) {
      let sum = x[i * columns + o] as number;
      for (let k = i + 1; k < p; k++) sum -= (l[k * p + i] as number) * (x[k * columns + o] as number);
      x[i * columns + o] = sum / (l[i * p + i] as number);
    }
  }
}

function solveByEigenvalues(covariance: HostMatrix, cross: HostMatrix, ridge: number): void {
  const { values, vectors } = eigenOf(covariance);
  const p = covariance.rows;
  const floor = 1e-10 * (values[0] as number);
  const slopes = new Float64Array(cross.data.length);
  for (let k = 0; k < p; k++) {
    const value = values[k] as number;
    if (!(value > floor)) continue;
    for (let o = 0; o < cross.columns; o++) {
      let share = 0;
      for (let i = 0; i < p; i++) {
        share += (vectors.data[i * p + k] as number) * (cross.data[i * cross.columns + o] as number);
      }
      for (let i = 0; i < p; i++) {
        const to = i * cross.columns + o;
        const part = ((vectors.data[i * p + k] as number) * share) / (value + ridge);
        slopes[to] = (slopes[to] as number) + part;
      }
    }
  }
  cross.data.set(slopes);
}

/** Local linear fits at all centers. */
export interface LocalFits {
  /** Values at the centers, [centers, outputs]. */
  readonly intercepts: HostMatrix;
  /** [centers, outputs · p]: the slopes of each response, one after the other. */
  readonly slopes: HostMatrix;
}

/**
 * Fits (a_j, b_j) = arg min Σ_i w_ij (y_i - a - bᵀ(x_i - x_j))² at every center, for each response.
 *
 * @param ridge relative to the mean local variance, from 0
 */
export async function localFits(local: LocalSums, weighting: Weighting, ridge: number): Promise<LocalFits> {
  const { features: p, responses: outputs } = local;
  const intercepts = zeros(local.centers.rows, outputs);
  const slopes = zeros(local.centers.rows, outputs * p);
  const moments = emptyMoments(p, outputs);
  for await (const block of local.blocks(weighting)) {
    for (let row = 0; row < block.end - block.begin; row++) {
      takeMoments(moments, local, block, row);
      solveSlopes(moments.covariance, moments.cross, ridge);
      const j = block.begin + row;
      for (let o = 0; o < outputs; o++) {
        let value = moments.response[o] as number;
        for (let k = 0; k < p; k++) {
          const slope = moments.cross.data[k * outputs + o] as number;
          slopes.data[j * outputs * p + o * p + k] = slope;
          value -= slope * ((moments.mean[k] as number) - (moments.center[k] as number));
        }
        intercepts.data[j * outputs + o] = value;
      }
    }
  }
  return { intercepts, slopes };
}
