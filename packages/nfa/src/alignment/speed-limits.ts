import { checkNonNegative, checkPositive } from '@agop/core/options';

/** How far Speed Limited Optimization goes. */
export interface SpeedLimits {
  /** C: the chosen layer moves C times as fast as the rate says, the others C times slower. Default 20. */
  readonly boost?: number;
  /** ε of g / (ε + ‖g‖), from 0. Default 0.1. */
  readonly epsilon?: number;
}

/**
 * Published settings: those of a notebook and of a program of the collapse repository, and of a call that is
 * only in its comments. (In the program, the first layer has ε = 0.)
 * Source: github.com/dmbeaglehole/neural_collapse_rfm.
 */
export const speedLimitPresets = {
  notebook: { boost: 20, epsilon: 0.1 },
  program: { boost: 5, epsilon: 0.1 },
  strong: { boost: 200, epsilon: 0.0025 },
  gentle: { boost: 20, epsilon: 0.0025 },
} as const satisfies Readonly<Record<string, SpeedLimits>>;

/** Limits with their defaults. @throws {OptionError} for numbers out of range */
export function resolveSpeedLimits({ boost = 20, epsilon = 0.1 }: SpeedLimits): Required<SpeedLimits> {
  return { boost: checkPositive('boost', boost), epsilon: checkNonNegative('epsilon', epsilon) };
}
