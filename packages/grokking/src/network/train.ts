import { chooseDType, randomPermutation, Scope, throwIfAborted } from '@agop/core';
import { cosineSimilarity, matrixPower, pearsonCorrelation } from '@agop/rfm';
import * as tf from '@tensorflow/tfjs-core';
import { measureTask, type TaskMeasures } from '../run/measures.ts';
import { structureDeviation } from '../structure/deviation.ts';
import type { EncodedSamples } from '../tasks/task.ts';
import { AdamWOptimizer } from './adamw.ts';
import { networkAgop, neuralFeatureMatrix, secondMoment } from './feature-matrices.ts';
import { addScaled, lossGradients, traceGradients } from './gradients.ts';
import { type NetworkOptions, type ResolvedNetworkOptions, resolveNetworkOptions } from './options.ts';
import { initialNetwork, networkKeys, networkOutputs, type QuadraticNetwork } from './weights.ts';

/** What is measured after an epoch. Plain data, fit for JSON. */
export interface NetworkEpoch extends TaskMeasures {
  /** Epochs trained, from 0 for the initial weights. */
  readonly epoch: number;
  /**
   * Circulant deviation (sum convention) of the lower left block of the network's AGOP along diagonals, in
   * the order of the operation's group. Null where that is not known.
   */
  readonly circulantDeviation: number | null;
  /**
   * The same along anti-diagonals: for + the networks' blocks become Hankel, where those of kernel machines
   * become circulant.
   */
  readonly hankelDeviation: number | null;
  /** The same two of the neural feature matrix W1^T W1. */
  readonly featureMatrixCirculantDeviation: number | null;
  readonly featureMatrixHankelDeviation: number | null;
  /** Pearson correlation of the neural feature matrix with the root of the AGOP. */
  readonly featureMatrixCorrelation: number;
  /** Cosine of the AGOP with that of the last epoch. Null until the run has ended. */
  readonly alignment: number | null;
  /** Seconds since the run began. */
  readonly seconds: number;
}

/** A measured epoch with its matrices. */
export interface NetworkStep {
  readonly measures: NetworkEpoch;
  /** AGOP at the training inputs, row-major [d, d]. */
  readonly agop: Float64Array;
  /** Its root, row-major [d, d]. */
  readonly agopRoot: Float64Array;
  /** W1^T W1, row-major [d, d]. */
  readonly featureMatrix: Float64Array;
}

/** A whole run. */
export interface NetworkResult {
  /** With alignment. */
  readonly epochs: readonly NetworkEpoch[];
  readonly last: NetworkStep;
  readonly seconds: number;
}

/**
 * Trains f(x) = W2 (W1 x)^2 on a task with mean squared error, and measures it as an RFM is measured. Yields
 * before training and after every measured epoch. Runs on the current tfjs backend, in float32; between
 * batches nothing is left in tfjs's memory, and leaving the loop early frees all.
 * Source: Mallinar et al. 2025 (arXiv 2407.20199), section 4 and appendices D and H.
 *
 * @throws {OptionError} for an option out of range
 * @throws {AbortedError} through `signal`
 */
export async function* networkSteps(options: NetworkOptions): AsyncGenerator<NetworkStep, void, undefined> {
  const resolved = resolveNetworkOptions(options);
  const { task, width, epochs, seed, signal } = resolved;
  const train = inputTensors(task.train, resolved);
  const test = inputTensors(task.test, resolved);
  const moment = secondMoment(train.x);
  const network = initialNetwork(task.columns, width, task.p, seed);
  const optimizer = makeOptimizer(resolved);
  const training = { options: resolved, network, optimizer, train, test, moment, started: performance.now() };
  try {
    yield await measure(training, 0);
    for (let epoch = 1; epoch <= epochs; epoch++) {
      throwIfAborted(signal, 'The training');
      trainEpoch(training, epoch);
      await tf.nextFrame();
      if (epoch % resolved.measureEvery === 0 || epoch === epochs) {
        yield await measure(training, epoch);
      }
    }
  } finally {
    optimizer.dispose();
    tf.dispose([train.x, train.y, test.x, test.y, moment, network.first, network.second]);
  }
}

/**
 * Runs {@link networkSteps} to the end and adds to each epoch the alignment of its AGOP with the last one.
 *
 * @throws what {@link networkSteps} throws
 */
