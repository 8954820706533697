import type { Tensor } from '@agop/core';

/**
 * Moments of the gradients ĝ_ic over samples i and outputs c, before the metric's matrix multiplies them. They may be taken about a shift that
 * centering would remove anyway: one per output for 'output', one for all for 'pooled'.
 */
export interface GradientMoments {
  /** Number of samples n. */
  readonly count: number;
  /** Σ_i Σ_c ĝ ĝᵀ [d, d], or its diagonal [1, d]. */
  readonly second: Tensor;
  /** Whether `second` is the diagonal only. */
  readonly diagonal: boolean;
  /** Mean over samples per output, [c, d]; only where centering asks for it. */
  readonly means: Tensor | undefined;
}
