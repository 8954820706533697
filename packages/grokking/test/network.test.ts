import { AbortedError, OptionError, randomArray } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { modularTask } from '@agop/grokking';
import {
  AdamWOptimizer,
  initialNetwork,
  lossGradients,
  networkAgop,
  networkOutputs,
  networkSteps,
  neuralFeatureMatrix,
  quadraticAgopTrace,
  secondMoment,
  traceGradients,
  trainNetwork,
} from '@agop/grokking/network';
import '@tensorflow/tfjs-backend-cpu';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';

// float32 throughout: values of order 1, sums of few terms.
const close = 2e-5;
const [d, width, p, n] = [6, 5, 3, 7];

let tensorsBefore = 0;
beforeAll(async () => {
  await tf.setBackend('cpu');
});
beforeEach(() => {
  tensorsBefore = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(tensorsBefore);
});

const normal = (rows: number, columns: number, seed: number): Float64Array =>
  randomArray(rows * columns, 'normal', { seed }, 'float64');
const matrix = (values: Float64Array, rows: number, columns: number): tf.Tensor2D =>
  tf.tensor2d(Float32Array.from(values), [rows, columns]);

/** W1, W2, x, y as plain arrays. */
const [w1, w2, x, y] = [normal(width, d, 1), normal(p, width, 2), normal(n, d, 3), normal(n, p, 4)];

function outputsOf(first: Float64Array, second: Float64Array, row: number): number[] {
  const hidden = Array.from({ length: width }, (_, h) => {
    let sum = 0;
    for (let k = 0; k < d; k++) sum += (first[h * d + k] as number) * (x[row * d + k] as number);
    return sum;
  });
  return Array.from({ length: p }, (_, o) =>
    hidden.reduce((sum, value, h) => sum + (second[o * width + h] as number) * value ** 2, 0),
  );
}

function lossOf(first: Float64Array, second: Float64Array): number {
  let sum = 0;
  for (let row = 0; row < n; row++) {
    for (const [o, value] of outputsOf(first, second, row).entries()) {
      sum += (value - (y[row * p + o] as number)) ** 2;
    }
  }
  return sum / (n * p);
}

/** The AGOP from Jacobians, entry by entry. */
function agopOf(first: Float64Array, second: Float64Array): Float64Array {
  const agop = new Float64Array(d * d);
  for (let row = 0; row < n; row++) {
    for (let o = 0; o < p; o++) {
      const gradient = new Float64Array(d);
      for (let h = 0; h < width; h++) {
        let inner = 0;
        for (let k = 0; k < d; k++) inner += (first[h * d + k] as number) * (x[row * d + k] as number);
        for (let k = 0; k < d; k++) {
          gradient[k] =
            (gradient[k] as number) +
            2 * (second[o * width + h] as number) * inner * (first[h * d + k] as number);
        }
      }
      for (let i = 0; i < d * d; i++) {
        agop[i] =
          (agop[i] as number) + ((gradient[Math.floor(i / d)] as number) * (gradient[i % d] as number)) / n;
      }
    }
  }
  return agop;
}

const traceOf = (first: Float64Array, second: Float64Array): number =>
  agopOf(first, second).reduce((sum, value, i) => (i % (d + 1) === 0 ? sum + value : sum), 0);

/** Central differences in float64. */
function differences(f: (v: Float64Array) => number, at: Float64Array): Float64Array {
  const h = 1e-5;
  return at.map((_, i) => {
    const moved = (step: number): Float64Array => at.map((v, j) => (i === j ? v + step : v));
    return (f(moved(h)) - f(moved(-h))) / (2 * h);
  });
}

function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, tolerance = close): void {
  expect(actual.length).toBe(expected.length);
  const scale = Math.max(...Array.from(expected, Math.abs));
  const worst = Math.max(...Array.from(actual, (value, i) => Math.abs(value - (expected[i] as number))));
  expect(worst / scale).toBeLessThan(tolerance);
}

