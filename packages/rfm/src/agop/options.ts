import { checkChoice, checkObject } from '@agop/core/options';

/**
 * Which mean is subtracted from the gradients first: none; per output, the mean over samples (`output`); or
 * one mean over samples and outputs (`pooled`).
 */
export type Centering = 'none' | 'output' | 'pooled';

/**
 * How an AGOP is computed; all ways are exact. `gradients` forms the gradients in row blocks: about 2 n m c d
 * operations for n samples, m centers, c outputs, d features. `gram` never forms them: about n m² operations.
 * `sparse` is for points that are mostly 0: it forms the gradients from entries that are not, at the centers
 * of a machine that was given its `nonzeros` and whose metric does not transform the features. `auto` chooses
 * the cheapest one.
 */
export type AgopMethod = 'auto' | 'gradients' | 'gram' | 'sparse';

/** The mean that is subtracted from the gradients. */
export interface CenteringOptions {
  /** Default 'none'. */
  readonly centering?: Centering;
  /**
   * @deprecated The former spelling of `centering`. It counts where both are given, so that it overrides a
   * preset.
   */
  readonly centring?: Centering;
}

/**
 * What the options say, in either spelling.
 *
 * @throws {OptionError} for another word
 */
export function resolveCentering(options: CenteringOptions, byDefault: Centering = 'none'): Centering {
  const { centering = byDefault, centring = centering } = checkObject('centering', options);
  return checkChoice('centering', centring, ['none', 'output', 'pooled']);
}

/** Names of {@link CenteringOptions}; false for the old one. */
export const centeringNames = { centering: true, centring: false } as const;

/** Names of {@link AgopOptions}. */
export const agopNames = { ...centeringNames, diagonal: true, method: true, weights: true } as const;

/** Options of `KernelMachine.agop`. */
export interface AgopOptions extends CenteringOptions {
  /** Only the diagonal, [1, d]. Default false. */
  readonly diagonal?: boolean;
  /**
   * Default 'auto'. Kernels of power distances always use 'gradients', and so does the diagonal in a diagonal
   * metric or in the identity.
   */
  readonly method?: AgopMethod;
  /**
   * How much each sample counts in the averages, from 0: [n]. Default all alike. Weighted AGOPs are computed
   * by 'gradients'.
   */
  readonly weights?: ArrayLike<number> | undefined;
}
