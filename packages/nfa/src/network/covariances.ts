import { add, eventLoopTurn, multiply, Scope, type Tensor, throwIfAborted } from '@agop/core';
import { checkChoice, checkGiven, checkSignal, checkWhole } from '@agop/core/options';
import type { MatrixInput } from '@agop/estimators';
import type { DenseLayer } from './dense-layer.ts';
import { checkNetwork, type DenseNetwork } from './dense-network.ts';
import { forward } from './forward.ts';
import { networkRows } from './network-rows.ts';

/** Options of {@link gradientCovariances}. */
export interface CovarianceOptions {
  /**
   * `none`: Σ g gᵀ of the gradients as they are. `output`: of their differences from their mean over samples,
   * for each output. Default 'none'.
   */
  readonly centering?: 'none' | 'output';
  /** Most rows of a pass through the network, which bounds the memory. Default 2048. */
  readonly rowsPerPass?: number;
  readonly signal?: AbortSignal;
}

export const covarianceOptionNames = { centering: true, rowsPerPass: true, signal: true };

/**
 * K_i = (1/n) Σ over samples and outputs of g gᵀ, g = ∂f_o/∂z_i, for every layer of a network in one pass per
 * output, in the network's dtype. The AGOP with respect to a layer's input is Wᵀ K W.
 * Source: Beaglehole et al., arXiv 2402.05271 (there without 1/n).
 *
 * @param x rows [n, inputs]
 * @returns [units, units] for each layer, which the caller disposes of
 * @throws {OptionError} for options out of range
 * @throws {ShapeError} for rows that do not fit
 * @throws {ValueError} for numbers that are not finite
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a network or a tensor that has been disposed
 * @throws {AbortedError} through `signal`
 * @throws {OutOfMemoryError}
 */
export async function gradientCovariances(
  network: DenseNetwork,
  x: MatrixInput,
  options: CovarianceOptions = {},
): Promise<Tensor[]> {
  checkNetwork('network', network);
  checkGiven('gradientCovariances()', options, covarianceOptionNames);
  const { centering = 'none', rowsPerPass = 2048, signal } = options;
  checkChoice('centering', centering, ['none', 'output']);
  checkWhole('rowsPerPass', rowsPerPass, 1);
  checkSignal(signal);
  using scope = new Scope(network.backend);
  const rows = await networkRows(scope.ops, network, x);
  const sums = new GradientSums(scope, network, rows.shape[0] as number, centering === 'output');
  for (const [begin, end] of passes(rows.shape[0] as number, rowsPerPass)) {
    using pass = new Scope(network.backend);
    const { ops } = pass;
    const part = ops.rows(rows, begin, end);
    const { preactivations } = forward(ops, network, part);
    const slopes = preactivations.slice(0, -1).map((z) => ops.map(network.activation.slope, { z }));
    for (let output = 0; output < network.outputs; output++) {
      throwIfAborted(signal, 'The average gradient outer product of a network');
      sums.add(slopes, output);
      await eventLoopTurn();
    }
  }
  return sums.covariances().map((covariance) => scope.keep(covariance));
}

/** Ranges of at most so many rows that cover all. */
function* passes(rows: number, most: number): Generator<readonly [number, number]> {
  for (let begin = 0; begin < rows; begin += most) yield [begin, Math.min(rows, begin + most)];
}

/** Σ g gᵀ of the hidden layers, and, where gradients are to be centered, Σ g of each output. */
class GradientSums {
  readonly #scope: Scope;
  readonly #network: DenseNetwork;
  readonly #n: number;
  readonly #squares: readonly Tensor[];
  /** [1, units] by layer and output. */
  readonly #firsts: readonly (readonly Tensor[])[];

  constructor(scope: Scope, network: DenseNetwork, n: number, centered: boolean) {
    const { layers, dtype, outputs } = network;
    this.#scope = scope;
    this.#network = network;
    this.#n = n;
    const units = layers.slice(0, -1).map(({ weights }) => weights.shape[0] as number);
    this.#squares = units.map((length) => scope.ops.full([length, length], 0, dtype));
    this.#firsts = units.map((length) =>
      Array.from({ length: centered ? outputs : 0 }, () => scope.ops.full([1, length], 0, dtype)),
    );
  }

  /** @param slopes φ'(z) of the hidden layers at some rows, [rows, units] */
  add(slopes: readonly Tensor[], output: number): void {
    const { backend, layers } = this.#network;
    using scope = new Scope(backend);
    const { ops } = scope;
    let above = ops.rows((layers.at(-1) as DenseLayer).weights, output, output + 1);
    for (let i = slopes.length - 1; i >= 0; i--) {
      const g = multiply(ops, slopes[i] as Tensor, above);
      backend.gram(g, { transpose: true, alpha: 1 / this.#n, beta: 1, out: this.#squares[i] as Tensor });
      const first = this.#firsts[i]?.[output];
      if (first) add(ops, first, ops.sum(g, 0), { out: first });
      if (i > 0) above = ops.matmul(g, (layers[i] as DenseLayer).weights);
    }
  }

  /**
   * K of all layers. That of the last one, whose gradients are the same everywhere, is I, or 0 if centered.
   */
  covariances(): Tensor[] {
    const { ops } = this.#scope;
    const { outputs, dtype } = this.#network;
    let centered = false;
    for (const [i, firsts] of this.#firsts.entries()) {
      if (firsts.length === 0) continue;
      centered = true;
      const means = ops.concat(firsts, 0);
      ops.gram(means, {
        transpose: true,
        alpha: -1 / this.#n ** 2,
        beta: 1,
        out: this.#squares[i] as Tensor,
      });
    }
    return [
      ...this.#squares,
      centered ? ops.full([outputs, outputs], 0, dtype) : ops.identity(outputs, dtype),
    ];
  }
}