/** Elements of a tensor that `compute` makes. */
function elements(
  compute: (
    weights: { first: tf.Tensor2D; second: tf.Tensor2D },
    x: tf.Tensor2D,
    y: tf.Tensor2D,
  ) => tf.Tensor,
): Float64Array {
  const tensor = tf.tidy(() =>
    compute({ first: matrix(w1, width, d), second: matrix(w2, p, width) }, matrix(x, n, d), matrix(y, n, p)),
  );
  const values = Float64Array.from(tensor.dataSync());
  tensor.dispose();
  return values;
}

describe('quadratic network', () => {
  it('computes W2 (W1 x)^2', () => {
    const expected = Array.from({ length: n }, (_, row) => outputsOf(w1, w2, row)).flat();
    expectClose(
      elements((weights, inputs) => networkOutputs(weights, inputs)),
      expected,
    );
  });

  it('has the AGOP of its Jacobians, and its trace', () => {
    const agop = elements((weights, inputs) => networkAgop(weights, secondMoment(inputs)));
    expectClose(agop, agopOf(w1, w2));
    const trace = elements((weights, inputs) => quadraticAgopTrace(weights, secondMoment(inputs)));
    expectClose(trace, [traceOf(w1, w2)]);
  });

  it('has the neural feature matrix W1^T W1', () => {
    const expected = Float64Array.from({ length: d * d }, (_, i) => {
      let sum = 0;
      for (let h = 0; h < width; h++)
        sum += (w1[h * d + Math.floor(i / d)] as number) * (w1[h * d + (i % d)] as number);
      return sum;
    });
    expectClose(
      elements((weights) => neuralFeatureMatrix(weights)),
      expected,
    );
  });

  it('has the gradients of the loss', () => {
    const first = elements((weights, inputs, targets) => lossGradients(weights, inputs, targets).first);
    const second = elements((weights, inputs, targets) => lossGradients(weights, inputs, targets).second);
    expectClose(
      first,
      differences((w) => lossOf(w, w2), w1),
    );
    expectClose(
      second,
      differences((w) => lossOf(w1, w), w2),
    );
  });

  it('has the gradients of the AGOP trace', () => {
    const first = elements((weights, inputs) => traceGradients(weights, secondMoment(inputs)).first);
    const second = elements((weights, inputs) => traceGradients(weights, secondMoment(inputs)).second);
    expectClose(
      first,
      differences((w) => traceOf(w, w2), w1),
    );
    expectClose(
      second,
      differences((w) => traceOf(w1, w), w2),
    );
  });

  it('starts uniform within 1 / sqrt(fan in), the same for the same seed', () => {
    const network = initialNetwork(50, 40, 10, 7);
    const again = initialNetwork(50, 40, 10, 7);
    const first = network.first.dataSync();
    const largest = Math.max(...first.map(Math.abs));
    expect(largest).toBeLessThanOrEqual(1 / Math.sqrt(50));
    expect(largest).toBeGreaterThan(0.99 / Math.sqrt(50));
    expect(Math.max(...network.second.dataSync().map(Math.abs))).toBeLessThanOrEqual(1 / Math.sqrt(40));
    expect(again.first.dataSync()).toEqual(first);
    tf.dispose([network.first, network.second, again.first, again.second]);
  });
});

describe('AdamW', () => {
  it('shrinks the weights, then takes the step of Adam', () => {
    const [rate, beta1, beta2, epsilon, decay] = [0.1, 0.9, 0.98, 1e-8, 0.5];
    const optimizer = new AdamWOptimizer({ learningRate: rate, beta1, beta2, epsilon, weightDecay: decay });
    const variable = tf.tidy(() => tf.variable(tf.tensor1d([1, -2])));
    const gradients = [
      [0.3, -0.1],
      [0.2, 0.4],
      [-0.5, 0.1],
    ];
    let expected = [1, -2];
    let [mean, square] = [
      [0, 0],
      [0, 0],
    ];
    for (const [t, gradient] of gradients.entries()) {
      tf.tidy(() => optimizer.applyGradients([{ name: variable.name, tensor: tf.tensor1d(gradient) }]));
      mean = mean.map((m, i) => beta1 * m + (1 - beta1) * (gradient[i] as number));
      square = square.map((v, i) => beta2 * v + (1 - beta2) * (gradient[i] as number) ** 2);
      expected = expected.map((w, i) => {
        const m = (mean[i] as number) / (1 - beta1 ** (t + 1));
        const v = (square[i] as number) / (1 - beta2 ** (t + 1));
        return w * (1 - rate * decay) - (rate * m) / (Math.sqrt(v) + epsilon);
      });
    }
    expectClose(variable.dataSync(), expected);
    optimizer.dispose();
    variable.dispose();
  });
});

