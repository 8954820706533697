import {
  type Backend,
  checkBackend,
  chooseDType,
  type Expression,
  type FloatDType,
  OptionError,
  Scope,
  ShapeError,
  subkey,
} from '@agop/core';
import { checkChoice, checkFlag, checkGiven, checkPositive, checkWhole } from '@agop/core/options';
import { type MatrixInput, type ShapedArray, toHostMatrix, toHostVector } from '@agop/estimators';
import { type ActivationName, type ResolvedActivation, resolveActivation } from './activations.ts';
import type { DenseLayer } from './dense-layer.ts';
import { forward } from './forward.ts';
import { type Initialization, initialBiases, initializations, initialWeights } from './initialization.ts';
import { networkRows } from './network-rows.ts';

/** Options of {@link DenseNetwork.random}. */
export interface DenseNetworkOptions {
  readonly backend: Backend;
  /** Inputs, units of each hidden layer, outputs: at least two numbers. */
  readonly sizes: readonly number[];
  /**
   * Of the hidden layers: a name, or an expression of `input('z')`. The outputs have none. Default 'relu'.
   */
  readonly activation?: ActivationName | Expression;
  /** Whether layers have biases. Default false. */
  readonly biases?: boolean;
  /** See {@link Initialization}. Default 'uniform'. */
  readonly initialization?: Initialization;
  /** Factor of all initial weights, positive. Default 1. */
  readonly gain?: number;
  /** Seed of the initial weights. Default 0. */
  readonly seed?: number;
  /** Default float32, or what the backend has. */
  readonly dtype?: FloatDType;
}

/** Parameters of a layer that are known. */
export interface GivenLayer {
  /** W, [units, inputs]. */
  readonly weights: MatrixInput;
  /** b, [units]. Default none. */
  readonly bias?: MatrixInput;
}

/** Options of {@link DenseNetwork.fromLayers}. */
export interface GivenNetwork {
  readonly backend: Backend;
  /** From the input to the output, at least one. */
  readonly layers: readonly GivenLayer[];
  /** As in {@link DenseNetworkOptions}. Default 'relu'. */
  readonly activation?: ActivationName | Expression;
  /** Default float32, or what the backend has. */
  readonly dtype?: FloatDType;
}

/**
 * A fully connected network on any backend: h_0 = x, z_i = h_i W_iᵀ + b_i, h_(i+1) = φ(z_i), and the last z
 * is the output. Training changes its parameters in place. `dispose()`, or a `using` block, frees them.
 */
export class DenseNetwork implements Disposable {
  readonly backend: Backend;
  readonly dtype: FloatDType;
  /** From the input to the output. Their tensors are the network's: to be read, not to be disposed of. */
  readonly layers: readonly DenseLayer[];
  /** φ and its slope. */
  readonly activation: ResolvedActivation;

  private constructor(
    backend: Backend,
    dtype: FloatDType,
    layers: readonly DenseLayer[],
    activation: ResolvedActivation,
  ) {
    this.backend = backend;
    this.dtype = dtype;
    this.layers = layers;
    this.activation = activation;
  }

  /**
   * A network with random weights.
   *
   * @throws {OptionError} for options out of range, and a backend without the dtype
   * @throws {OutOfMemoryError}
   */
  static random(options: DenseNetworkOptions): DenseNetwork {
    checkGiven('DenseNetwork.random()', options, {
      backend: true,
      sizes: true,
      activation: true,
      biases: true,
      initialization: true,
      gain: true,
      seed: true,
      dtype: true,
    });
    const { backend, sizes, activation = 'relu', biases = false, seed = 0 } = options;
    const { initialization = 'uniform', gain = 1 } = options;
    checkBackend(backend);
    if (!Array.isArray(sizes) || sizes.length < 2) {
      const requirement = 'be the numbers of inputs, of units of each hidden layer, and of outputs';
      throw new OptionError('sizes', { requirement, received: sizes });
    }
    for (let i = 0; i < sizes.length; i++) checkWhole('sizes', sizes[i] as number, 1);
    checkFlag('biases', biases);
    checkChoice('initialization', initialization, initializations);
    checkPositive('gain', gain);
    checkWhole('seed', seed, 0);
    const resolved = resolveActivation(activation);
    const dtype = chooseDType(backend, options.dtype, 'float32');
    const drawing = { initialization, gain, dtype };
    const made = ownedBy(backend, (ops) =>
      sizes.slice(1).map((units, i): DenseLayer => {
        const size = { units, inputs: sizes[i] as number };
        const key = (part: number) => subkey(seed, 'network-weights', 2 * i + part);
        return {
          weights: initialWeights(ops, size, drawing, key(0)),
          bias: biases ? initialBiases(ops, size, drawing, key(1)) : undefined,
        };
      }),
    );
    return new DenseNetwork(backend, dtype, made, resolved);
  }

