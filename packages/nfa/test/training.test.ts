import { createCpuBackend } from '@agop/backend-cpu';
import {
  AbortedError,
  type Backend,
  ConvergenceError,
  input,
  OptionError,
  randomArray,
  ShapeError,
  ValueError,
} from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import type { ShapedArray } from '@agop/estimators';
import { loadFixture } from '@agop/fixtures';
import {
  type ActivationName,
  adamW,
  DenseNetwork,
  lossGradients,
  type Optimizer,
  sgd,
  speedLimited,
  trainingEpochs,
  trainNetwork,
} from '@agop/nfa/network';
import { describeFixtures } from '@agop/test-support/parity';
import * as tf from '@tensorflow/tfjs';
import { afterAll, afterEach, beforeAll, describe, expect, it, test } from 'vitest';

await tf.setBackend('cpu');

let backend: Backend;
beforeAll(async () => {
  backend = await createCpuBackend({ threads: 1 });
});
afterAll(() => backend.dispose());
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
});

function normal(rows: number, columns: number, seed: number): ShapedArray {
  return { data: randomArray(rows * columns, 'normal', { seed }, 'float64'), shape: [rows, columns] };
}

function probabilities(rows: number, columns: number, seed: number): ShapedArray {
  const data = randomArray(rows * columns, 'uniform', { seed }, 'float64');
  for (let i = 0; i < rows; i++) {
    const row = data.subarray(i * columns, (i + 1) * columns);
    const sum = row.reduce((total, value) => total + value, 0);
    for (const [j, value] of row.entries()) row[j] = value / sum;
  }
  return { data, shape: [rows, columns] };
}

describe('gradients', () => {
  it.each([
    ['relu', 'meanSquaredError', false],
    ['tanh', 'crossEntropy', true],
    ['softplus', 'meanSquaredError', true],
    ['sigmoid', 'crossEntropy', false],
  ] as const)('are those of differences: %s, %s, biases %s', async (activation, loss, biases) => {
    const sizes = [4, 6, 5, 3];
    using network = DenseNetwork.random({ backend, sizes, activation, biases, seed: 3, dtype: 'float64' });
    const [x, y] = [normal(11, 4, 1), probabilities(11, 3, 2)];
    const { gradients } = await lossGradients(network, x, y, { loss, rowsPerPass: 4 });
    const lossAt = async (layer: number, part: 'weights' | 'bias', at: number, step: number) => {
      const layers = await Promise.all(
        network.layers.map(async ({ weights, bias }, i) => {
          const own = { weights: await host(weights), ...(bias && { bias: await host(bias) }) };
          const moved = own[part];
          if (i === layer && moved) moved.data[at] = (moved.data[at] as number) + step;
          return { weights: own.weights, ...(own.bias && { bias: own.bias.data }) };
        }),
      );
      using shifted = await DenseNetwork.fromLayers({ backend, layers, activation, dtype: 'float64' });
      const { loss: value, gradients: unused } = await lossGradients(shifted, x, y, { loss });
      free(unused);
      return value;
    };
    for (const [layer, gradient] of gradients.entries()) {
      for (const part of ['weights', 'bias'] as const) {
        const values = await gradient[part]?.read();
        if (!values) continue;
        for (const at of [0, values.length - 1]) {
          const difference = (await lossAt(layer, part, at, 1e-5)) - (await lossAt(layer, part, at, -1e-5));
          expect(Math.abs(difference / 2e-5 - (values[at] as number))).toBeLessThan(1e-8);
        }
      }
    }
    free(gradients);
  });
});

