import type { Backend } from '@agop/core';
import type { HostMatrix } from '../linear/matrix.ts';
import { zeros } from '../linear/matrix.ts';
import { emptyMoments, solveSlopes, takeMoments } from './fits.ts';
import { LocalSums, type LocalSumsOptions } from './sums.ts';

/** Estimates of the responses at some points. */
export interface Smoothed {
  /** [points, outputs] */
  readonly values: HostMatrix;
  /**
   * Estimates without the sample that is the point itself, [points, outputs]; of use where points are
   * samples.
   */
  readonly leftOut: HostMatrix;
}

/** What the smoother needs. */
export interface SmootherOptions extends LocalSumsOptions {
  readonly bandwidth: number;
}

const ridge = 1e-6;

/**
 * Local linear regression of responses on coordinates, at other points.
 *
 * Without the sample at the point itself, whose weight before scaling is 1, the estimate is
 * (a - h y) / (1 - h) with h = (1 + μᵀ C⁻¹ μ) / Σ w, where μ leads from the point to the weighted mean: no
 * second fit is needed.
 *
 * @param coordinates [n, r]
 * @param responses [n, outputs]
 * @param points [points, r]
 * @param own responses at the points, for `leftOut`
 */
export async function smooth(
  backend: Backend,
  coordinates: HostMatrix,
  responses: HostMatrix,
  points: HostMatrix,
  own: HostMatrix | undefined,
  options: SmootherOptions,
): Promise<Smoothed> {
  const { bandwidth } = options;
  using local = new LocalSums(backend, coordinates, responses, points, options);
  const { features: r, responses: outputs } = local;
  const values = zeros(points.rows, outputs);
  const leftOut = zeros(own ? points.rows : 0, outputs);
  const moments = emptyMoments(r, outputs);
  const both = zeros(r, outputs + 1);
  const { columns } = both;
  for await (const block of local.blocks({ bandwidth, least: (r + 1) / Math.E + 1 })) {
    for (let row = 0; row < block.end - block.begin; row++) {
      takeMoments(moments, local, block, row);
      const { mean, center, cross, covariance, response, weight } = moments;
      for (let k = 0; k < r; k++) {
        for (let o = 0; o < outputs; o++) both.data[k * columns + o] = cross.data[k * outputs + o] as number;
        both.data[k * columns + outputs] = (mean[k] as number) - (center[k] as number);
      }
      solveSlopes(covariance, both, ridge);
      const j = block.begin + row;
      let leverage = 1;
      for (let k = 0; k < r; k++) {
        const step = (mean[k] as number) - (center[k] as number);
        leverage += step * (both.data[k * columns + outputs] as number);
      }
      const share = Math.min(leverage / weight, 1 - 1e-6);
      for (let o = 0; o < outputs; o++) {
        let value = response[o] as number;
        for (let k = 0; k < r; k++) {
          const step = (mean[k] as number) - (center[k] as number);
          value -= step * (both.data[k * columns + o] as number);
        }
        values.data[j * outputs + o] = value;
        if (!own) continue;
        const y = own.data[j * outputs + o] as number;
        leftOut.data[j * outputs + o] = (value - share * y) / (1 - share);
      }
    }
  }
  return { values, leftOut };
}