  /**
   * A network of parameters that are known, such as those of another program.
   *
   * @throws {OptionError} for no layers, an unknown activation, and a backend without the dtype
   * @throws {ShapeError} for layers that do not follow each other, and biases of another length
   * @throws {ValueError} for parameters that are not finite
   * @throws {DTypeError} for parameters of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   * @throws {OutOfMemoryError}
   */
  static async fromLayers(options: GivenNetwork): Promise<DenseNetwork> {
    checkGiven('DenseNetwork.fromLayers()', options, {
      backend: true,
      layers: true,
      activation: true,
      dtype: true,
    });
    const { backend, layers, activation = 'relu' } = options;
    checkBackend(backend);
    if (!Array.isArray(layers) || layers.length === 0) {
      throw new OptionError('layers', { requirement: 'be a list of at least one layer', received: layers });
    }
    for (const layer of layers) checkGiven('A layer', layer, { weights: true, bias: true });
    const resolved = resolveActivation(activation);
    const dtype = chooseDType(backend, options.dtype, 'float32');
    const read = await Promise.all(
      layers.map(async ({ weights, bias }, i) => ({
        weights: await toHostMatrix(weights, `The weights of layer ${i}`),
        bias: bias === undefined ? undefined : await toHostVector(bias, `The biases of layer ${i}`),
      })),
    );
    for (const [i, { weights, bias }] of read.entries()) {
      const before = read[i - 1]?.weights.rows ?? weights.columns;
      if (before !== weights.columns) {
        throw new ShapeError(
          `Layer ${i} must have ${before} inputs, one for each unit before it, but has weights [${weights.rows}, ${weights.columns}]. Weights are [units, inputs].`,
        );
      }
      if (bias && bias.length !== weights.rows) {
        throw new ShapeError(`Layer ${i} has ${weights.rows} units, but ${bias.length} biases.`);
      }
    }
    const made = ownedBy(backend, (ops) =>
      read.map(({ weights: { data, rows, columns }, bias }) => ({
        weights: ops.tensor(data, [rows, columns], dtype),
        bias: bias && ops.tensor(bias, [1, rows], dtype),
      })),
    );
    return new DenseNetwork(backend, dtype, made, resolved);
  }

  /** d, the length of an input row. */
  get inputs(): number {
    return this.layers[0]?.weights.shape[1] ?? 0;
  }

  /** The length of an output row. */
  get outputs(): number {
    return this.layers.at(-1)?.weights.shape[0] ?? 0;
  }

  /**
   * The outputs of rows x [n, d].
   *
   * @returns [n, outputs]
   * @throws {ShapeError} for rows of another length
   * @throws {ValueError} for numbers that are not finite
   * @throws {DTypeError} for what is no matrix
   * @throws {DisposedError} for a network or a tensor that has been disposed
   */
  async predict(x: MatrixInput): Promise<ShapedArray> {
    using scope = new Scope(this.backend);
    const rows = await networkRows(scope.ops, this, x);
    const { outputs } = forward(scope.ops, this, rows);
    return { data: Float64Array.from(await outputs.read()), shape: outputs.shape };
  }

  /** A network of its own with the same parameters. @throws {DisposedError} */
  copy(): DenseNetwork {
    const layers = ownedBy(this.backend, (ops) =>
      this.layers.map(({ weights, bias }) => ({
        weights: ops.clone(weights),
        bias: bias && ops.clone(bias),
      })),
    );
    return new DenseNetwork(this.backend, this.dtype, layers, this.activation);
  }

  /** Frees the parameters. */
  dispose(): void {
    for (const { weights, bias } of this.layers) {
      weights.dispose();
      bias?.dispose();
    }
  }

  /** The same at the end of a `using` block. */
  [Symbol.dispose](): void {
    this.dispose();
  }
}

/** Layers that outlive the scope in which they are made; nothing is left of them after an error. */
function ownedBy(backend: Backend, make: (ops: Backend) => DenseLayer[]): DenseLayer[] {
  using scope = new Scope(backend);
  const layers = make(scope.ops);
  for (const { weights, bias } of layers) {
    scope.keep(weights);
    if (bias) scope.keep(bias);
  }
  return layers;
}

/** @throws {OptionError} for anything but a network, also of another copy of this package */
export function checkNetwork(option: string, network: unknown): void {
  const isNetwork =
    typeof network === 'object' &&
    network !== null &&
    'layers' in network &&
    Array.isArray(network.layers) &&
    'predict' in network;
  if (!isNetwork) throw new OptionError(option, { requirement: 'be a DenseNetwork', received: network });
}
