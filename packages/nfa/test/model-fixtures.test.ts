import { createNaiveBackend } from '@agop/core/naive';
import type { Fixture } from '@agop/fixtures';
import { compareLayer, layerMatrices, type ModelLayerFeatures, modelFeatures } from '@agop/nfa';
import { describeFixtures, expectOutput } from '@agop/test-support/parity';
import * as tf from '@tensorflow/tfjs';
import { expect, test } from 'vitest';

await tf.setBackend('cpu');

/** A fixture's weights [units, inputs] as a kernel of tfjs, [inputs, units]. */
function kernelOf(fixture: Fixture, name: string): tf.Tensor {
  const { data, shape } = fixture.input(name);
  return tf.tidy(() => tf.transpose(tf.tensor(Float32Array.from(data), [...shape])));
}

function tensorOf(fixture: Fixture, name: string): tf.Tensor {
  const { data, shape } = fixture.input(name);
  return tf.tensor(Float32Array.from(data), [...shape]);
}

/** An activation of the fixtures as a layer. */
function activationLayer(name: unknown): tf.layers.Layer {
  if (name === 'relu' || name === 'tanh') return tf.layers.activation({ activation: name });
  return new Square({});
}

class Square extends tf.layers.Layer {
  static className = 'Square';

  override call(inputs: tf.Tensor | tf.Tensor[]): tf.Tensor {
    return tf.tidy(() => tf.square((Array.isArray(inputs) ? inputs[0] : inputs) as tf.Tensor));
  }
}

describeFixtures('network_features', (fixtures) => {
  test.each(fixtures)('$name: as a model of tfjs', async (fixture) => {
    using backend = createNaiveBackend();
    const layers = Number(fixture.params['layers']);
    const [n, inputs] = fixture.input('X').shape as [number, number];
    const model = tf.sequential();
    for (let i = 0; i < layers; i++) {
      const units = fixture.input(`W${i}`).shape[0] as number;
      model.add(
        tf.layers.dense({
          units,
          useBias: false,
          name: `layer${i}`,
          ...(i === 0 && { inputShape: [inputs] }),
        }),
      );
      if (i < layers - 1) model.add(activationLayer(fixture.params['activation']));
    }
    const names = Array.from({ length: layers }, (_, i) => i);
    const [x, weights, initialWeights] = [
      tensorOf(fixture, 'X'),
      names.map((i) => kernelOf(fixture, `W${i}`)),
      names.map((i) => kernelOf(fixture, `W${i}_initial`)),
    ];
    model.setWeights(weights);
    const { layers: found, outputs } = await modelFeatures({
      backend,
      model,
      x,
      initialWeights,
      controls: 0,
    });
    expect(outputs).toBe(fixture.input('Y').shape[1]);
    expect(x.shape[0]).toBe(n);
    const expectRow = (output: string, i: number, values: readonly number[]): void => {
      const rows = Array.from(fixture.output(output).data);
      rows.splice(i * values.length, values.length, ...values);
      expectOutput(fixture, output, rows, 'float32');
    };
    for (const i of names) {
      const layer = found[i] as ModelLayerFeatures;
      expectOutput(fixture, `covariance_${i}`, Array.from(layer.covariance.data), 'float32');
      const { nfm, agop, rootAgop } = await layerMatrices(backend, layer);
      expectOutput(fixture, `nfm_${i}`, nfm.data, 'float32');
      expectOutput(fixture, `agop_${i}`, agop.data, 'float32');
      expectOutput(fixture, `root_${i}`, rootAgop.data, 'float32');
      const { correlations: uc, change } = layer;
      expectRow('uc', i, [uc.cosine, uc.pearson, uc.rootCosine, uc.rootPearson]);
      if (!change) throw new Error('there are initial weights');
      const { correlations: c } = change;
      expectRow('change', i, [c.cosine, c.pearson, c.rootCosine, c.rootPearson]);
      expectRow('c', i, [change.own.cosine, change.own.pearson]);
      expectRow('relative_change', i, [change.relative]);
      if (i === layers - 1) {
        expect(layer.centered).toBeNull();
        continue;
      }
      const centered = { ...layer, covariance: layer.centeredCovariance ?? layer.covariance };
      const ofCentered = await layerMatrices(backend, centered);
      expectOutput(fixture, `agop_centred_${i}`, ofCentered.agop.data, 'float32');
      expectRow('uc_centred', i, [layer.centered?.cosine ?? 0, layer.centered?.pearson ?? 0]);
    }
    tf.dispose([x, weights, initialWeights]);
    model.dispose();
  });

  test.each(fixtures)('$name: from weights and covariances in float64', async (fixture) => {
    using backend = createNaiveBackend();
    const uc: number[] = [];
    const change: number[] = [];
    const own: number[] = [];
    for (let i = 0; i < Number(fixture.params['layers']); i++) {
      const matrix = ({ data, shape }: { data: ArrayLike<number>; shape: readonly number[] }) => ({
        data,
        shape: shape as [number, number],
      });
      const layer = {
        name: `layer${i}`,
        weights: matrix(fixture.input(`W${i}`)),
        covariance: matrix(fixture.output(`covariance_${i}`)),
      };
      const initialWeights = matrix(fixture.input(`W${i}_initial`));
      const compared = await compareLayer(backend, layer, { initialWeights, controls: 0 });
      const list = ({ cosine, pearson, rootCosine, rootPearson }: typeof compared.correlations) => [
        cosine,
        pearson,
        rootCosine,
        rootPearson,
      ];
      uc.push(...list(compared.correlations));
      if (compared.change) {
        change.push(...list(compared.change.correlations));
        own.push(...list(compared.change.own).slice(0, 2));
      }
    }
    expectOutput(fixture, 'uc', uc);
    expectOutput(fixture, 'change', change);
    expectOutput(fixture, 'c', own);
    expect(backend.memory().tensors).toBe(0);
  });
});

