import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, OptionError, randomArray, ShapeError, ValueError } from '@agop/core';
import type { ShapedArray } from '@agop/estimators';
import {
  alignmentTrace,
  DenseNetwork,
  earlyAlignment,
  infiniteWidthAlignment,
  networkAlignment,
  sgd,
  speedLimited,
  trainNetwork,
} from '@agop/nfa/network';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';

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

/** Which of three classes has the largest of the first three features, as one-hot rows. */
function classes({ data, shape: [n = 0, d = 0] }: ShapedArray): ShapedArray {
  const y = new Float64Array(n * 3);
  for (let i = 0; i < n; i++) {
    const first = Array.from({ length: 3 }, (_, j) => data[i * d + j] as number);
    y[i * 3 + first.indexOf(Math.max(...first))] = 1;
  }
  return { data: y, shape: [n, 3] };
}

describe('the prediction at time zero', () => {
  const x = normal(120, 10, 1);
  it.each([
    { title: 'two ReLU layers', sizes: [10, 32, 16, 3], activation: 'relu', loss: 'meanSquaredError' },
    { title: 'three tanh layers', sizes: [10, 12, 20, 9, 3], activation: 'tanh', loss: 'crossEntropy' },
    { title: 'one layer of squares', sizes: [10, 40, 3], activation: 'square', loss: 'meanSquaredError' },
  ] as const)('is what one small step gives: $title', async ({ sizes, activation, loss }) => {
    const y = classes(x);
    const biases = activation === 'tanh';
    using network = DenseNetwork.random({ backend, sizes, activation, biases, dtype: 'float64', seed: 7 });
    using initial = network.copy();
    const predicted = await earlyAlignment(network, x, y, { loss, rowsPerPass: 50 });
    const optimizer = sgd({ learningRate: 1e-4 });
    await trainNetwork(network, x, y, { optimizer, loss, epochs: 1, batchSize: 120 });
    const measured = await networkAlignment(network, initial, x, { roots: false });
    expect(predicted.map(({ layer }) => layer)).toEqual(measured.map(({ layer }) => layer));
    for (const [i, { cosine, pearson }] of predicted.entries()) {
      expect(Math.abs(cosine - (measured[i]?.centered?.cosine ?? 0))).toBeLessThan(5e-4);
      expect(Math.abs(pearson - (measured[i]?.centered?.pearson ?? 0))).toBeLessThan(5e-4);
    }
  });

  it('comes near that of infinite width as the network grows', async () => {
    const x = normal(60, 6, 2);
    const y = { data: Float64Array.from({ length: 60 }, (_, i) => x.data[6 * i] as number), shape: [60, 1] };
    const limit = await infiniteWidthAlignment(backend, x, y);
    const distance = async (width: number) => {
      using network = DenseNetwork.random({ backend, sizes: [6, width, 1], gain: 0.05, dtype: 'float64' });
      const [early] = await earlyAlignment(network, x, y);
      return Math.abs((early?.cosine ?? 0) - limit.cosine);
    };
    expect(await distance(1024)).toBeLessThan(5e-3);
    expect(await distance(16)).toBeGreaterThan(await distance(1024));
  });

  it('needs rows', async () => {
    await expect(infiniteWidthAlignment(backend, normal(3, 2, 1), normal(4, 1, 1))).rejects.toThrow(
      ShapeError,
    );
    const zeros = { data: [0, 0], shape: [2, 1] };
    await expect(infiniteWidthAlignment(backend, zeros, zeros)).rejects.toThrow(ValueError);
  });
});

describe('the trace', () => {
  const x = normal(200, 12, 3);
  const y = {
    data: Float64Array.from({ length: 200 }, (_, i) => (x.data[12 * i] as number) ** 2 - 1),
    shape: [200, 1],
  };
  const sizes = [12, 24, 1];

  it('begins before training, measures every so many epochs and the last, and adds up', async () => {
    using network = DenseNetwork.random({ backend, sizes, dtype: 'float64' });
    const epochs: number[] = [];
    for await (const { epoch, loss, layers } of alignmentTrace(network, x, y, {
      optimizer: sgd({ learningRate: 0.05 }),
      epochs: 5,
      every: 2,
      batchSize: 50,
    })) {
      epochs.push(epoch);
      const [layer] = layers;
      expect(layers).toHaveLength(1);
      if (epoch === 0) {
        expect(loss).toBeUndefined();
        expect(layer?.centered).toBeUndefined();
        expect(layer?.centeredShare).toBe(0);
      } else {
        expect(layer?.centered?.pearson).toBeGreaterThan(0.3);
        expect(layer?.uncentered.root?.pearson).toBeGreaterThan(0.3);
        expect(layer?.relativeChange).toBeGreaterThan(0);
      }
    }
    expect(epochs).toEqual([0, 2, 4, 5]);
  });

  it('shows that the layer with the higher speed aligns', async () => {
    const last = async (layer: number) => {
      using network = DenseNetwork.random({ backend, sizes: [12, 24, 24, 1], seed: 2 });
      const optimizer = speedLimited({ learningRate: 0.005, layer });
      let pearson = [0, 0];
      const options = { optimizer, epochs: 40, every: 40, batchSize: 50, roots: false };
      for await (const { layers } of alignmentTrace(network, x, y, options)) {
        pearson = layers.map(({ uncentered }) => uncentered.pearson);
      }
      return pearson as [number, number];
    };
    const [first, second] = [await last(0), await last(1)];
    expect(first[0]).toBeGreaterThan(second[0] + 0.2);
    expect(second[1]).toBeGreaterThan(first[1] + 0.2);
  });

  it('refuses what does not fit', async () => {
    using network = DenseNetwork.random({ backend, sizes });
    using other = DenseNetwork.random({ backend, sizes: [12, 25, 1] });
    await expect(networkAlignment(network, other, x)).rejects.toThrow(ShapeError);
    const options = { optimizer: sgd({ learningRate: 0.1 }), every: 0 };
    await expect(alignmentTrace(network, x, y, options).next()).rejects.toThrow(OptionError);
    const wrong = JSON.parse('{ "layers": "first" }');
    await expect(networkAlignment(network, network, x, wrong)).rejects.toThrow(OptionError);
    await expect(earlyAlignment(network, x, y, { rowsPerPass: 0 })).rejects.toThrow(OptionError);
  });
});
