import { createCpuBackend } from '@agop/backend-cpu';
import { AbortedError, OptionError, ShapeError, ValueError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { layerMatrices, type ModelLayerFeatures, modelFeatures } from '@agop/nfa';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { random, Shifted, Twice, worstDifference } from './models.ts';

let before: number;
beforeEach(async () => {
  await tf.setBackend('cpu');
  before = tf.memory().numTensors;
});
afterEach(() => {
  expect(tf.memory().numTensors).toBe(before);
});

const only = (layers: readonly ModelLayerFeatures[]): ModelLayerFeatures => {
  if (layers.length !== 1) throw new Error(`there are ${layers.length} layers`);
  return layers[0] as ModelLayerFeatures;
};

/** Images through convolutions of all kinds, with skips; a probe behind each that is measured. */
function imageNetwork() {
  const [first, second, third] = [new Shifted({}), new Shifted({}), new Shifted({})];
  const input = tf.input({ shape: [7, 6, 2] });
  const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
    layer.apply(x) as tf.SymbolicTensor;
  const conv = (filters: number, options: object, seed: number) =>
    tf.layers.conv2d({ filters, kernelSize: 3, ...options, ...random(seed) });
  const a = apply(first, apply(conv(3, { strides: 2, padding: 'same', name: 'first' }, 1), input));
  const b = apply(
    tf.layers.batchNormalization({ scale: false }),
    apply(tf.layers.activation({ activation: 'tanh' }), a),
  );
  const wise = apply(
    tf.layers.depthwiseConv2d({
      kernelSize: 3,
      padding: 'same',
      depthwiseInitializer: random(5).kernelInitializer,
    }),
    b,
  );
  const c = apply(second, apply(conv(3, { padding: 'same', dilationRate: 2, name: 'second' }, 2), wise));
  const sum = apply(tf.layers.add(), [c, b]);
  const d = apply(conv(4, { kernelSize: 2, activation: 'tanh', name: 'untouched' }, 3), sum);
  const flat = apply(tf.layers.flatten(), d);
  const z = apply(third, apply(tf.layers.dense({ units: 5, name: 'third', ...random(4) }), flat));
  const out = apply(
    tf.layers.dense({ units: 3, activation: 'softmax', name: 'last', ...random(6) }),
    apply(tf.layers.activation({ activation: 'tanh' }), z),
  );
  return { model: tf.model({ inputs: input, outputs: out }), probes: { first, second, third } };
}

/** WᵀKW from changes of patches: column j of W is added at one position after the other. */
function agopByDifferences(
  model: tf.LayersModel,
  probe: Shifted,
  weights: { data: ArrayLike<number>; shape: readonly [number, number] },
  x: tf.Tensor,
): Float64Array {
  const [units, inputs] = weights.shape;
  const step = 2e-2;
  const n = x.shape[0] as number;
  const shape = probe.seen.slice(1);
  const positions = shape.slice(0, -1).reduce((a, b) => a * b, 1);
  const agop = new Float64Array(inputs * inputs);
  const outputs = (): number[] => Array.from(tf.tidy(() => (model.predict(x) as tf.Tensor).dataSync()));
  for (let p = 0; p < positions; p++) {
    const slopes = Array.from({ length: inputs }, (_, j) => {
      const moved = [step, -step].map((size) => {
        const values = new Float32Array(positions * units);
        for (let u = 0; u < units; u++)
          values[p * units + u] = size * (weights.data[u * inputs + j] as number);
        probe.shift = tf.tensor(values, [1, ...shape]);
        const made = outputs();
        probe.shift.dispose();
        probe.shift = undefined;
        return made;
      });
      return moved[0]?.map((value, i) => (value - (moved[1]?.[i] as number)) / (2 * step)) as number[];
    });
    for (let a = 0; a < inputs; a++) {
      for (let b = 0; b < inputs; b++) {
        const product = slopes[a]?.reduce((sum, value, i) => sum + value * (slopes[b]?.[i] as number), 0);
        agop[a * inputs + b] = (agop[a * inputs + b] as number) + (product as number) / n;
      }
    }
  }
  return agop;
}

describe('the layers of any model', () => {
  it('have AGOPs that are those of finite differences by their inputs and patches', async () => {
    using backend = createNaiveBackend();
    const { model, probes } = imageNetwork();
    const x = tf.randomNormal([4, 7, 6, 2], 0, 1, 'float32', 3);
    const { layers, skipped, outputs } = await modelFeatures({ backend, model, x, controls: 0 });
    expect(layers.map(({ name, positions }) => [name, positions])).toEqual([
      ['first', 12],
      ['second', 12],
      ['untouched', 6],
      ['third', 1],
      ['last', 1],
    ]);
    expect(skipped.map(({ className }) => className)).toEqual(['DepthwiseConv2D']);
    expect(outputs).toBe(3);
    for (const [name, probe] of Object.entries(probes)) {
      const layer = layers.find((one) => one.name === name) as ModelLayerFeatures;
      const { agop } = await layerMatrices(backend, layer);
      const expected = agopByDifferences(model, probe, layer.weights, x);
      expect(worstDifference(agop.data, expected)).toBeLessThan(2e-3 * Math.max(...expected));
    }
    x.dispose();
    model.dispose();
  });

  it('are the same on WebAssembly, in passes of any size, and some of them alone', async () => {
    using backend = await createCpuBackend();
    const { model } = imageNetwork();
    const values = tf.randomNormal([5, 7, 6, 2], 0, 1, 'float32', 3);
    const x = tf.tensor4d(await values.data(), [5, 7, 6, 2]);
    const whole = await modelFeatures({ backend, model, x, controls: 0 });
    const passes: number[] = [];
    const parts = await modelFeatures({
      backend,
      model,
      x,
      controls: 0,
      memoryBudget: 1,
      onProgress: ({ phase, total }) => phase === 'gradients' && passes.push(total),
    });
    expect(passes.length).toBe(15);
    const some = await modelFeatures({ backend, model, x, controls: 0, layers: ['third', 'first'] });
    expect(some.layers.map(({ name }) => name)).toEqual(['third', 'first']);
    await tf.setBackend('wasm');
    const wasm = await modelFeatures({ backend, model, x, controls: 0 });
    for (const [index, { name, covariance, centeredCovariance }] of whole.layers.entries()) {
      const scale = Math.max(...Array.from(covariance.data));
      const alone = some.layers.find((layer) => layer.name === name);
      for (const other of [parts.layers[index], wasm.layers[index], alone]) {
        if (!other) continue;
        expect(worstDifference(other.covariance.data, covariance.data)).toBeLessThan(1e-5 * scale);
        const [a, b] = [other.centeredCovariance?.data ?? [], centeredCovariance?.data ?? []];
        expect(worstDifference(a, b)).toBeLessThan(1e-5 * scale);
      }
    }
    tf.dispose([x, values]);
    model.dispose();
    await tf.setBackend('cpu');
  });

  it('with logits are measured before the last activation; random directions come near all outputs', async () => {
    using backend = createNaiveBackend();
    const { model } = imageNetwork();
    const x = tf.randomNormal([6, 7, 6, 2], 0, 1, 'float32', 3);
    const common = { backend, model, x, controls: 0, logits: true };
    const { layers } = await modelFeatures(common);
    const last = layers.at(-1) as ModelLayerFeatures;
    expect(Array.from(last.covariance.data)).toEqual([1, 0, 0, 0, 1, 0, 0, 0, 1]);
    expect(last.centered).toBeNull();
    const drawn = await modelFeatures({ ...common, directions: 200 });
    expect(drawn.directions).toBe(200);
    const [exact, near] = [layers[0], drawn.layers[0]] as [ModelLayerFeatures, ModelLayerFeatures];
    const scale = Math.max(...Array.from(exact.covariance.data));
    expect(worstDifference(near.covariance.data, exact.covariance.data)).toBeLessThan(0.2 * scale);
    x.dispose();
    model.dispose();
  });

  it('that are shared, nested, wrapped or inside a layer of its own are found, and leave the model as it was', async () => {
    using backend = createNaiveBackend();
    const shared = tf.layers.dense({ units: 4, name: 'shared', ...random(1) });
    const inner = tf.sequential({
      name: 'inner',
      layers: [
        tf.layers.dense({ units: 3, activation: 'tanh', name: 'deep', inputShape: [4], ...random(2) }),
      ],
    });
    const wrapped = tf.layers.timeDistributed({
      layer: tf.layers.dense({ units: 2, name: 'each', ...random(3) }),
      name: 'times',
    });
    const own = new Twice({ name: 'twice' });
    const [left, right] = [tf.input({ shape: [3] }), tf.input({ shape: [3] })];
    const tanh = () => tf.layers.activation({ activation: 'tanh' });
    const apply = (layer: tf.layers.Layer, x: tf.SymbolicTensor | tf.SymbolicTensor[]) =>
      layer.apply(x) as tf.SymbolicTensor;
    const both = [left, right].map((side) => apply(inner, apply(tanh(), apply(shared, side))));
    const steps = apply(tf.layers.reshape({ targetShape: [2, 3] }), apply(tf.layers.concatenate(), both));
    const outputs = [
      apply(own, apply(tf.layers.flatten(), apply(wrapped, steps))),
      both[0] as tf.SymbolicTensor,
    ];
    const model = tf.model({ inputs: [left, right], outputs });
    const x = [1, 2].map((seed) => tf.randomNormal([5, 3], 0, 1, 'float32', seed));
    const predictions = (): number[] =>
      tf.tidy(() => (model.predict(x) as tf.Tensor[]).flatMap((one) => Array.from(one.dataSync())));
    const predicted = predictions();
    const found = await modelFeatures({ backend, model, x, controls: 1 });
    expect(found.layers.map(({ name, positions }) => [name, positions])).toEqual([
      ['shared', 2],
      ['inner/deep', 2],
      ['times/each', 2],
      ['twice/first', 1],
    ]);
    // What is summed over the calls of a shared layer is what two layers of its own would have.
    const apart = [1, 2].map((index) => tf.layers.dense({ units: 4, name: `shared${index}` }));
    const again = [left, right].map((side, i) =>
      apply(inner, apply(tanh(), apply(apart[i] as tf.layers.Layer, side))),
    );
    const steps2 = apply(tf.layers.reshape({ targetShape: [2, 3] }), apply(tf.layers.concatenate(), again));
    const unshared = tf.model({
      inputs: [left, right],
      outputs: [
        apply(own, apply(tf.layers.flatten(), apply(wrapped, steps2))),
        again[0] as tf.SymbolicTensor,
      ],
    });
    for (const layer of apart) layer.setWeights(shared.getWeights());
    const two = await modelFeatures({
      backend,
      model: unshared,
      x,
      controls: 0,
      layers: ['shared1', 'shared2'],
    });
    const sum = Float64Array.from(
      { length: 16 },
      (_, i) => (two.layers[0]?.covariance.data[i] as number) + (two.layers[1]?.covariance.data[i] as number),
    );
    expect(worstDifference(found.layers[0]?.covariance.data ?? [], sum)).toBeLessThan(1e-5);
    expect(predictions()).toEqual(predicted);
    for (const layer of [shared, ...inner.layers]) expect(Object.hasOwn(layer, 'call')).toBe(false);
    tf.dispose(x);
    unshared.dispose();
    model.dispose();
    // TensorFlow.js keeps what is called twice, and what a composite layer made for itself.
    for (const layer of [shared, ...inner.layers]) layer.dispose();
    for (const weight of own.first.weights) weight.dispose();
  });
});

describe('what training changed', () => {
  it('is compared as the publication says and as its program computes', async () => {
    using backend = createNaiveBackend();
    const model = tf.sequential({
      layers: [
        tf.layers.dense({ units: 6, activation: 'tanh', inputShape: [4], name: 'a', ...random(1) }),
        tf.layers.dense({ units: 3, name: 'b', ...random(2) }),
      ],
    });
    const x = tf.randomNormal([20, 4], 0, 1, 'float32', 3);
    const initialWeights = model.getWeights().map((weight) => tf.clone(weight));
    const trained = initialWeights.map((weight, i) =>
      tf.tidy(() => tf.add(weight, tf.randomNormal(weight.shape, 0, 0.3, 'float32', 40 + i))),
    );
    model.setWeights(trained);
    const { layers } = await modelFeatures({ backend, model, x, initialWeights, published: true });
    for (const [i, weight] of model.getWeights().entries()) {
      expect(Array.from(weight.dataSync())).toEqual(Array.from((trained[i] as tf.Tensor).dataSync()));
    }
    const start = await (async () => {
      model.setWeights(initialWeights);
      return modelFeatures({ backend, model, x, controls: 0 });
    })();
    for (const [i, layer] of layers.entries()) {
      expect(layer.initial).toEqual({ ...layer.initial, correlations: start.layers[i]?.correlations });
      // The program: the network with D in place of W.
      const changed = [...trained];
      const d = tf.sub(trained[2 * i] as tf.Tensor, initialWeights[2 * i] as tf.Tensor);
      changed[2 * i] = d;
      model.setWeights(changed);
      const asCoded = await modelFeatures({ backend, model, x, controls: 0, layers: [layer.name] });
      const { correlations, centered } = only(asCoded.layers);
      expect(layer.published?.cosine).toBeCloseTo(correlations.cosine, 6);
      expect(layer.published?.rootPearson).toBeCloseTo(correlations.rootPearson, 6);
      if (centered) expect(layer.published?.centeredCosine).toBeCloseTo(centered.cosine, 6);
      else expect(layer.published?.centeredCosine).toBeNull();
      // It is neither of the figures that it is taken for.
      if (i === 0) {
        expect(layer.published?.cosine).not.toBeCloseTo(layer.change?.correlations.cosine as number, 2);
        expect(layer.published?.cosine).not.toBeCloseTo(layer.change?.own.cosine as number, 3);
      }
      d.dispose();
    }
    tf.dispose([x, initialWeights, trained]);
    model.dispose();
  });
});

describe('what does not fit', () => {
  it('is refused with typed errors, and leaves no tensor and no hook', async () => {
    using backend = createNaiveBackend();
    const dense = tf.layers.dense({ units: 2, inputShape: [3], name: 'only' });
    const model = tf.sequential({ layers: [dense] });
    const x = tf.randomNormal([4, 3]);
    const refused = (options: object, error: typeof OptionError | typeof ShapeError, words: RegExp) =>
      expect(modelFeatures({ backend, model, x, ...options })).rejects.toSatisfy(
        (thrown: unknown) => error.isInstance(thrown) && words.test((thrown as Error).message),
      );
    const [none, wide] = [tf.zeros([0, 3]), tf.zeros([4, 5])];
    await refused({ x: none }, ShapeError, /at least one sample/);
    await refused({ x: wide }, ShapeError, /takes \[any, 3\].*x is \[4, 5\]/);
    await refused({ x: [x, x] }, ShapeError, /\[4, 3\] and \[4, 3\]/);
    await refused({ layers: ['other'] }, OptionError, /no layer 'other'.*'only'/);
    await refused({ layers: [] }, OptionError, /names no layer/);
    await refused({ published: true }, OptionError, /initialWeights/);
    await refused({ initialWeights: [wide] }, ShapeError, /getWeights/);
    await refused({ directions: 0 }, OptionError, /directions/);
    await refused({ controls: -1 }, OptionError, /controls/);
    await refused({ memoryBudget: 0 }, OptionError, /memoryBudget/);
    await expect(modelFeatures({ backend, model, x, signal: AbortSignal.abort() })).rejects.toThrow(
      AbortedError,
    );
    const nan = tf.mul(x, Number.NaN);
    const kernel = dense.getWeights().map((weight) => tf.clone(weight));
    const broken = kernel.map((weight) => tf.mul(weight, Number.NaN));
    dense.setWeights(broken);
    await expect(modelFeatures({ backend, model, x })).rejects.toThrow(ValueError);
    dense.setWeights(kernel);
    const curved = tf.sequential({
      layers: [
        tf.layers.dense({ units: 2, activation: 'tanh', inputShape: [3], name: 'curved' }),
        tf.layers.dense({ units: 1 }),
      ],
    });
    await expect(modelFeatures({ backend, model: curved, x: nan })).rejects.toThrow(/'curved' hold NaN/);
    expect(Object.hasOwn(dense, 'call')).toBe(false);
    const wise = tf.sequential({
      layers: [tf.layers.depthwiseConv2d({ kernelSize: 2, inputShape: [4, 4, 1], name: 'wise' })],
    });
    await expect(modelFeatures({ backend, model: wise, x })).rejects.toThrow(
      /'wise' is left out: its filters see one channel/,
    );
    tf.dispose([x, none, wide, nan, kernel, broken]);
    for (const one of [model, curved, wise]) one.dispose();
    expect(backend.memory().tensors).toBe(0);
  });
});
