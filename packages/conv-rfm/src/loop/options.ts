import { OptionError } from '@agop/core';
import { checkChoice, checkList, checkSteps, checkWhole } from '@agop/core/options';
import { checkSolver, choleskySolver, type Solver } from '@agop/rfm';

/** What multiplies patches in the next fit: the root of the AGOP, or itself, over its Frobenius norm. */
export type PatchUpdate = 'root' | 'plain';

/** Which training images the AGOP averages over: a random sample (seeded), or the first ones as they come. */
export type AgopChoice = 'random' | 'first';

/** The choices of the ConvRFM iteration; see `convPresets`. */
export interface ConvRecursionOptions {
  /** Metric updates after the first fit, from 0: there is one fit more than updates. Default 3. */
  readonly iterations?: number;
  /**
   * λ of (K / max K + λ I) α = y. Several are tried in each fit; choosing among them needs validation data.
   * Default 1e-3.
   */
  readonly ridge?: number | readonly number[];
  /** Default 'root'. */
  readonly update?: PatchUpdate;
  /** Training images that the AGOP averages over. Default 20. */
  readonly agopImages?: number;
  /** Default 'random'. */
  readonly agopChoice?: AgopChoice;
  /**
   * Of several ridges, the one whose predictor the AGOP is taken of: that with the best validation score
   * (`best`), or the last one tried (`last`, a slip of the published program). Default 'best'.
   */
  readonly agopRidge?: 'best' | 'last';
  /** Seed of the sample. Default 0. */
  readonly seed?: number;
  /** How systems are solved, in float64 where the backend has it. Default {@link choleskySolver}. */
  readonly solver?: Solver;
}

/** {@link ConvRecursionOptions} with the defaults filled in. */
export interface ResolvedConvRecursion extends Required<Omit<ConvRecursionOptions, 'ridge'>> {
  readonly ridges: readonly number[];
}

/** Checks the options and fills in the defaults. @throws {OptionError} */
export function resolveRecursion(options: ConvRecursionOptions): ResolvedConvRecursion {
  const { ridge = 1e-3, update = 'root', agopChoice = 'random', agopRidge = 'best' } = options;
  const ridges = typeof ridge === 'number' ? [ridge] : ridge;
  const isRidge = (value: unknown): boolean =>
    typeof value === 'number' && value >= 0 && value < Number.POSITIVE_INFINITY;
  checkList('ridge', ridges, 'one or more numbers from 0', isRidge);
  if (ridges.length === 0) {
    throw new OptionError('ridge', { requirement: 'be one or more numbers from 0', received: ridge });
  }
  return {
    iterations: checkSteps('iterations', options.iterations ?? 3, 0),
    ridges,
    update: checkChoice('update', update, ['root', 'plain']),
    agopImages: checkWhole('agopImages', options.agopImages ?? 20, 1),
    agopChoice: checkChoice('agopChoice', agopChoice, ['random', 'first']),
    agopRidge: checkChoice('agopRidge', agopRidge, ['best', 'last']),
    seed: checkWhole('seed', options.seed ?? 0, 0),
    solver: checkSolver(options.solver) ?? choleskySolver,
  };
}