export async function trainNetwork(
  options: NetworkOptions & { readonly onEpoch?: (epoch: NetworkEpoch) => void },
): Promise<NetworkResult> {
  const started = performance.now();
  const steps: { measures: NetworkEpoch; agop: Float64Array }[] = [];
  let last: NetworkStep | undefined;
  for await (const step of networkSteps(options)) {
    steps.push({ measures: step.measures, agop: step.agop });
    last = step;
    await options.onEpoch?.(step.measures);
  }
  if (!last) throw new TypeError('a run has at least one step');
  const final = last.agop;
  return {
    epochs: steps.map(({ measures, agop }) => ({ ...measures, alignment: cosineSimilarity(agop, final) })),
    last,
    seconds: (performance.now() - started) / 1000,
  };
}

interface InputTensors {
  readonly x: tf.Tensor2D;
  readonly y: tf.Tensor2D;
}

/** A network in training, with what it is trained and measured on. */
interface Training {
  readonly options: ResolvedNetworkOptions;
  readonly network: QuadraticNetwork;
  readonly optimizer: tf.Optimizer;
  readonly train: InputTensors;
  readonly test: InputTensors;
  /** The second moment of the training inputs. */
  readonly moment: tf.Tensor2D;
  /** When the run began. */
  readonly started: number;
}

function inputTensors(samples: EncodedSamples, { task, transform }: ResolvedNetworkOptions): InputTensors {
  const { columns, p } = task;
  const x = tf.tidy((): tf.Tensor2D => {
    const rows = tf.tensor2d(Float32Array.from(samples.inputs), [samples.size, columns]);
    if (!transform) return rows;
    return tf.matMul<tf.Tensor2D>(rows, tf.tensor2d(Float32Array.from(transform), [columns, columns]));
  });
  return { x, y: tf.tensor2d(Float32Array.from(samples.targets), [samples.size, p]) };
}

function makeOptimizer({ optimizer, learningRate, weightDecay }: ResolvedNetworkOptions): tf.Optimizer {
  if (optimizer === 'sgd') return tf.train.sgd(learningRate);
  return new AdamWOptimizer({ learningRate, beta1: 0.9, beta2: 0.98, weightDecay });
}

function trainEpoch({ options, network, optimizer, train, moment }: Training, epoch: number): void {
  const { batchSize, agopPenalty, seed } = options;
  const size = train.x.shape[0];
  const ridge = options.optimizer === 'sgd' ? options.weightDecay : 0;
  const order = randomPermutation(size, networkKeys.batchOrder(seed, epoch));
  for (let begin = 0; begin < size; begin += batchSize) {
    tf.tidy(() => {
      const rows = tf.tensor1d(order.slice(begin, begin + batchSize), 'int32');
      let gradients = lossGradients(network, tf.gather(train.x, rows), tf.gather(train.y, rows));
      if (agopPenalty > 0) gradients = addScaled(gradients, traceGradients(network, moment), agopPenalty);
      if (ridge > 0) gradients = addScaled(gradients, network, ridge);
      optimizer.applyGradients([
        { name: network.first.name, tensor: gradients.first },
        { name: network.second.name, tensor: gradients.second },
      ]);
    });
  }
}

async function measure(training: Training, epoch: number): Promise<NetworkStep> {
  const { options, network, train, test, moment, started } = training;
  const { backend, task } = options;
  const trainOutputs = await read(() => networkOutputs(network, train.x));
  const testOutputs = await read(() => networkOutputs(network, test.x));
  const agop = await read(() => networkAgop(network, moment));
  const featureMatrix = await read(() => neuralFeatureMatrix(network));
  const agopRoot = await squareRoot(agop, task.columns, backend);
  const measures: NetworkEpoch = {
    epoch,
    ...measureTask(task, { trainOutputs, testOutputs }),
    circulantDeviation: structureDeviation(task, agop, 'circulant'),
    hankelDeviation: structureDeviation(task, agop, 'hankel'),
    featureMatrixCirculantDeviation: structureDeviation(task, featureMatrix, 'circulant'),
    featureMatrixHankelDeviation: structureDeviation(task, featureMatrix, 'hankel'),
    featureMatrixCorrelation: pearsonCorrelation(featureMatrix, agopRoot),
    alignment: null,
    seconds: (performance.now() - started) / 1000,
  };
  return { measures, agop, agopRoot, featureMatrix };
}

async function read(compute: () => tf.Tensor): Promise<Float64Array> {
  const tensor = tf.tidy(compute);
  try {
    return Float64Array.from(await tensor.data());
  } finally {
    tensor.dispose();
  }
}

async function squareRoot(
  matrix: Float64Array,
  order: number,
  backend: ResolvedNetworkOptions['backend'],
): Promise<Float64Array> {
  using scope = new Scope(backend);
  const dtype = chooseDType(backend, undefined, 'float64');
  const root = await matrixPower(scope.ops, scope.ops.tensor(matrix, [order, order], dtype), 0.5);
  return Float64Array.from(await root.read());
}
