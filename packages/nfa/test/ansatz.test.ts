import { AbortedError, OptionError, ShapeError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  type AnsatzLayer,
  denseLayers,
  layerFeatures,
  neuralFeatureAnsatz,
  type SquareMatrix,
} from '@agop/nfa';
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

function worstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  expect(a.length).toBe(b.length);
  return Array.from(a).reduce((worst, value, i) => Math.max(worst, Math.abs(value - (b[i] as number))), 0);
}

/** A sequential model with seeded weights, and inputs for it; freed at the end. */
async function withNetwork(
  layers: tf.layers.Layer[],
  work: (model: tf.Sequential, x: tf.Tensor2D) => Promise<void>,
): Promise<void> {
  const model = tf.sequential({ layers });
  const x: tf.Tensor2D = tf.randomNormal([23, 4], 0, 1, 'float32', 11);
  try {
    await work(model, x);
  } finally {
    x.dispose();
    model.dispose();
  }
}

function dense(
  units: number,
  activation: 'tanh' | 'linear' | 'relu',
  seed: number,
  stddev = 0.6,
): tf.layers.Layer {
  const init = (shift: number) => tf.initializers.randomNormal({ stddev, seed: seed + shift });
  return tf.layers.dense({
    units,
    activation,
    kernelInitializer: init(0),
    biasInitializer: init(100),
    ...(seed === 1 && { inputShape: [4] }),
  });
}

/** The AGOP with respect to a layer's input by central differences, gradients optionally centered. */
function agopByDifferences(
  rest: (h: tf.Tensor2D) => tf.Tensor2D,
  h: tf.Tensor2D,
  centered: boolean,
): Float64Array {
  const [n, d] = h.shape;
  const step = 1e-2;
  const slopes = Array.from({ length: d }, (_, k) =>
    tf.tidy(() => {
      const shift = tf.tensor2d(
        Float32Array.from({ length: d }, (_, j) => (j === k ? step : 0)),
        [1, d],
      );
      const difference = tf.sub(rest(tf.add(h, shift)), rest(tf.sub(h, shift)));
      return Array.from(tf.div(difference, 2 * step).dataSync());
    }),
  );
  const outputs = (slopes[0] as number[]).length / n;
  const agop = new Float64Array(d * d);
  for (let o = 0; o < outputs; o++) {
    const gradient = slopes.map((slope) => slope.filter((_, index) => index % outputs === o));
    const means = gradient.map((g) => (centered ? g.reduce((a, b) => a + b, 0) / n : 0));
    for (let i = 0; i < n; i++) {
      for (let a = 0; a < d; a++) {
        for (let b = 0; b < d; b++) {
          const left = (gradient[a]?.[i] as number) - (means[a] as number);
          const right = (gradient[b]?.[i] as number) - (means[b] as number);
          agop[a * d + b] = (agop[a * d + b] as number) + (left * right) / n;
        }
      }
    }
  }
  return agop;
}

describe('AGOP of the layers of a model', () => {
  it.each(['none', 'output'] as const)('is that of finite differences (centering %s)', async (centering) => {
    const layers = [
      dense(6, 'tanh', 1),
      tf.layers.dropout({ rate: 0.5 }),
      dense(5, 'tanh', 2),
      dense(3, 'linear', 3),
    ];
    await withNetwork(layers, async (model, x) => {
      const found = denseLayers(model);
      expect(found.map((layer) => layer.name)).toEqual([0, 2, 3].map((i) => layers[i]?.name));
      const apply = (from: number, to: number, value: tf.Tensor2D): tf.Tensor2D =>
        layers.slice(from, to).reduce((v, layer) => layer.apply(v) as tf.Tensor2D, value);
      for (const [index, position] of [0, 2, 3].entries()) {
        const { agop } = await layerFeatures(found[index] as AnsatzLayer, x, { centering, rowsPerPass: 17 });
        const h = tf.tidy(() => apply(0, position, tf.clone(x)));
        const expected = agopByDifferences(
          (v) => apply(position, layers.length, v),
          h,
          centering === 'output',
        );
        h.dispose();
        const scale = expected.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        // The gradients of the last layer are the same everywhere: centered, nothing is left.
        expect(worstDifference(agop.data, expected)).toBeLessThan(Math.max(2e-3 * scale, 1e-6));
      }
    });
  });

  it('does not depend on the batches', async () => {
    await withNetwork([dense(6, 'relu', 1), dense(3, 'linear', 2)], async (model, x) => {
      const [first] = denseLayers(model) as [AnsatzLayer];
      const whole = await layerFeatures(first, x);
      for (const rowsPerPass of [1, 10, 23 * 3]) {
        const { agop } = await layerFeatures(first, x, { rowsPerPass });
        expect(worstDifference(agop.data, whole.agop.data)).toBeLessThan(1e-6);
      }
    });
  });

  it('is 4 W1 (Q ∘ W1ᵀ S W1) W1ᵀ for one hidden layer of squares, written as a plain function', async () => {
    const [d, width, outputs] = [5, 7, 3];
    const [w1, w2, x] = [
      tf.randomNormal([d, width], 0, 1, 'float32', 1),
      tf.randomNormal([width, outputs], 0, 1, 'float32', 2),
      tf.randomNormal([40, d], 0, 1, 'float32', 3),
    ] as tf.Tensor2D[] as [tf.Tensor2D, tf.Tensor2D, tf.Tensor2D];
    const layer: AnsatzLayer = {
      name: 'hidden',
      kernel: () => w1,
      preactivations: (input) => tf.matMul(input as tf.Tensor2D, w1),
      rest: (z) => tf.matMul(tf.square(z), w2),
    };
    const { agop, nfm } = await layerFeatures(layer, x);
    const expected = tf.tidy(() => {
      const moment = tf.div(tf.matMul(x, x, true, false), x.shape[0]) as tf.Tensor2D;
      const hidden = tf.matMul(tf.matMul(w1, moment, true, false), w1);
      const inner: tf.Tensor2D = tf.mul(hidden, tf.matMul(w2, w2, false, true));
      return {
        agop: tf.mul(tf.matMul(tf.matMul(w1, inner), w1, false, true), 4).dataSync(),
        nfm: tf.matMul(w1, w1, false, true).dataSync(),
      };
    });
    const scale = Math.max(...expected.agop);
    expect(worstDifference(agop.data, expected.agop)).toBeLessThan(1e-5 * scale);
    expect(worstDifference(nfm.data, expected.nfm)).toBeLessThan(1e-5);
    for (const tensor of [w1, w2, x]) tensor.dispose();
  });
});

