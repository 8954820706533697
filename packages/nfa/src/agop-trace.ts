import { type RandomKey, randomArray } from '@agop/core';
import { checkWhole } from '@agop/core/options';
import * as tf from '@tensorflow/tfjs';
import { countOutputs, outputGradients, pullBack, type RowFunction } from './features/output-gradients.ts';
import { twiceDifferentiable } from './features/twice-differentiable.ts';

/** Options of {@link agopTrace}. */
export interface AgopTraceOptions {
  /**
   * Estimate with this many random directions of the outputs instead of taking all outputs: unbiased, and
   * cheaper where there are many. Default: exact.
   */
  readonly directions?: number;
  /** For `directions`. Change the stream at every step. Default seed 0. */
  readonly key?: RandomKey;
}

/**
 * The trace of the AGOP, (1/n) Σ_i ‖J(x_i)‖²_F with J = ∂f/∂x [outputs, d]: a scalar that tfjs can
 * differentiate with respect to what `f` depends on, as a regulariser: `optimizer.minimize(() =>
 * tf.add(loss(), tf.mul(agopTrace(f, x), 1e-3)))`.
 * Source: Mallinar et al., arXiv 2407.20199, appendix H; the estimate: Hutchinson 1989, with signs.
 *
 * @param f rows [n, d] to [n, outputs], of operations that tfjs can differentiate twice; `tf.logSoftmax` is
 *   not among
 * them, and gives wrong gradients
 * @param x [n, d], n at least 1
 * @throws {ShapeError} if `f` does not map rows to rows
 * @throws {OptionError} for directions below 1
 */
export function agopTrace(f: RowFunction, x: tf.Tensor2D, options: AgopTraceOptions = {}): tf.Scalar {
  const { directions, key = { seed: 0 } } = options;
  if (directions !== undefined) checkWhole('directions', directions, 1);
  const n = x.shape[0];
  const smooth: RowFunction = (rows) => twiceDifferentiable(() => f(rows));
  return tf.tidy((): tf.Scalar => {
    const outputs = countOutputs(f, x);
    if (directions === undefined) {
      return tf.div(tf.sum(tf.square(outputGradients(smooth, x, outputs))), n);
    }
    const rows: tf.Tensor2D = tf.tile(x, [directions, 1]);
    const signs = randomSigns(directions * n, outputs, key);
    return tf.div(tf.sum(tf.square(pullBack(smooth, rows, signs))), n * directions);
  });
}

function randomSigns(rows: number, columns: number, key: RandomKey): tf.Tensor2D {
  const uniform = randomArray(rows * columns, 'uniform', key, 'float32');
  return tf.tensor2d(
    Float32Array.from(uniform, (u) => (u < 0.5 ? -1 : 1)),
    [rows, columns],
  );
}
