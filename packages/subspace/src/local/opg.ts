import { type HostMatrix, zeros } from '../linear/matrix.ts';
import { type LocalFits, localFits } from './fits.ts';
import type { LocalSums, Weighting } from './sums.ts';

/**
 * The average outer product of slopes, (1/n) Σ_j Σ_o b_jo b_joᵀ: [p, p].
 *
 * Source: Xia, Tong, Li, Zhu, "An adaptive estimation of dimension reduction space", J. R. Stat. Soc. B 64
 * (2002), section 2.
 */
export async function outerProductOfGradients(
  local: LocalSums,
  weighting: Weighting,
  ridge: number,
): Promise<HostMatrix> {
  return averageOuterProduct(await localFits(local, weighting, ridge), local.features);
}

/** (1/n) Σ b bᵀ over all slopes of n centers. */
export function averageOuterProduct({ slopes }: Pick<LocalFits, 'slopes'>, features: number): HostMatrix {
  const out = zeros(features, features);
  const { data, rows } = slopes;
  for (let begin = 0; begin < data.length; begin += features) {
    for (let k = 0; k < features; k++) {
      const factor = (data[begin + k] as number) / rows;
      for (let l = 0; l <= k; l++) {
        const at = k * features + l;
        out.data[at] = (out.data[at] as number) + factor * (data[begin + l] as number);
      }
    }
  }
  for (let k = 0; k < features; k++) {
    for (let l = 0; l < k; l++) out.data[l * features + k] = out.data[k * features + l] as number;
  }
  return out;
}