describeFixtures('network_features', () => {
  const optimizers: readonly (readonly [string, Optimizer, () => tf.Optimizer])[] = [
    ['sgd', sgd({ learningRate: 0.05 }), () => tf.train.sgd(0.05)],
    ['momentum', sgd({ learningRate: 0.02, momentum: 0.9 }), () => tf.train.momentum(0.02, 0.9)],
    ['adam', adamW({ learningRate: 0.01, weightDecay: 0 }), () => tf.train.adam(0.01, 0.9, 0.999, 1e-8)],
  ];
  test.each(
    ['relu', 'tanh'].flatMap((activation) => optimizers.map((own) => ({ activation, own, name: own[0] }))),
  )('training is that of tfjs: $activation, $name', async ({ activation, own: [, optimizer, make] }) => {
    const fixture = loadFixture(`network_features_${activation}`);
    const [x, y] = [fixture.input('X'), fixture.input('Y')];
    const initial = Array.from({ length: fixture.params['layers'] as number }, (_, i) =>
      fixture.input(`W${i}_initial`),
    );
    using network = await DenseNetwork.fromLayers({
      backend,
      activation: activation as ActivationName,
      layers: initial.map((weights) => ({ weights })),
      dtype: 'float32',
    });
    const epochs = await trainNetwork(network, x, y, { optimizer, epochs: 20, batchSize: 60 });

    const model = tf.sequential({
      layers: initial.map(({ shape }, i) =>
        tf.layers.dense({
          units: shape[0] as number,
          useBias: false,
          activation: i + 1 < initial.length ? (activation as 'relu') : 'linear',
          inputShape: [shape[1] as number],
        }),
      ),
    });
    const kernels = initial.map(({ data, shape }) =>
      tf.tidy(() => tf.transpose(tf.tensor2d(Float32Array.from(data), shape as [number, number]))),
    );
    model.setWeights(kernels);
    model.compile({ optimizer: make(), loss: 'meanSquaredError' });
    const [rows, targets] = [x, y].map(({ data, shape }) =>
      tf.tensor2d(Float32Array.from(data), shape as [number, number]),
    ) as [tf.Tensor2D, tf.Tensor2D];
    const history = await model.fit(rows, targets, { epochs: 20, batchSize: 60, shuffle: false, verbose: 0 });
    expect(epochs.at(-1)?.loss).toBeCloseTo(history.history['loss']?.at(-1) as number, 5);
    for (const [i, weights] of model.getWeights().entries()) {
      const expected = tf.tidy(() => tf.transpose(weights).dataSync());
      const actual = await (network.layers[i]?.weights.read() as Promise<Float32Array>);
      const worst = actual.reduce((most, v, at) => Math.max(most, Math.abs(v - (expected[at] as number))), 0);
      expect(worst).toBeLessThan(2e-5);
    }
    tf.dispose([...kernels, rows, targets]);
    model.dispose();
  });
});

