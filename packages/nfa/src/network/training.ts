import {
  ConvergenceError,
  eventLoopTurn,
  OptionError,
  randomPermutation,
  Scope,
  subkey,
  type Tensor,
  throwIfAborted,
  wording,
} from '@agop/core';
import { checkCallback, checkChoice, checkGiven, checkSignal, checkWhole } from '@agop/core/options';
import type { MatrixInput } from '@agop/estimators';
import { checkNetwork, type DenseNetwork } from './dense-network.ts';
import { backward, forward } from './forward.ts';
import { type LossName, lossNames, lossOf } from './losses.ts';
import { networkRows, targetRows } from './network-rows.ts';
import type { Optimizer, OptimizerRun } from './optimizer.ts';

/** Options of {@link trainNetwork} and {@link trainingEpochs}. */
export interface TrainingOptions {
  readonly optimizer: Optimizer;
  /** Passes over the rows. Default 100. */
  readonly epochs?: number;
  /** Rows of a step; those left over make a smaller one. Default 128. */
  readonly batchSize?: number;
  /** See {@link LossName}. Default 'meanSquaredError'. */
  readonly loss?: LossName;
  /** Seed of the order of rows, new in each epoch. Default 0. */
  readonly seed?: number;
  /** Ends the training between two steps. */
  readonly signal?: AbortSignal;
}

/** What an epoch was like. */
export interface TrainingEpoch {
  /** From 1. */
  readonly epoch: number;
  /** Mean over the rows of the loss at the step that met them. */
  readonly loss: number;
  /** Since the training began. */
  readonly seconds: number;
}

const optionNames = { optimizer: true, epochs: true, batchSize: true, loss: true, seed: true, signal: true };

/**
 * Trains a network in place, an epoch at each turn of the loop; leaving the loop ends the training, and the
 * network stays as it is then. The same seed gives the same bits on the same backend.
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
 */
export async function* trainingEpochs(
  network: DenseNetwork,
  x: MatrixInput,
  y: MatrixInput,
  options: TrainingOptions,
): AsyncGenerator<TrainingEpoch, void, undefined> {
  checkNetwork('network', network);
  checkGiven('trainingEpochs()', options, optionNames);
  const { optimizer, epochs = 100, batchSize = 128, loss = 'meanSquaredError', seed = 0, signal } = options;
  checkOptimizer(optimizer);
  checkWhole('epochs', epochs, 1);
  checkWhole('batchSize', batchSize, 1);
  checkWhole('seed', seed, 0);
  checkChoice('loss', loss, lossNames);
  checkSignal(signal);
  throwIfAborted(signal, 'The training');
  const started = performance.now();
  using scope = new Scope(network.backend);
  const rows = await networkRows(scope.ops, network, x);
  const targets = await targetRows(scope.ops, network, y, rows);
  using run = startOptimizer(optimizer, network);
  const size = rows.shape[0] as number;
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const order = randomPermutation(size, subkey(seed, 'batch-order', epoch));
    using losses = new Losses(network, size);
    for (let begin = 0; begin < size; begin += batchSize) {
      throwIfAborted(signal, 'The training');
      const chosen = batchSize < size ? order.subarray(begin, begin + batchSize) : undefined;
      losses.add(trainStep(network, rows, targets, { chosen, loss, run, epoch }), chosen?.length ?? size);
      if (begin % (8 * batchSize) === 0) await eventLoopTurn();
    }
    yield { epoch, loss: await losses.mean(epoch), seconds: (performance.now() - started) / 1000 };
  }
}

/** Options of {@link trainNetwork}. */
export interface TrainNetworkOptions extends TrainingOptions {
  /** Told of each epoch; a promise is waited for, an error ends the training. */
  readonly onEpoch?: (epoch: TrainingEpoch) => void;
}

/**
 * Runs {@link trainingEpochs} to the end.
 *
 * @returns the epochs
 * @throws {OptionError} as {@link trainingEpochs}
 * @throws {ShapeError} as {@link trainingEpochs}
 * @throws {ValueError} as {@link trainingEpochs}
 * @throws {DTypeError} as {@link trainingEpochs}
 * @throws {DisposedError} as {@link trainingEpochs}
 * @throws {ConvergenceError} as {@link trainingEpochs}
 * @throws {AbortedError} as {@link trainingEpochs}
 * @throws {OutOfMemoryError}
 */
