import { tfjsFunction } from '@agop/nfa';
import { averageGradientOuterProduct } from '@agop/rfm';
import * as tf from '@tensorflow/tfjs';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

await tf.setBackend('cpu');

let before: number;
beforeEach(() => {
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

describe('a tfjs function', () => {
  it.each(['none', 'output', 'pooled'] as const)(
    'has the AGOP that finite differences give, centering %s',
    async (centering) => {
      const [w1, w2, x] = tf.tidy(() => [
        tf.randomNormal([3, 6], 0, 1, 'float32', 1) as tf.Tensor2D,
        tf.randomNormal([6, 2], 0, 1, 'float32', 2) as tf.Tensor2D,
        tf.randomNormal([30, 3], 0, 1, 'float32', 3) as tf.Tensor2D,
      ]) as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
      const f = (rows: tf.Tensor2D): tf.Tensor2D => tf.matMul(tf.tanh(tf.matMul(rows, w1)), w2);
      // The same network in float64, for differences.
      const [a, b] = [await w1.array(), await w2.array()];
      const hidden = (row: readonly number[]) =>
        Array.from({ length: 6 }, (_, j) =>
          Math.tanh(row.reduce((sum, value, k) => sum + value * (a[k]?.[j] as number), 0)),
        );
      const plain = ({ data }: { readonly data: Float64Array }): number[][] =>
        Array.from({ length: data.length / 3 }, (_, i) => {
          const h = hidden([...data.slice(3 * i, 3 * i + 3)]);
          return [0, 1].map((o) => h.reduce((sum, value, j) => sum + value * (b[j]?.[o] as number), 0));
        });
      for (const output of [undefined, 1]) {
        const options = { centering, rowsPerCall: 13, ...(output !== undefined && { output }) };
        const exact = await averageGradientOuterProduct(tfjsFunction(f), x, options);
        const differences = await averageGradientOuterProduct(plain, x, options);
        const scale = Math.max(...differences.data);
        for (const [at, value] of exact.data.entries()) {
          expect(Math.abs(value - (differences.data[at] as number))).toBeLessThan(2e-6 * scale);
        }
      }
      tf.dispose([w1, w2, x]);
    },
  );

  it('is refused where it does not map rows to rows', async () => {
    const sum = (rows: tf.Tensor2D): tf.Tensor2D => tf.reshape(tf.sum(rows), [1]) as tf.Tensor as tf.Tensor2D;
    await expect(averageGradientOuterProduct(tfjsFunction(sum), [[1, 2]])).rejects.toMatchObject({
      code: 'SHAPE',
    });
  });
});
