import type { AgopMethod } from './options.ts';

/** Sizes that decide how an AGOP is computed. */
export interface AgopSizes {
  readonly samples: number;
  readonly centers: number;
  readonly outputs: number;
  readonly features: number;
  /**
   * Most entries other than 0 in a column of the samples, which are the centers; undefined where that is not
   * known.
   */
  readonly nonzerosPerColumn?: number | undefined;
}

/** What the many operations of the sparse way cost beyond their arithmetic, in operations. */
const manySmallSteps = 1e7;

/**
 * The way to an AGOP that takes the fewest operations. With many outputs times features against the number of
 * centers the Gram product of the weights beats the gradients, as in modular arithmetic (c d = 7442 against
 * m = 1860 for p = 61), and with features that are mostly 0 the sparse gradients beat both (there 31 pairs of
 * 1860 have a given operand).
 */
export function cheapestAgopMethod(sizes: AgopSizes): Exclude<AgopMethod, 'auto'> {
  const { samples: n, centers: m, outputs: c, features: d, nonzerosPerColumn } = sizes;
  const gradients = 2 * n * m * c * d + n * c * d * d;
  const gram = n * m * m + 4 * n * m * c + 2 * n * m * d + 2 * m * m * (c + d) + (2 * m + 3 * n) * d * d;
  // Short products and moved rows reach two fifths of the rate of the others (p = 31, 61, 97 on two cores).
  const sparse =
    nonzerosPerColumn === undefined
      ? Number.POSITIVE_INFINITY
      : 2.5 * (2 * n * d * nonzerosPerColumn * c + n * c * d * d) + manySmallSteps;
  if (sparse < Math.min(gradients, gram)) return 'sparse';
  return gram < gradients ? 'gram' : 'gradients';
}
