import type { Tensor } from '@agop/core';

/** The parameters of a layer: z = h Wᵀ + b. */
export interface DenseLayer {
  /** W, [units, inputs]; tfjs's kernels are its transpose. */
  readonly weights: Tensor;
  /** b, [1, units]. */
  readonly bias: Tensor | undefined;
}
