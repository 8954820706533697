import { add, eventLoopTurn, multiply, Scope, type Tensor, throwIfAborted } from '@agop/core';
import { checkChoice, checkGiven, checkSignal, checkWhole } from '@agop/core/options';
import type { MatrixInput } from '@agop/estimators';
import { checkNetwork, type DenseNetwork } from './dense-network.ts';
import { backward, forward, type LayerGradients } from './forward.ts';
import { type LossName, lossNames, lossOf } from './losses.ts';
import { networkRows, targetRows } from './network-rows.ts';

/** Options of {@link lossGradients}. */
export interface LossGradientOptions {
  /** See {@link LossName}. Default 'meanSquaredError'. */
  readonly loss?: LossName;
  /** Most rows of a pass through the network, which bounds the memory. Default 2048. */
  readonly rowsPerPass?: number;
  readonly signal?: AbortSignal;
}

/** A loss over all rows, with its gradients. */
export interface LossGradients {
  readonly loss: number;
  /** By layer; the caller disposes of them. */
  readonly gradients: readonly LayerGradients[];
}

/**
 * The loss of a network over all rows, and its gradients with respect to all parameters.
 *
 * @param x rows [n, inputs]
 * @param y targets [n, outputs]
 * @throws {OptionError} for options out of range
 * @throws {ShapeError} for rows or targets that do not fit the network or each other
 * @throws {ValueError} for numbers that are not finite
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a network or a tensor that has been disposed
 * @throws {AbortedError} through `signal`
 * @throws {OutOfMemoryError}
 */
export async function lossGradients(
  network: DenseNetwork,
  x: MatrixInput,
  y: MatrixInput,
  options: LossGradientOptions = {},
): Promise<LossGradients> {
  checkNetwork('network', network);
  checkGiven('lossGradients()', options, { loss: true, rowsPerPass: true, signal: true });
  const { loss = 'meanSquaredError', rowsPerPass = 2048, signal } = options;
  checkChoice('loss', loss, lossNames);
  checkWhole('rowsPerPass', rowsPerPass, 1);
  checkSignal(signal);
  using scope = new Scope(network.backend);
  const rows = await networkRows(scope.ops, network, x);
  const targets = await targetRows(scope.ops, network, y, rows);
  const n = rows.shape[0] as number;
  let value = 0;
  let sums: readonly LayerGradients[] | undefined;
  for (let begin = 0; begin < n; begin += rowsPerPass) {
    throwIfAborted(signal, 'The gradients of a network');
    const end = Math.min(n, begin + rowsPerPass);
    using part = new Scope(scope.ops);
    const { ops } = part;
    const pass = forward(ops, network, ops.rows(rows, begin, end));
    const own = lossOf(ops, loss, pass.outputs, ops.rows(targets, begin, end));
    const share = (end - begin) / n;
    const gradients = backward(ops, network, pass, multiply(ops, own.gradient, share));
    value += share * ((await own.value.read())[0] as number);
    if (sums) addTo(sums, gradients);
    else {
      for (const tensor of tensorsOf(gradients)) part.keep(tensor);
      sums = gradients;
    }
    await eventLoopTurn();
  }
  const gradients = sums ?? [];
  for (const tensor of tensorsOf(gradients)) scope.keep(tensor);
  return { loss: value, gradients };
}

function addTo(sums: readonly LayerGradients[], gradients: readonly LayerGradients[]): void {
  const more = tensorsOf(gradients);
  for (const [i, sum] of tensorsOf(sums).entries()) {
    add(sum.backend, sum, more[i] as Tensor, { out: sum });
  }
}

function tensorsOf(gradients: readonly LayerGradients[]): Tensor[] {
  return gradients.flatMap(({ weights, bias }) => (bias ? [weights, bias] : [weights]));
}
