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

/** exp(-(‖x - z‖ / L)^γ), with the median distance as L. */
const power = (exponent: number): Candidate['kernel'] => ({
  name: 'exponentialPower',
  parameters: { bandwidth: 1, exponent },
});

/** exp(-Σ_k |x_k - z_k| / L), with the median distance as L. */
const manhattan: Candidate['kernel'] = { name: 'lpq', parameters: { bandwidth: 1, norm: 1, exponent: 1 } };

/**
 * A few candidates that differ, one of which suits most tables: smooth functions of combinations of columns
 * (full metrics), and rough ones of single columns (the l1 kernel, a product of one kernel for each column,
 * with a weight for each).
 */
export const portfolio: readonly Candidate[] = [
  candidate({ kernel: power(1.4), diagonal: false }),
  candidate({ kernel: manhattan, diagonal: true }),
  candidate({ kernel: power(1.4), diagonal: false, numbers: 'normal ranks' }),
  candidate({ kernel: manhattan, diagonal: true, numbers: 'uniform ranks' }),
  candidate({ kernel: power(1), diagonal: false }),
  candidate({ kernel: power(1), diagonal: false, numbers: 'normal ranks' }),
];