describe('training', () => {
  const task = modularTask({ operation: '+', p: 7, fraction: 0.8 });
  const backend = createNaiveBackend();
  const options = {
    backend,
    task,
    width: 32,
    epochs: 40,
    batchSize: 16,
    learningRate: 0.01,
    measureEvery: 20,
  };

  it('fits the training pairs and leaves nothing behind', async () => {
    const { epochs, last } = await trainNetwork(options);
    expect(epochs.map((e) => e.epoch)).toEqual([0, 20, 40]);
    expect(epochs[0]?.trainLoss).toBeGreaterThan(0.1);
    expect(epochs[2]?.trainLoss).toBeLessThan(0.02);
    expect(epochs[2]?.trainAccuracy).toBe(1);
    expect(epochs[2]?.alignment).toBeCloseTo(1, 12);
    expect(last.featureMatrix.length).toBe(14 * 14);
    // The matrix and its root belong together.
    const squared = last.agopRoot.map((_, i) => {
      let sum = 0;
      for (let k = 0; k < 14; k++) {
        sum +=
          (last.agopRoot[Math.floor(i / 14) * 14 + k] as number) *
          (last.agopRoot[k * 14 + (i % 14)] as number);
      }
      return sum;
    });
    expectClose(squared, last.agop, 1e-6);
    expect(backend.memory().tensors).toBe(0);
  });

  it('is the same for the same seed', async () => {
    const losses = async (seed: number) =>
      (await trainNetwork({ ...options, epochs: 2, seed })).epochs.map((e) => e.testLoss);
    expect(await losses(1)).toEqual(await losses(1));
    expect(await losses(1)).not.toEqual(await losses(2));
  });

  it('takes SGD, weight decay and the AGOP penalty, which shrinks the trace', async () => {
    const trace = async (agopPenalty: number) => {
      const { last } = await trainNetwork({
        ...options,
        optimizer: 'sgd',
        learningRate: 0.5,
        weightDecay: 1e-5,
        agopPenalty,
      });
      return last.agop.reduce((sum, value, i) => (i % 15 === 0 ? sum + value : sum), 0);
    };
    expect(await trace(0.01)).toBeLessThan(0.9 * (await trace(0)));
  });

  it('multiplies the inputs by a transform', async () => {
    const half = Float64Array.from({ length: 14 * 14 }, (_, i) => (i % 15 === 0 ? 0.5 : 0));
    const steps = networkSteps({ ...options, transform: half });
    const plain = networkSteps(options);
    const a = (await steps.next()).value;
    const b = (await plain.next()).value;
    // At the same weights, gradients are linear in x.
    expectClose(a?.agop ?? [], b?.agop.map((v) => v / 4) ?? []);
    await steps.return();
    await plain.return();
  });

  it('frees everything when the loop is left early or aborted', async () => {
    for await (const step of networkSteps({ ...options, measureEvery: 1 }))
      if (step.measures.epoch === 1) break;
    const controller = new AbortController();
    const aborted = trainNetwork({
      ...options,
      signal: controller.signal,
      onEpoch: () => controller.abort(),
    });
    await expect(aborted).rejects.toThrow(AbortedError);
    expect(tf.memory().numTensors).toBe(tensorsBefore);
  });

  it.each([
    [{ optimizer: JSON.parse('"foo"') }, /optimizer must be one of adamw, sgd, but is 'foo'/],
    [{ width: 0 }, /width must be a whole number from 1/],
    [{ learningRate: -1 }, /learningRate must be a number from 0/],
    [{ agopPenalty: Number.NaN }, /agopPenalty must be a number from 0/],
    [{ transform: new Float64Array(9) }, /transform must be a matrix \[14, 14\], but has 9/],
  ])('refuses %o', async (wrong, message) => {
    const refused = trainNetwork({ ...options, ...wrong });
    await expect(refused).rejects.toThrow(OptionError);
    await expect(refused).rejects.toThrow(message);
  });
});
