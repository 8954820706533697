/** How a dimension is chosen. */
export type DimensionRule = 'gap' | 'crossValidation' | 'permutation';

/** What a choice of the dimension rests on. */
export interface DimensionSelection {
  readonly rule: DimensionRule;
  /**
   * The dimension that the rule found; 0 where it found no direction. The estimator has one direction at
   * least.
   */
  readonly found: number;
  /**
   * One number for each dimension that was tried, the first being `first`: of `gap` the ratio of the
   * eigenvalue to the next one (largest is best), of `crossValidation` the error of local regression on the
   * directions, relative to that of the mean (the first within a standard error of the smallest is chosen),
   * of `permutation` the p-value of the hypothesis that there are no more directions (the first above the
   * level ends the search).
   */
  readonly scores: readonly number[];
  /** The dimension of the first score: 1 for `gap`, else 0. */
  readonly first: number;
}

/**
 * The dimension before the largest gap of the eigenvalues: the k that maximizes (λ_k + c) / (λ_k+1 + c),
 * where c = λ_1 / n keeps eigenvalues that are 0 but for noise from making gaps.
 *
 * @param values eigenvalues in descending order
 * @param most largest dimension
 * @param samples n
 */
export function dimensionByGap(values: Float64Array, most: number, samples: number): DimensionSelection {
  const floor = Math.max(values[0] ?? 0, Number.MIN_VALUE) / samples;
  const level = (k: number): number => Math.max(values[k] ?? 0, 0) + floor;
  const count = Math.max(1, Math.min(most, values.length - 1));
  const scores = Array.from({ length: count }, (_, k) => (values.length > 1 ? level(k) / level(k + 1) : 1));
  return { rule: 'gap', found: scores.indexOf(Math.max(...scores)) + 1, scores, first: 1 };
}