describeFixtures('patch_ansatz', (fixtures) => {
  test.each(fixtures)('$name: convolutions of a model of tfjs', async (fixture) => {
    using backend = createNaiveBackend();
    const geometry = fixture.params['layers'] as { size: number; stride: number; padding: number }[];
    const [n, channels, height, width] = fixture.input('X').shape as [number, number, number, number];
    const model = tf.sequential();
    for (const [i, { size, stride, padding }] of geometry.entries()) {
      model.add(
        tf.layers.conv2d({
          filters: fixture.input(`W${i}`).shape[0] as number,
          kernelSize: size,
          strides: stride,
          padding: padding > 0 ? 'same' : 'valid',
          activation: 'relu',
          ...(i === 0 && { inputShape: [height, width, channels] }),
        }),
      );
    }
    model.add(tf.layers.globalAveragePooling2d({}));
    model.add(tf.layers.dense({ units: fixture.input('V').shape[0] as number }));
    const turned = (name: string, axes: number[]): tf.Tensor =>
      tf.tidy(() => tf.transpose(tensorOf(fixture, name), axes));
    const weights = [
      ...geometry.flatMap((_, i) => [turned(`W${i}`, [2, 3, 1, 0]), tensorOf(fixture, `b${i}`)]),
      turned('V', [1, 0]),
      tensorOf(fixture, 'c'),
    ];
    const x = turned('X', [0, 2, 3, 1]);
    model.setWeights(weights);
    expect(x.shape[0]).toBe(n);
    const { layers } = await modelFeatures({ backend, model, x, controls: 0 });
    for (const [i] of geometry.entries()) {
      const layer = layers[i] as ModelLayerFeatures;
      expect(layer.positions).toBe(i === 0 ? height * width : 9);
      expectOutput(fixture, `covariance_${i}`, Array.from(layer.covariance.data), 'float32');
      const { nfm, agop } = await layerMatrices(backend, layer);
      const [, c, q] = fixture.input(`W${i}`).shape as [number, number, number];
      expectOutput(fixture, `nfm_${i}`, byChannel(nfm.data, c, q), 'float32');
      expectOutput(fixture, `agop_${i}`, byChannel(agop.data, c, q), 'float32');
      const { cosine, pearson, rootCosine, rootPearson } = layer.correlations;
      expectOutput(fixture, `correlations_${i}`, [cosine, pearson, rootCosine, rootPearson], 'float32');
    }
    tf.dispose([x, weights]);
    model.dispose();
  });
});

/** Rows and columns (row, column, channel) of a matrix in the order (channel, row, column). */
function byChannel(matrix: Float64Array, channels: number, size: number): Float64Array {
  const cells = channels * size * size;
  const place = (index: number): number => {
    const channel = Math.floor(index / (size * size));
    return (index % (size * size)) * channels + channel;
  };
  return Float64Array.from(
    { length: cells * cells },
    (_, k) => matrix[place(Math.floor(k / cells)) * cells + place(k % cells)] as number,
  );
}
