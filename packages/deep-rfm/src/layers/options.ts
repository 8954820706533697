import { checkChoice, checkNonNegative, checkPositive, checkSteps, checkWhole } from '@agop/core/options';
import {
  type CenteringOptions,
  checkKernel,
  checkSolver,
  type Kernel,
  laplace,
  type RecursionOptions,
  resolveCentering,
} from '@agop/rfm';
import { checkFeatureMap, type FeatureMap } from '../feature-maps/feature-map.ts';
import { randomRelu } from '../feature-maps/random-relu.ts';

/** The ingredients of Deep RFM. The defaults are those of the paper. */
export interface DeepRecursionOptions
  extends Pick<RecursionOptions, 'normalization' | 'agopSamples' | 'solver'>,
    CenteringOptions {
  /** Number of layers, from 1. Default 6. */
  readonly depth?: number;
  /** Default `laplace({ bandwidth: 2 })`. */
  readonly kernel?: Kernel;
  /**
   * λ of the kernel ridge regression in each layer, from 0. Default 0: interpolation. The published program
   * has 1e-3, see {@link deepPresets}.
   */
  readonly ridge?: number;
  /**
   * Metric updates in each layer, from 1. There are as many fits: the metric of the last update maps the rows
   * on. Default 1.
   */
  readonly iterations?: number;
  /** Exponent of M in the projection, positive. Default 1/2. */
  readonly power?: number;
  /**
   * `unit` scales each row of a layer's input to length 1 (a row of zeros stays), `none` keeps it. Default
   * 'unit'.
   */
  readonly rowNormalization?: RowNormalization;
  /** Φ. Default `randomRelu({ width: 512 })`. */
  readonly featureMap?: FeatureMap;
  /** Seed of all random weights. Default 0. */
  readonly seed?: number;
}

/** What happens to the rows before each layer. */
export type RowNormalization = 'unit' | 'none';

/** {@link DeepRecursionOptions} with the defaults filled in. */
export type DeepRecursionSettings = Required<Omit<DeepRecursionOptions, Unset | 'centring'>> &
  Pick<DeepRecursionOptions, Unset>;

/** Options without a default. */
type Unset = 'agopSamples' | 'solver';

/**
 * Named settings of published programs, to spread into options.
 *
 * - `collapse2024`: dmbeaglehole/neural_collapse_rfm (arXiv 2402.13728). It asks for no ridge, but the
 *   package under it then uses 1e-3.
 */
export const deepPresets = {
  collapse2024: {
    depth: 6,
    kernel: laplace({ bandwidth: 2 }),
    ridge: 1e-3,
    iterations: 1,
    power: 0.5,
    centering: 'none',
    normalization: 'max',
    rowNormalization: 'unit',
    featureMap: randomRelu({ width: 512 }),
  },
} as const satisfies Readonly<Record<string, DeepRecursionOptions>>;

/** Checks {@link DeepRecursionOptions} and fills in the defaults. @throws {OptionError} */
export function deepRecursionSettings(options: DeepRecursionOptions): DeepRecursionSettings {
  return {
    ...options,
    centering: resolveCentering(options),
    normalization: options.normalization ?? 'max',
    depth: checkSteps('depth', options.depth ?? 6, 1),
    iterations: checkSteps('iterations', options.iterations ?? 1, 1),
    kernel: options.kernel === undefined ? laplace({ bandwidth: 2 }) : checkKernel('kernel', options.kernel),
    solver: checkSolver(options.solver),
    featureMap: options.featureMap === undefined ? randomRelu() : checkFeatureMap(options.featureMap),
    ridge: checkNonNegative('ridge', options.ridge ?? 0),
    power: checkPositive('power', options.power ?? 0.5),
    rowNormalization: checkChoice('rowNormalization', options.rowNormalization ?? 'unit', ['unit', 'none']),
    seed: checkWhole('seed', options.seed ?? 0, 0),
  };
}
