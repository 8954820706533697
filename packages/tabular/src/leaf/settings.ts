import type { FloatDType } from '@agop/core';
import type { ScoreName } from '@agop/estimators';
import type { Centering, FeatureRange, KernelDescription, MetricForm, Normalization } from '@agop/rfm';

/** What all leaves are fitted with. Plain data. */
export interface LeafSettings {
  /**
   * Name and parameters of a kernel of `@agop/rfm`, e.g. `{ name: 'lpq', parameters: { bandwidth: 10, norm:
   * 2, exponent: 1 } }`.
   */
  readonly kernel: KernelDescription;
  /**
   * `constant`: the kernel's bandwidth as it is. `adaptive`: its bandwidth times the median distance between
   * training points, in the metric of each iteration.
   */
  readonly bandwidthMode: 'constant' | 'adaptive';
  /** Learn one weight per feature instead of a matrix. */
  readonly diagonal: boolean;
  /** Metric updates after the first fit, from 0. */
  readonly iterations: number;
  /** λ by level of the tree, from 0, the root first; the last one holds for all levels below. */
  readonly ridge: readonly number[];
  /** λ of the fits whose AGOPs become metrics, by iteration, where it is not `ridge`: see `@agop/rfm`. */
  readonly learningRidges: readonly number[];
  /** `ridge`: least squares. `logistic`: the log-loss of the classes, by Newton steps. */
  readonly solver: 'ridge' | 'logistic';
  /**
   * Stop where the score on held-out rows is worse than the best one by this factor, above 1; undefined:
   * never.
   */
  readonly earlyStopping: number | undefined;
  /** The score by which the best iteration is chosen. */
  readonly selection: ScoreName;
  /** Most training points that an AGOP averages over. */
  readonly agopSamples: number;
  readonly centering: Centering;
  readonly normalization: Normalization;
  /** Exponent of the AGOP, positive. */
  readonly power: number;
  /** Added to the diagonal of a full matrix before the power, from 0. */
  readonly shift: number;
  /**
   * Columns of X that hold codes of categories, whole numbers from 0; anything else is a category that nobody
   * has seen. Each is a block of the metric, over the levels that occur in a leaf, so that X needs no column
   * for each of many levels. Trees are not split along them.
   */
  readonly codes: readonly number[];
  /**
   * Columns that belong together, such as those of a one-hot code: a full metric has nothing between two of
   * them, nor between one and the other columns.
   */
  readonly blocks: readonly FeatureRange[];
  /** Whether the learned matrix is M itself or multiplies the features. */
  readonly form: MetricForm;
  /** Precision; undefined: float32 where the ridge is at least 1e-3 and the backend has it, else float64. */
  readonly dtype: FloatDType | undefined;
}
