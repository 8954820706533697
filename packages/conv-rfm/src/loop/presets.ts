import type { ConvRecursionOptions } from './options.ts';

/** The choices of a published program, to spread into options of an estimator. */
export interface ConvPreset extends ConvRecursionOptions {
  readonly selection?: 'validation' | 'test';
}

/**
 * Named settings that reproduce published programs.
 *
 * - `noisyDigits2023`, `star2023`: the notebooks of aradha/agop_feature_learning (arXiv 2309.00570): one
 *   ridge, nothing is chosen.
 * - `convrfm2023`: the script of aradha/convrfm: the ridge out of three and the iteration are chosen on the
 *   *test* data (pass it as `validation`; a warning says what that means), and the AGOP is taken of the last
 *   ridge's predictor.
 */
export const convPresets = {
  noisyDigits2023: { iterations: 3, ridge: 1e-5, update: 'root', agopImages: 20, agopChoice: 'first' },
  star2023: { iterations: 1, ridge: 1e-3, update: 'root', agopImages: 20, agopChoice: 'first' },
  convrfm2023: {
    iterations: 4,
    ridge: [1e-8, 1e-5, 1e-3],
    update: 'root',
    agopImages: 20,
    agopChoice: 'first',
    agopRidge: 'last',
    selection: 'test',
  },
} as const satisfies Readonly<Record<string, ConvPreset>>;
