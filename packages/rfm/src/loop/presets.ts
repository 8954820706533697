import type { RecursionOptions } from './recursive-feature-machine.ts';

/** The choices of a published program, to spread into options. */
export type Preset = Required<
  Pick<RecursionOptions, 'iterations' | 'ridge' | 'centering' | 'normalization' | 'power'>
> &
  RecursionOptions;

/**
 * Named settings that reproduce published programs exactly.
 *
 * - `rfm2022`: aradha/recursive_feature_machines (arXiv 2212.13881): M = AGOP / max entry, gradients not
 *   centered, ridge 1e-3, 5 updates (6 fits), with the Laplace kernel of bandwidth 10.
 * - `grokking2024`: nmallinar/rfm-grokking (arXiv 2407.20199): M = AGOP^(1/2), not rescaled, gradients
 *   centered per output, no ridge, float64, 30 fits, with the Gaussian kernel of bandwidth 2.5 or the
 *   quadratic kernel.
 * - `xrfm2025`: a leaf of dmbeaglehole/xRFM (arXiv 2508.10053): features multiplied by (AGOP / max entry +
 *   1e-8 I)^(1/2), ridge 1e-3, 5 updates, with the `lpq` kernel; in diagonal form use `shift: 0`.
 */
export const presets = {
  rfm2022: { iterations: 5, ridge: 1e-3, centering: 'none', normalization: 'max', power: 1 },
  grokking2024: { iterations: 29, ridge: 0, centering: 'output', normalization: 'none', power: 0.5 },
  xrfm2025: {
    iterations: 5,
    ridge: 1e-3,
    centering: 'none',
    normalization: 'max',
    power: 0.5,
    shift: 1e-8,
    form: 'transform',
    agopSamples: 20_000,
  },
} as const satisfies Readonly<Record<string, Preset>>;