export async function trainNetwork(
  network: DenseNetwork,
  x: MatrixInput,
  y: MatrixInput,
  options: TrainNetworkOptions,
): Promise<TrainingEpoch[]> {
  checkGiven('trainNetwork()', options, { ...optionNames, onEpoch: true });
  const { onEpoch, ...rest } = options;
  checkCallback('onEpoch', onEpoch);
  const epochs: TrainingEpoch[] = [];
  for await (const epoch of trainingEpochs(network, x, y, rest)) {
    epochs.push(epoch);
    await onEpoch?.(epoch);
  }
  return epochs;
}

/** One step. @returns the loss of its rows, [], which the caller disposes of */
function trainStep(
  network: DenseNetwork,
  x: Tensor,
  y: Tensor,
  step: {
    readonly chosen: Int32Array | undefined;
    readonly loss: LossName;
    readonly run: OptimizerRun;
    readonly epoch: number;
  },
): Tensor {
  const { chosen, loss, run, epoch } = step;
  using scope = new Scope(network.backend);
  const { ops } = scope;
  const indices = chosen && ops.tensor(chosen, [chosen.length], 'int32');
  const [rows, targets] = indices ? [ops.gather(x, indices), ops.gather(y, indices)] : [x, y];
  const pass = forward(ops, network, rows);
  const { value, gradient } = lossOf(ops, loss, pass.outputs, targets);
  run.step(backward(ops, network, pass, gradient), epoch);
  return scope.keep(value);
}

/** The losses of an epoch's steps: read at its end, so that devices need not wait. */
class Losses implements Disposable {
  readonly #network: DenseNetwork;
  readonly #size: number;
  readonly #steps: { readonly value: Tensor; readonly rows: number }[] = [];

  constructor(network: DenseNetwork, size: number) {
    this.#network = network;
    this.#size = size;
  }

  add(value: Tensor, rows: number): void {
    this.#steps.push({ value, rows });
  }

  /** @throws {ConvergenceError} for the first step whose loss is not finite */
  async mean(epoch: number): Promise<number> {
    using scope = new Scope(this.#network.backend);
    const { ops } = scope;
    const column = ops.concat(
      this.#steps.map(({ value }) => ops.reshape(value, [1, 1])),
      0,
    );
    const values = await column.read();
    const bad = values.findIndex((value) => !Number.isFinite(value));
    if (bad >= 0) {
      const steps = this.#steps.length;
      throw new ConvergenceError(
        wording`The loss is ${values[bad] as number} at step ${bad + 1} of ${steps} of epoch ${epoch}: the training diverges. Lower the ${{ option: 'learningRate' }} (or the gain of the initial weights); a rate that is small in the first epoch helps as well.`,
      );
    }
    return this.#steps.reduce((sum, { rows }, i) => sum + rows * (values[i] as number), 0) / this.#size;
  }

  [Symbol.dispose](): void {
    for (const { value } of this.#steps) value.dispose();
  }
}

function startOptimizer(optimizer: Optimizer, { backend, layers }: DenseNetwork): OptimizerRun {
  const run: unknown = optimizer.start(backend, layers);
  if (isRun(run)) return run;
  throw new OptionError('optimizer', {
    requirement: 'start a run, which has step() and can be disposed of',
    received: run,
  });
}

function isRun(run: unknown): run is OptimizerRun {
  if (typeof run !== 'object' || run === null) return false;
  return [Reflect.get(run, 'step'), Reflect.get(run, Symbol.dispose)].every((f) => typeof f === 'function');
}

function checkOptimizer(optimizer: unknown): void {
  const isOptimizer =
    typeof optimizer === 'object' &&
    optimizer !== null &&
    'start' in optimizer &&
    typeof optimizer.start === 'function';
  if (isOptimizer) return;
  throw new OptionError('optimizer', {
    requirement: 'be an optimizer, such as sgd({ learningRate: 0.1 })',
    received: optimizer,
  });
}
