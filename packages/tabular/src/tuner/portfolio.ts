import type { Candidate } from './candidate.ts';

const ridges = [1e-3, 1e-2, 1e-1, 1, 10];

/** A candidate from what sets it apart. */
function candidate(own: Pick<Candidate, 'kernel' | 'diagonal'> & Partial<Candidate>): Candidate {
  return {
    numbers: 'standard',
    categories: 'one-hot',
    target: 'none',
    bandwidthMode: 'adaptive',
    iterations: 3,
    ridges,
    ...own,
  };
}

/** exp(-(‖x - z‖ / L)^γ), with so many median distances as L. */
const power = (exponent: number, bandwidth: number): Candidate['kernel'] => ({
  name: 'exponentialPower',
  parameters: { bandwidth, exponent },
});

/** exp(-Σ_k |x_k - z_k| / L), with so many median distances as L. */
const manhattan = (bandwidth: number): Candidate['kernel'] => ({
  name: 'lpq',
  parameters: { bandwidth, norm: 1, exponent: 1 },
});

/**
 * A few candidates that differ, one of which suits most tables: smooth functions of combinations of columns
 * (full metrics), and rough ones of single columns (the l1 kernel, a product of one kernel for each column,
 * with a weight for each). Those six of 28 that were closest to the best of them on validation rows of the
 * regressions and classifications in apps/docs/papers/tabular.md.
 */
export const portfolio: readonly Candidate[] = [
  candidate({ kernel: power(1, 4), diagonal: false }),
  candidate({ kernel: manhattan(1), diagonal: true }),
  candidate({ kernel: power(1.5, 3), diagonal: false, numbers: 'normal ranks' }),
  candidate({ kernel: manhattan(3), diagonal: true, numbers: 'normal ranks' }),
  candidate({ kernel: power(1.5, 1), diagonal: false }),
  candidate({ kernel: power(2, 1), diagonal: true }),
];
