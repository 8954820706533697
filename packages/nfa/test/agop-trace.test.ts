import { OptionError, ShapeError } from '@agop/core';
import { agopTrace } from '@agop/nfa';
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

const [n, d, width, outputs] = [12, 4, 5, 3];

/** Weights of f(x) = (x W1)² W2, and inputs. */
function weights(): [tf.Variable, tf.Variable, tf.Tensor2D] {
  const normal = (rows: number, columns: number, seed: number): tf.Tensor =>
    tf.randomNormal([rows, columns], 0, 0.7, 'float32', seed);
  return tf.tidy(() => [
    tf.variable(normal(d, width, 1)),
    tf.variable(normal(width, outputs, 2)),
    normal(n, d, 3) as tf.Tensor2D,
  ]);
}

/** 4 Σ (Q ∘ W1ᵀ S W1 ∘ W1ᵀ W1) with Q = W2 W2ᵀ: the trace for that network, without any gradient. */
function closedForm(w1: tf.Tensor, w2: tf.Tensor, x: tf.Tensor2D): tf.Scalar {
  const moment = tf.div(tf.matMul(x, x, true, false), x.shape[0]);
  const hidden = tf.matMul(tf.matMul(w1, moment, true, false), w1);
  const gram = tf.matMul(w1, w1, true, false);
  return tf.mul(tf.sum(tf.mul(tf.mul(tf.matMul(w2, w2, false, true), hidden), gram)), 4);
}

describe('the trace of the AGOP', () => {
  it('is the closed form of a quadratic network, and so are its gradients', () => {
    const [w1, w2, x] = weights();
    const f = (rows: tf.Tensor2D): tf.Tensor2D => tf.matMul(tf.square(tf.matMul(rows, w1)), w2);
    tf.tidy(() => {
      const actual = tf.variableGrads(() => agopTrace(f, x));
      const expected = tf.variableGrads(() => closedForm(w1, w2, x));
      const value = expected.value.dataSync()[0] as number;
      expect(Math.abs((actual.value.dataSync()[0] as number) / value - 1)).toBeLessThan(1e-5);
      for (const [name, gradient] of Object.entries(expected.grads)) {
        const wanted = gradient.dataSync();
        const scale = Math.max(...wanted.map(Math.abs));
        for (const [i, entry] of (actual.grads[name] as tf.Tensor).dataSync().entries()) {
          expect(Math.abs(entry - (wanted[i] as number))).toBeLessThan(1e-5 * scale);
        }
      }
    });
    tf.dispose([w1, w2, x]);
  });

  // tfjs alone loses a term of the second derivative of the first five, and fails for the next two.
  it.each([
    ['tanh', tf.tanh],
    ['sigmoid', tf.sigmoid],
    ['exp', tf.exp],
    ['elu', tf.elu],
    ['softmax', tf.softmax],
    ['selu', tf.selu],
    ['leakyRelu', tf.leakyRelu],
    ['softplus', tf.softplus],
    ['relu', tf.relu],
    ['sin', tf.sin],
  ])('has the gradient of finite differences through %s', (_, activation) => {
    const [w1, w2, x] = weights();
    const trace = (first: tf.Tensor): tf.Scalar =>
      agopTrace((rows) => tf.matMul(activation(tf.matMul(rows, first as tf.Tensor2D)), w2), x);
    const before = tf.getGradient('Tanh');
    tf.tidy(() => {
      const { grads } = tf.variableGrads(() => trace(w1), [w1]);
      const gradient = (grads[w1.name] as tf.Tensor).dataSync();
      const scale = Math.max(...gradient.map(Math.abs));
      const step = 5e-3;
      for (const index of [0, 7, 19]) {
        const entries = Float32Array.from({ length: d * width }, (_, i) => (i === index ? step : 0));
        const shift = tf.tensor2d(entries, [d, width]);
        const rise = tf.sub(trace(tf.add(w1, shift)), trace(tf.sub(w1, shift)));
        const slope = (rise.dataSync()[0] as number) / (2 * step);
        expect(Math.abs((gradient[index] as number) - slope)).toBeLessThan(2e-3 * scale);
      }
    });
    expect(tf.getGradient('Tanh')).toBe(before);
    tf.dispose([w1, w2, x]);
  });

  it('is estimated without bias by random directions', () => {
    const [w1, w2, x] = weights();
    const f = (rows: tf.Tensor2D): tf.Tensor2D => tf.matMul(tf.square(tf.matMul(rows, w1)), w2);
    tf.tidy(() => {
      const exact = agopTrace(f, x).dataSync()[0] as number;
      const estimate = agopTrace(f, x, { directions: 400, key: { seed: 3 } }).dataSync()[0] as number;
      expect(Math.abs(estimate / exact - 1)).toBeLessThan(0.05);
      const again = agopTrace(f, x, { directions: 400, key: { seed: 3 } }).dataSync()[0];
      expect(again).toBe(estimate);
    });
    tf.dispose([w1, w2, x]);
  });

  it('refuses what is no function of rows', () => {
    const x: tf.Tensor2D = tf.zeros([3, 2]);
    expect(() => agopTrace((rows) => tf.sum(rows) as unknown as tf.Tensor2D, x)).toThrow(ShapeError);
    expect(() => agopTrace((rows) => rows, x, { directions: 0 })).toThrow(OptionError);
    x.dispose();
  });
});
