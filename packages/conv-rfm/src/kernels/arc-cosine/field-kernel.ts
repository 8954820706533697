import type { FieldKernel } from '../field-kernel.ts';
import { arcCosineSensitivities, patchVariances } from './backward.ts';
import { arcCosineValues, standardDeviations } from './forward.ts';
import { arcCosineRecursion } from './recursion.ts';

/**
 * The recursion of infinitely wide convolutional networks with rectifiers, at each position.
 *
 * With covariance S, variances and tangent T = S of patches divided by the number of channels, each rectifier
 * sets S ← N k1(S / N) and T ← T k0(S / N), N being the root of the product of the variances; each further
 * layer sums S and the variances over windows and sets T ← windows of T + S. The kernel is S + T with
 * `tangent` (NTK), else S (NNGP).
 *
 * Source: Arora et al. 2019 (arXiv 1904.11955), section 4; Cho & Saul 2009 for k0 and k1.
 */
export function arcCosineFields(tangent: boolean): FieldKernel {
  return {
    scales: standardDeviations,
    values: (ops, pair) => arcCosineValues(ops, pair, tangent),
    sensitivities: (ops, pair, coefficients) => arcCosineSensitivities(ops, pair, coefficients, tangent),
    squaresOfPatches: patchVariances,
    fused(ops) {
      const recursion = ops.extension(arcCosineRecursion);
      if (!recursion) return undefined;
      return (x, z, { grids, patchSize, layerPadding, channels }) => {
        const [padding, scale, symmetric] = [layerPadding, 1 / channels, x === z];
        return recursion([x, z], { grids, size: patchSize, padding, scale, tangent, symmetric });
      };
    },
    footprint: { values: 5, sensitivities: 8 },
  };
}
