import type { TabularOptions } from './settings.ts';

/**
 * Settings that reproduce published programs, to spread into options.
 *
 * - `xrfm2025`: xRFM 0.4.4 (arXiv 2508.10053) with its defaults: leaves of at most 60,000 rows, each an RFM
 *   with the l2 kernel of bandwidth 10, ridge 1e-3, 5 updates, stopped where validation is 1.1 times worse
 *   than the best; held-out rows of leaves filled up to 1500 and not fitted again; one tree along the top
 *   eigenvectors of AGOPs of up to 50,000 rows after 5 updates as well (0 where xRFM is given parameters of
 *   leaves), with the temperature tuned. With `diagonal` use `shift: 0`; for its lpq kernels give `kernel`.
 *   What it draws at random (subsets, fillings) is drawn otherwise here.
 */
export const tabularPresets = {
  xrfm2025: {
    kernel: { name: 'lpq', parameters: { bandwidth: 10, norm: 2, exponent: 1 } },
    bandwidthMode: 'constant',
    iterations: 5,
    ridge: 1e-3,
    earlyStopping: 1.1,
    centering: 'none',
    normalization: 'max',
    power: 0.5,
    shift: 1e-8,
    form: 'transform',
    agopSamples: 20_000,
    tree: {
      split: 'agop',
      leafRows: 60_000,
      leafBytes: 2 ** 40,
      splitRows: 50_000,
      splitIterations: 5,
      trees: 1,
      overlap: 0,
      overlapDecay: 0,
      routing: 'tuned',
      keptWeight: 0.99,
      mostLeaves: 12,
      refillRows: 1500,
      refillFraction: 0.2,
      refit: false,
    },
  },
} as const satisfies Readonly<Record<string, Omit<TabularOptions, 'backend'>>>;
