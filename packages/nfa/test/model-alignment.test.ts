import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, OptionError, randomArray } from '@agop/core';
import {
  earlyModelAlignment,
  type ModelAlignmentEpoch,
  SpeedLimitedOptimizer,
  speedLimitPresets,
  traceModelAlignment,
} from '@agop/nfa';
import {
  DenseNetwork,
  earlyAlignment,
  networkAlignment,
  sgd,
  speedLimited,
  trainNetwork,
} from '@agop/nfa/network';
import * as tf from '@tensorflow/tfjs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

await tf.setBackend('cpu');

let backend: Backend;
beforeAll(async () => {
  backend = await createCpuBackend({ threads: 1 });
});
afterAll(() => backend.dispose());

const [n, d, units] = [40, 5, 8];
const data = randomArray(n * d, 'normal', { seed: 1 }, 'float64');
const rows = { data, shape: [n, d] };
const targets = {
  data: Float64Array.from({ length: n }, (_, i) => (data[d * i] as number) ** 2),
  shape: [n, 1],
};

/** The same network twice, with samples for the one of tfjs. */
async function twice(
  work: (model: tf.Sequential, network: DenseNetwork, x: tf.Tensor, y: tf.Tensor) => Promise<void>,
) {
  using network = DenseNetwork.random({ backend, sizes: [d, units, units, 1], activation: 'tanh', seed: 3 });
  const model = tf.sequential({
    layers: [
      tf.layers.dense({ name: 'first', units, activation: 'tanh', useBias: false, inputShape: [d] }),
      tf.layers.dense({ name: 'second', units, activation: 'tanh', useBias: false }),
      tf.layers.dense({ name: 'out', units: 1, useBias: false }),
    ],
  });
  const kernels: tf.Tensor[] = [];
  for (const { weights } of network.layers) {
    const values = await weights.read();
    kernels.push(
      tf.tidy(() => tf.transpose(tf.tensor2d(Float32Array.from(values), weights.shape as [number, number]))),
    );
  }
  model.setWeights(kernels);
  const [x, y] = [
    tf.tensor2d(Float32Array.from(data), [n, d]),
    tf.tensor2d(Float32Array.from(targets.data), [n, 1]),
  ];
  const before = tf.memory().numTensors;
  await work(model, network, x, y);
  expect(tf.memory().numTensors).toBe(before);
  tf.dispose([...kernels, x, y]);
  model.dispose();
}

