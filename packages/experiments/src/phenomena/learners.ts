import { type Backend, chooseDType, Scope } from '@agop/core';
import { argmaxRows, oneHot, type ShapedArray } from '@agop/estimators';
import { DenseNetwork, networkFeatures, sgd, trainingEpochs } from '@agop/nfa/network';
import { laplace, recursiveFeatureMachine } from '@agop/rfm';
import { lengthOf, type Rows } from './images.ts';

/** What both learners are told. */
export interface Job {
  readonly backend: Backend;
  readonly signal: AbortSignal | undefined;
  readonly train: Rows;
  /** Labels become outputs in this order. */
  readonly classes: readonly number[];
}

/** The classes that a learner gives to some images. */
export type Predict = (rows: Rows) => Promise<Int32Array>;

/** A Recursive Feature Machine after one of its fits. */
export interface RfmFit {
  readonly iteration: number;
  readonly predict: Predict;
  /** The AGOP of this fit, row-major, which becomes the next metric. */
  readonly agop: () => Promise<Float64Array>;
}

/** Bandwidth and ridge of all of the published scripts. */
const [bandwidth, ridge] = [10, 1e-3];

/**
 * A Recursive Feature Machine with the Laplace kernel of bandwidth 10, ridge 1e-3, and the AGOP, not centered
 * and not rescaled, as the next metric. In float64 where the backend has it: few pixels make rows that
 * coincide.
 *
 * @param visit called after each fit; what it is given is freed afterwards
 */
export async function fitRfm(
  { backend, signal, train, classes }: Job,
  iterations: number,
  visit: (fit: RfmFit) => Promise<void>,
): Promise<void> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const dtype = chooseDType(backend, undefined, 'float64');
  const upload = (rows: Rows) => ops.tensor(rows.data, [rows.count, lengthOf(rows)], dtype);
  const [x, y] = [
    upload(train),
    ops.tensor(targetsOf(train, classes).data, [train.count, classes.length], dtype),
  ];
  const kernel = laplace({ bandwidth });
  const options = { backend, kernel, x, y, iterations, ridge, normalization: 'none' } as const;
  for await (const step of recursiveFeatureMachine({ ...options, signal })) {
    const { iteration, machine } = step;
    await visit({
      iteration,
      predict: async (rows) => {
        using samples = upload(rows);
        using outputs = machine.predict(samples);
        return classOf(await outputs.read(), classes);
      },
      agop: async () => Float64Array.from(await (await step.agop()).read()),
    });
  }
}

/** A network after an epoch. */
export interface NetworkFit {
  readonly epoch: number;
  readonly network: DenseNetwork;
  readonly predict: Predict;
}

/** How a network is trained. */
export interface NetworkTraining {
  readonly hidden: readonly number[];
  readonly epochs: number;
  readonly learningRate: number;
  readonly seed: number;
}

/**
 * A ReLU network without biases from PyTorch's initial weights, by gradient descent in batches of 128 on
 * one-hot targets.
 *
 * @param visit called before training and after each epoch
 * @returns the network and what it was before training; the caller disposes of both
 */
export async function fitNetwork(
  { backend, signal, train, classes }: Job,
  { hidden, epochs, learningRate, seed }: NetworkTraining,
  visit: (fit: NetworkFit) => Promise<void> = async () => {},
): Promise<{ readonly network: DenseNetwork; readonly initial: DenseNetwork; readonly predict: Predict }> {
  const network = DenseNetwork.random({ backend, sizes: [lengthOf(train), ...hidden, classes.length], seed });
  try {
    const predict: Predict = async (rows) => classOf((await network.predict(matrixOf(rows))).data, classes);
    const initial = network.copy();
    try {
      await visit({ epoch: 0, network, predict });
      const options = { optimizer: sgd({ learningRate }), epochs, seed, ...(signal && { signal }) };
      for await (const { epoch } of trainingEpochs(
        network,
        matrixOf(train),
        targetsOf(train, classes),
        options,
      )) {
        await visit({ epoch, network, predict });
      }
      return { network, initial, predict };
    } catch (error) {
      initial.dispose();
      throw error;
    }
  } catch (error) {
    network.dispose();
    throw error;
  }
}

/** Feature matrices of the first layer. */
export async function firstLayer(network: DenseNetwork, initial: DenseNetwork, rows: Rows) {
  const [first] = await networkFeatures(network, matrixOf(rows), { initial, layers: [0] });
  if (!first?.change) throw new TypeError('a network has a first layer');
  return { nfm: first.nfm.data, agop: first.agop.data, change: first.change.nfm.data };
}

/**
 * Share of images whose class is found. @param right the classes that are right; default those of the images
 */
export async function accuracyOf(
  predict: Predict,
  rows: Rows,
  right: ArrayLike<number> = rows.labels,
): Promise<number> {
  const found = await predict(rows);
  return found.reduce((sum, label, i) => sum + (label === right[i] ? 1 : 0), 0) / rows.count;
}

function matrixOf(rows: Rows): ShapedArray {
  return { data: rows.data, shape: [rows.count, lengthOf(rows)] };
}

function targetsOf({ labels, count }: Rows, classes: readonly number[]): ShapedArray {
  const indices = Array.from(labels, (label) => classes.indexOf(label));
  return { data: oneHot(indices, classes.length), shape: [count, classes.length] };
}

function classOf(outputs: ArrayLike<number>, classes: readonly number[]): Int32Array {
  return argmaxRows(outputs, classes.length).map((index) => classes[index] as number);
}
