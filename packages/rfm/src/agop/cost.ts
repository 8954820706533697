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
  /**
   * All of these entries, where the backend sums over them alone; undefined where all columns take as long as
   * the one that has most.
   */
  readonly nonzeros?: number | undefined;
}

/**
 * The sparse way in operations of the others, and what its steps cost beyond them: short products reach three
 * fifths of the rate (p = 23, 31, 61), and two fifths where rows are gathered and filled up (p = 31, 61, 97).
 */
const byEntries = { factor: 1.7, steps: 2e6 };
const byGatheredRows = { factor: 2.5, steps: 1e7 };

/**
 * The way to an AGOP that takes the fewest operations. With many outputs times features against the number of
 * centers the Gram product of the weights beats the gradients, as in modular arithmetic (c d = 7442 against
 * m = 1860 for p = 61), and with features that are mostly 0 the sparse gradients beat both (there 31 pairs of
 * 1860 have a given operand).
 */
export function cheapestAgopMethod(sizes: AgopSizes): Exclude<AgopMethod, 'auto'> {
  const { samples: n, centers: m, outputs: c, features: d, nonzerosPerColumn, nonzeros } = sizes;
  const gradients = 2 * n * m * c * d + n * c * d * d;
  const gram = n * m * m + 4 * n * m * c + 2 * n * m * d + 2 * m * m * (c + d) + (2 * m + 3 * n) * d * d;
  const entries = nonzeros ?? (nonzerosPerColumn ?? Number.POSITIVE_INFINITY) * d;
  const { factor, steps } = nonzeros === undefined ? byGatheredRows : byEntries;
  const sparse = factor * (2 * n * entries * c + n * c * d * d) + steps;
  if (sparse < Math.min(gradients, gram)) return 'sparse';
  return gram < gradients ? 'gram' : 'gradients';
}
