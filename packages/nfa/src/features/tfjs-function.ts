import type { AnalyticFunction } from '@agop/rfm';
import * as tf from '@tensorflow/tfjs';
import { countOutputs, outputGradients, type RowFunction } from './output-gradients.ts';

/**
 * A TensorFlow.js function for `averageGradientOuterProduct` of `@agop/rfm`, with gradients by its automatic
 * differentiation: exact up to rounding in float32. All outputs share one pass forward and one back, over
 * n rows for each output.
 *
 * @param f rows [n, d] to [n, outputs], row by row: a model's `predict`, or operations of tfjs. What it makes
 *   is freed
 * @throws {ShapeError} by its gradient, if `f` does not map rows to rows
 *
 * @example
 * const f = tfjsFunction((rows) => model.predict(rows) as tf.Tensor2D);
 * const agop = await averageGradientOuterProduct(f, x);
 */
export function tfjsFunction(f: RowFunction): AnalyticFunction {
  return {
    async gradient({ data, shape }) {
      const [n, d] = shape as [number, number];
      let outputs = 0;
      const gradients = tf.tidy(() => {
        const rows = tf.tensor2d(Float32Array.from(data), [n, d]);
        outputs = countOutputs(f, rows);
        const byOutput = tf.reshape(outputGradients(f, rows, outputs), [outputs, n, d]);
        return tf.transpose(byOutput, [1, 0, 2]);
      });
      try {
        return { data: Float64Array.from(await gradients.data()), shape: [n, outputs, d] };
      } finally {
        gradients.dispose();
      }
    },
  };
}