describe('the ansatz', () => {
  it('holds with the square root for a trained network, and W − W_0 has matrices of its own', async () => {
    using backend = createNaiveBackend();
    const layers = [dense(32, 'relu', 1, 0.1), dense(1, 'linear', 2, 0.1)];
    await withNetwork(layers, async (model) => {
      const x: tf.Tensor2D = tf.randomNormal([200, 4], 0, 1, 'float32', 5);
      // Only the first two inputs matter.
      const y = tf.tidy(() => tf.mul(tf.slice(x, [0, 0], [200, 1]), tf.slice(x, [0, 1], [200, 1])));
      const found = denseLayers(model);
      const initialKernels = found.map((layer) => tf.clone(layer.kernel()));
      const [start] = await neuralFeatureAnsatz({ backend, layers: found, x });
      expect(start).not.toHaveProperty('change');
      const optimizer = tf.train.adam(0.01);
      for (let step = 0; step < 300; step++) {
        optimizer.minimize(() => tf.losses.meanSquaredError(y, model.apply(x) as tf.Tensor));
      }
      const [trained] = await neuralFeatureAnsatz({ backend, layers: found, x, initialKernels });
      expect(trained?.correlations.rootPearson).toBeGreaterThan(start?.correlations.rootPearson as number);
      expect(trained?.changeCorrelations?.rootPearson).toBeGreaterThan(0.9);
      expect(trained?.centeredPearson).toBeGreaterThan(0.8);
      expect(trained?.change?.relativeNorm).toBeGreaterThan(0.1);
      const squared = multiply(trained?.rootAgop as SquareMatrix);
      expect(worstDifference(squared, trained?.agop.data as Float64Array)).toBeLessThan(1e-5);
      for (const tensor of [...initialKernels, x, y]) tensor.dispose();
      optimizer.dispose();
    });
    expect(backend.memory().tensors).toBe(0);
  });
});

describe('what does not fit', () => {
  it('is refused with typed errors, and leaves no tensor', async () => {
    const input = tf.input({ shape: [4] });
    const side = tf.layers.dense({ units: 3 });
    const branches = [side.apply(input), tf.layers.dense({ units: 3 }).apply(input)] as tf.SymbolicTensor[];
    const forked = tf.model({ inputs: input, outputs: tf.layers.add().apply(branches) as tf.SymbolicTensor });
    expect(() => denseLayers(forked)).toThrow(OptionError);
    forked.dispose();

    const flat = tf.sequential({ layers: [tf.layers.flatten({ inputShape: [2, 2] })] });
    expect(() => denseLayers(flat)).toThrow(OptionError);
    flat.dispose();

    await withNetwork([dense(3, 'tanh', 1), dense(2, 'linear', 2)], async (model, x) => {
      const layers = denseLayers(model);
      const [first] = layers as [AnsatzLayer];
      const none = tf.zeros([0, 4]);
      await expect(layerFeatures(first, none)).rejects.toThrow(ShapeError);
      const wrong: tf.Tensor2D = tf.zeros([4, 2]);
      await expect(layerFeatures(first, x, { initialKernel: wrong })).rejects.toThrow(ShapeError);
      await expect(layerFeatures(first, x, { rowsPerPass: 0 })).rejects.toThrow(OptionError);
      await expect(layerFeatures(first, x, { signal: AbortSignal.abort() })).rejects.toThrow(AbortedError);
      using backend = createNaiveBackend();
      await expect(neuralFeatureAnsatz({ backend, layers, x, initialKernels: [wrong] })).rejects.toThrow(
        OptionError,
      );
      none.dispose();
      wrong.dispose();
    });
  });
});

/** The square of a matrix. */
function multiply({ data, shape: [n] }: SquareMatrix): Float64Array {
  const cell = (i: number, j: number): number => data[i * n + j] as number;
  return Float64Array.from({ length: n * n }, (_, index) => {
    let sum = 0;
    for (let k = 0; k < n; k++) sum += cell(Math.floor(index / n), k) * cell(k, index % n);
    return sum;
  });
}
