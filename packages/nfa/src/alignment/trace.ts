import { checkGiven, checkWhole } from '@agop/core/options';
import type { MatrixInput } from '@agop/estimators';
import { checkNetwork, type DenseNetwork } from '../network/dense-network.ts';
import { type TrainingOptions, trainingEpochs } from '../network/training.ts';
import { type AlignmentOptions, type NetworkLayerAlignment, networkAlignment } from './network-alignment.ts';

/** Options of {@link alignmentTrace}. */
export interface AlignmentTraceOptions extends TrainingOptions, AlignmentOptions {
  /** Measure before training, after every so many epochs, and after the last. Default 1. */
  readonly every?: number;
  /** Rows [m, inputs] at which gradients are taken. Default those of training. */
  readonly at?: MatrixInput;
}

/** What a measured epoch was like. */
export interface AlignmentEpoch {
  /** From 0, which is before training. */
  readonly epoch: number;
  /** Mean loss over the epoch's steps; undefined before training. */
  readonly loss: number | undefined;
  /** From the input. */
  readonly layers: readonly NetworkLayerAlignment[];
  /** Since training began. */
  readonly seconds: number;
}

/**
 * Trains a network in place and measures how its layers align with their gradients, an epoch at each turn of
 * the loop; leaving the loop ends the training.
 * Source: Beaglehole et al., arXiv 2402.05271.
 *
 * @param x rows [n, inputs]
 * @param y targets [n, outputs]
 * @throws {OptionError} for options out of range
 * @throws {ShapeError} for rows or targets that do not fit the network or each other
 * @throws {ValueError} for numbers that are not finite
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a network or a tensor that has been disposed
 * @throws {ConvergenceError} for a loss that is no longer finite, saying at which step
 * @throws {AbortedError} through `signal`
 * @throws {OutOfMemoryError}
 *
 * @example
 * for await (const { epoch, layers } of alignmentTrace(network, x, y, { optimizer: sgd({ learningRate: 0.1 })
 * })) { console.log(epoch, layers.map(({ centered }) => centered?.pearson)); }
 */
export async function* alignmentTrace(
  network: DenseNetwork,
  x: MatrixInput,
  y: MatrixInput,
  options: AlignmentTraceOptions,
): AsyncGenerator<AlignmentEpoch, void, undefined> {
  checkNetwork('network', network);
  checkGiven('alignmentTrace()', options, optionNames);
  const { every = 1, at = x, roots, layers, rowsPerPass, ...training } = options;
  checkWhole('every', every, 1);
  const { epochs = 100, signal } = training;
  const measuring = {
    ...(roots !== undefined && { roots }),
    ...(layers !== undefined && { layers }),
    ...(rowsPerPass !== undefined && { rowsPerPass }),
    ...(signal && { signal }),
  };
  using initial = network.copy();
  const measure = () => networkAlignment(network, initial, at, measuring);
  yield { epoch: 0, loss: undefined, layers: await measure(), seconds: 0 };
  for await (const { epoch, loss, seconds } of trainingEpochs(network, x, y, training)) {
    if (epoch % every === 0 || epoch === epochs) yield { epoch, loss, layers: await measure(), seconds };
  }
}

const optionNames = {
  optimizer: true,
  epochs: true,
  batchSize: true,
  loss: true,
  seed: true,
  signal: true,
  layers: true,
  roots: true,
  rowsPerPass: true,
  every: true,
  at: true,
};