describe('training', () => {
  const [x, y] = [normal(50, 3, 5), normal(50, 2, 6)];
  const options = { optimizer: sgd({ learningRate: 0.05 }), epochs: 3, batchSize: 16 };
  const random = (dtype: 'float32' | 'float64' = 'float64') =>
    DenseNetwork.random({ backend, sizes: [3, 8, 2], seed: 1, dtype });

  it('gives the same bits for the same seed, and others for another', async () => {
    const run = async (seed: number) => {
      using network = random();
      await trainNetwork(network, x, y, { ...options, seed });
      return (await network.predict(x)).data;
    };
    expect(await run(4)).toEqual(await run(4));
    expect(await run(4)).not.toEqual(await run(5));
  });

  it('shrinks weights, not biases, by weight decay', async () => {
    const zeros = { data: new Float64Array(4), shape: [4, 1] };
    for (const optimizer of [
      sgd({ learningRate: 0.1, weightDecay: 0.5 }),
      adamW({ learningRate: 0.1, weightDecay: 0.5 }),
    ]) {
      using network = await DenseNetwork.fromLayers({
        backend,
        layers: [
          { weights: [[2]], bias: [-30] },
          { weights: [[4]], bias: [0] },
        ],
        dtype: 'float64',
      });
      // The unit never fires, so that there is no gradient but the decay.
      await trainNetwork(network, zeros, zeros, { optimizer, epochs: 1 });
      const [first, last] = network.layers;
      expect((await first?.weights.read())?.[0]).toBeCloseTo(2 * 0.95, 12);
      expect((await last?.weights.read())?.[0]).toBeCloseTo(4 * 0.95, 12);
      expect((await first?.bias?.read())?.[0]).toBe(-30);
    }
  });

  it('takes a rate for each epoch, and an activation of one’s own', async () => {
    const z = input('z');
    using network = DenseNetwork.random({ backend, sizes: [3, 8, 2], activation: z.sin(), dtype: 'float64' });
    const before = (await network.predict(x)).data;
    const met: number[] = [];
    const learningRate = (epoch: number) => {
      met.push(epoch);
      return epoch < 3 ? 0 : 0.1;
    };
    const epochs = trainingEpochs(network, x, y, {
      optimizer: sgd({ learningRate }),
      epochs: 3,
      batchSize: 50,
    });
    await epochs.next();
    await epochs.next();
    expect((await network.predict(x)).data).toEqual(before);
    await epochs.next();
    expect((await network.predict(x)).data).not.toEqual(before);
    expect(met).toEqual([1, 2, 3]);
    await epochs.return();
  });

  it('says when the loss is no number, and what to lower', async () => {
    using network = random('float32');
    const wild = { ...options, epochs: 50, optimizer: sgd({ learningRate: 1e6 }) };
    await expect(trainNetwork(network, x, y, wild)).rejects.toThrow(ConvergenceError);
    using again = random('float32');
    await expect(trainNetwork(again, x, y, wild)).rejects.toThrow(
      /^The loss is (NaN|Infinity) at step \d of 4 of epoch \d+: .*Lower the `learningRate`/,
    );
  });

  it('ends by an abort, and by leaving the loop', async () => {
    using network = random();
    const controller = new AbortController();
    const onEpoch = () => controller.abort();
    const aborted = trainNetwork(network, x, y, { ...options, signal: controller.signal, onEpoch });
    await expect(aborted).rejects.toThrow(AbortedError);
    for await (const { epoch } of trainingEpochs(network, x, y, options)) {
      if (epoch === 1) break;
    }
  });

  it('refuses what does not fit', async () => {
    using network = random();
    using naive = createNaiveBackend();
    const train = (more: object, rows = x, targets = y) =>
      trainNetwork(network, rows, targets, { ...options, ...more });
    await expect(train({}, normal(50, 4, 1))).rejects.toThrow(ShapeError);
    await expect(train({}, x, normal(49, 2, 1))).rejects.toThrow(ShapeError);
    await expect(train({}, x, normal(50, 3, 1))).rejects.toThrow(ShapeError);
    await expect(train({}, { data: [Number.NaN, 0, 0], shape: [1, 3] })).rejects.toThrow(ValueError);
    for (const wrong of [
      { epochs: 0 },
      { batchSize: 1.5 },
      { loss: 'hinge' },
      { optimizer: 'sgd' },
      { seed: -1 },
      { momentum: 0.9 },
      { optimizer: speedLimited({ learningRate: 0.1, layer: 2 }) },
      { optimizer: sgd({ learningRate: () => Number.NaN }) },
    ]) {
      await expect(train(wrong), JSON.stringify(wrong)).rejects.toThrow(OptionError);
    }
    for (const make of [
      () => sgd({ learningRate: -1 }),
      () => sgd({ learningRate: 1, momentum: 1 }),
      () => adamW({ learningRate: 1, beta1: -0.1 }),
      () => speedLimited({ learningRate: 1, layer: 0.5 }),
      () => speedLimited({ learningRate: 1, layer: 0, boost: 0 }),
      () => DenseNetwork.random({ backend, sizes: [3] }),
      () => DenseNetwork.random({ backend, sizes: [3, 0, 1] }),
      () => DenseNetwork.random({ backend, sizes: [3, 1], gain: 0 }),
      () => DenseNetwork.random({ backend, sizes: [3, 1], activation: JSON.parse('"swish"') }),
    ]) {
      expect(make).toThrow(OptionError);
    }
    const layers = [{ weights: normal(4, 3, 1) }, { weights: normal(2, 3, 1) }];
    await expect(DenseNetwork.fromLayers({ backend, layers })).rejects.toThrow(ShapeError);
    const biased = [{ weights: normal(4, 3, 1), bias: [1, 2] }];
    await expect(DenseNetwork.fromLayers({ backend, layers: biased })).rejects.toThrow(ShapeError);
    await expect(DenseNetwork.fromLayers({ backend, layers: [] })).rejects.toThrow(OptionError);
    expect(naive.memory().tensors).toBe(0);
  });
});

async function host(tensor: { readonly shape: readonly number[]; read(): Promise<ArrayLike<number>> }) {
  return { data: Float64Array.from(await tensor.read()), shape: tensor.shape };
}

function free(gradients: Awaited<ReturnType<typeof lossGradients>>['gradients']): void {
  for (const { weights, bias } of gradients) {
    weights.dispose();
    bias?.dispose();
  }
}