describe('alignment of models of tfjs', () => {
  it('is that of the same network on a backend of agop, epoch by epoch', async () => {
    await twice(async (model, network, x, y) => {
      using initial = network.copy();
      const told: ModelAlignmentEpoch[] = [];
      const trace = traceModelAlignment({
        backend,
        model,
        x,
        every: 2,
        onEpoch: (epoch) => told.push(epoch),
      });
      const optimizer = tf.train.sgd(0.1);
      model.compile({ optimizer, loss: 'meanSquaredError' });
      await model.fit(x, y, {
        epochs: 5,
        batchSize: n,
        shuffle: false,
        verbose: 0,
        callbacks: trace.callbacks,
      });
      expect(trace.epochs.map(({ epoch }) => epoch)).toEqual([0, 2, 4, 5]);
      expect(told).toEqual(trace.epochs);
      expect(trace.epochs[0]?.layers[0]?.centered).toBeUndefined();

      await trainNetwork(network, rows, targets, {
        optimizer: sgd({ learningRate: 0.1 }),
        epochs: 5,
        batchSize: n,
      });
      const expected = await networkAlignment(network, initial, rows, { layers: 'all' });
      const last = trace.epochs.at(-1)?.layers ?? [];
      expect(last.map(({ name }) => name)).toEqual(['first', 'second', 'out']);
      for (const [i, { uncentered, centered, relativeChange, parts }] of expected.entries()) {
        expect(last[i]?.uncentered.pearson).toBeCloseTo(uncentered.pearson, 4);
        expect(last[i]?.uncentered.root?.pearson).toBeCloseTo(uncentered.root?.pearson ?? 0, 4);
        expect(last[i]?.centered?.cosine).toBeCloseTo(centered?.cosine ?? 0, 3);
        expect(last[i]?.relativeChange).toBeCloseTo(relativeChange, 5);
        expect(last[i]?.parts[15]).toBeCloseTo(parts[15] as number, 5);
      }
      optimizer.dispose();
    });
  });

  it('is predicted as for the same network', async () => {
    await twice(async (model, network, x, y) => {
      const found = await earlyModelAlignment({ backend, model, x, y });
      const expected = await earlyAlignment(network, rows, targets, { layers: 'all' });
      expect(found.map(({ cosine }) => cosine)).toHaveLength(3);
      for (const [i, { cosine, pearson }] of expected.entries()) {
        expect(found[i]?.cosine).toBeCloseTo(cosine, 4);
        expect(found[i]?.pearson).toBeCloseTo(pearson, 4);
      }
    });
  });

  it('follows the layer that is sped up, as on a backend of agop', async () => {
    await twice(async (model, network, x, y) => {
      const limits = { learningRate: 0.05, ...speedLimitPresets.program };
      const optimizer = new SpeedLimitedOptimizer({ model, layer: 'first', ...limits });
      model.compile({ optimizer, loss: 'meanSquaredError' });
      const fit = () => model.fit(x, y, { epochs: 2, batchSize: n, shuffle: false, verbose: 0 });
      await fit();
      optimizer.setLayer('second');
      await fit();
      for (const layer of [0, 1]) {
        const own = speedLimited({ layer, ...limits });
        await trainNetwork(network, rows, targets, { optimizer: own, epochs: 2, batchSize: n });
      }
      for (const [i, kernel] of model.getWeights().entries()) {
        const expected = await (network.layers[i]?.weights.read() as Promise<Float32Array>);
        const actual = tf.tidy(() => tf.transpose(kernel).dataSync());
        for (const [at, value] of expected.entries()) expect(actual[at]).toBeCloseTo(value, 4);
      }
      optimizer.dispose();
    });
  });

  it('takes convolutions', async () => {
    const model = tf.sequential({
      layers: [
        tf.layers.conv2d({ filters: 4, kernelSize: 3, activation: 'relu', inputShape: [6, 6, 1] }),
        tf.layers.flatten(),
        tf.layers.dense({ units: 2 }),
      ],
    });
    const x = tf.randomNormal([12, 6, 6, 1], 0, 1, 'float32', 2);
    const y = tf.randomNormal([12, 2], 0, 1, 'float32', 3);
    const early = await earlyModelAlignment({ backend, model, x, y });
    const trace = traceModelAlignment({ backend, model, x });
    model.compile({ optimizer: tf.train.sgd(0.002), loss: 'meanSquaredError' });
    await model.fit(x, y, { epochs: 1, batchSize: 12, verbose: 0, callbacks: trace.callbacks });
    const [conv] = trace.epochs.at(-1)?.layers ?? [];
    expect(conv?.centered?.cosine).toBeCloseTo(early[0]?.cosine ?? 0, 2);
    tf.dispose([x, y]);
    model.dispose();
  });

  it('refuses what does not fit', async () => {
    await twice(async (model, _, x, y) => {
      const options = { model, learningRate: 0.1, layer: 'third' };
      expect(() => new SpeedLimitedOptimizer(options)).toThrow(OptionError);
      expect(() => new SpeedLimitedOptimizer({ ...options, layer: 'first', learningRate: 0 })).toThrow(
        OptionError,
      );
      expect(() => traceModelAlignment({ backend, model, x, every: 0 })).toThrow(OptionError);
      await expect(earlyModelAlignment({ backend, model, x, y, layers: ['third'] })).rejects.toThrow(
        OptionError,
      );
    });
  });
});
