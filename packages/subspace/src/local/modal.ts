import { zeros } from '../linear/matrix.ts';
import { type LocalFits, localFits } from './fits.ts';
import type { LocalSums, Weighting } from './sums.ts';

/** How the modal fits are found. */
export interface ModalOptions {
  /** h of exp(-e² / (2 h²)) for residuals e, in the units of the response; positive. */
  readonly bandwidth: number;
  /** Steps of the EM algorithm. */
  readonly steps: number;
}

/**
 * Local modal regression: maximizes Σ_i w_ij φ((y_i - a - bᵀ(x_i - x_j)) / h) at each center, for one
 * response, by the modal EM algorithm: weights times exp(-e² / (2 h²)), and a weighted least squares fit
 * again.
 *
 * Source: the estimator of arXiv 2407.20738; the algorithm of Yao, Lindsay, Li, "Local modal regression", J.
 * Nonparametric Stat. 24 (2012).
 *
 * @param start the fits to begin with: least squares
 */
export async function modalFits(
  local: LocalSums,
  weighting: Weighting,
  ridge: number,
  start: LocalFits,
  { bandwidth, steps }: ModalOptions,
): Promise<LocalFits> {
  let fits = start;
  for (let step = 0; step < steps; step++) {
    const { intercepts, slopes } = fits;
    const { features: p, centers } = local;
    const constants = intercepts.data.map((value, j) => {
      let constant = value;
      for (let k = 0; k < p; k++) {
        constant -= (slopes.data[j * p + k] as number) * (centers.data[j * p + k] as number);
      }
      return constant;
    });
    fits = await localFits(local, { ...weighting, modal: { slopes, constants, bandwidth } }, ridge);
  }
  return fits;
}

/**
 * The root of the mean weighted squared residual of local fits, over centers and samples nearby: how wide the
 * noise is.
 */
export function residualDeviation(y: ArrayLike<number>, fits: LocalFits, at: ArrayLike<number>): number {
  const errors = zeros(at.length, 1).data.map(
    (_, j) => (y[at[j] as number] as number) - (fits.intercepts.data[j] as number),
  );
  const sizes = errors.map(Math.abs).sort();
  // The median of absolute values, scaled to the deviation of a normal distribution.
  return 1.4826 * (sizes[Math.floor(sizes.length / 2)] ?? 0);
}
