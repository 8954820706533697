import { eventLoopTurn, randomArray, subkey, throwIfAborted, ValueError } from '@agop/core';
import * as tf from '@tensorflow/tfjs';
import type { FoundLayer } from './find-layers.ts';
import type { HookedModel } from './hook.ts';
import { type ModelForm, passGradients } from './passes.ts';

/** How gradients are taken. */
export interface PassSettings {
  readonly form: ModelForm;
  /** Most rows (samples times outputs) of a pass. */
  readonly rowsPerPass: number;
  /** Random directions of the outputs instead of all outputs. */
  readonly directions: number | undefined;
  readonly seed: number;
  readonly signal: AbortSignal | undefined;
  readonly onPass: (done: number, passes: number) => void;
}

/** K of a layer, and K of centered gradients. */
export interface Covariances {
  /** Row-major [units, units], float64. */
  readonly covariance: Float64Array;
  /** Undefined for random directions, and where gradients do not vary, as those of a last layer. */
  readonly centered: Float64Array | undefined;
  /** Patches of a sample that the layer sees, its calls together; 1 for a layer that sees rows. */
  readonly positions: number;
}

/**
 * K = (1/n) Σ g gᵀ over samples, outputs and positions at each layer. Passes are in float32, as tfjs
 * computes; their sums in float64.
 *
 * @throws {AbortedError}
 * @throws {ValueError} for gradients that are not finite
 */
export async function gradientCovariances(
  hooked: HookedModel,
  x: readonly tf.Tensor[],
  { form, rowsPerPass, directions, seed, signal, onPass }: PassSettings,
): Promise<ReadonlyMap<FoundLayer, Covariances>> {
  const n = x[0]?.shape[0] ?? 0;
  const perSample = directions ?? form.outputs;
  const samples = Math.max(1, Math.floor(rowsPerPass / perSample));
  const width = Math.min(perSample, Math.max(1, Math.floor(rowsPerPass)));
  const passes = Math.ceil(n / samples) * Math.ceil(perSample / width);
  const sums = new Map(hooked.layers.map((layer) => [layer, new GradientSums(form.outputs)]));
  let done = 0;
  for (let begin = 0; begin < n; begin += samples) {
    const count = Math.min(samples, n - begin);
    for (let first = 0; first < perSample; first += width) {
      throwIfAborted(signal, 'Measuring the layers of a network');
      const chosen = Math.min(width, perSample - first);
      const part = x.map((one) => tf.tidy(() => repeated(tf.slice(one, begin, count), chosen)));
      const seeds =
        directions === undefined
          ? oneHot(count, first, chosen, form.outputs)
          : randomSigns(count * chosen, form.outputs, seed, done);
      try {
        const gradients = passGradients(hooked, form, part, seeds);
        for (const [layer, calls] of gradients) {
          for (const g of calls) {
            await sums.get(layer)?.add(g, directions === undefined ? { first, chosen } : undefined);
          }
        }
      } finally {
        tf.dispose([...part, seeds]);
      }
      done++;
      onPass(done, passes);
      await eventLoopTurn();
    }
  }
  return new Map(Array.from(sums, ([layer, sum]) => [layer, sum.result(layer, form, n, directions)]));
}

/** Samples one below the other, all of them once for each output. */
function repeated(x: tf.Tensor, times: number): tf.Tensor {
  return tf.tile(x, [times, ...x.shape.slice(1).map(() => 1)]);
}

/** Row o · count + i is the direction of output first + o. */
function oneHot(count: number, first: number, chosen: number, outputs: number): tf.Tensor2D {
  const values = new Float32Array(chosen * count * outputs);
  for (let row = 0; row < chosen * count; row++) {
    values[row * outputs + first + Math.floor(row / count)] = 1;
  }
  return tf.tensor2d(values, [chosen * count, outputs]);
}

function randomSigns(rows: number, outputs: number, seed: number, pass: number): tf.Tensor2D {
  const uniform = randomArray(rows * outputs, 'uniform', subkey(seed, 'output-directions', pass), 'float64');
  return tf.tensor2d(
    Float32Array.from(uniform, (u) => (u < 0.5 ? -1 : 1)),
    [rows, outputs],
  );
}

/** Σ g gᵀ over all gradients, and Σ g for each output. */
class GradientSums {
  readonly #outputs: number;
  #squares: Float64Array | undefined;
  #firsts: Float64Array | undefined;

  constructor(outputs: number) {
    this.#outputs = outputs;
  }

  /** @param g gradients [rows, units], disposed of; those of one output after those of another */
  async add(
    g: tf.Tensor2D,
    of: { readonly first: number; readonly chosen: number } | undefined,
  ): Promise<void> {
    const units = g.shape[1];
    const [square, first] = tf.tidy((): [tf.Tensor, tf.Tensor | undefined] => [
      tf.matMul(g, g, true, false),
      of && tf.sum(tf.reshape(g, [of.chosen, -1, units]), 1),
    ]);
    g.dispose();
    this.#squares ??= new Float64Array(units * units);
    this.#firsts ??= new Float64Array(this.#outputs * units);
    addTo(this.#squares, await taken(square), 0);
    if (first && of) addTo(this.#firsts, await taken(first), of.first * units);
  }

  result(layer: FoundLayer, form: ModelForm, n: number, directions: number | undefined): Covariances {
    const [squares, firsts] = [this.#squares, this.#firsts];
    const calls = form.calls.get(layer) ?? [];
    const units = Math.sqrt(squares?.length ?? 0);
    const positions = calls.reduce((sum, shape) => sum + shape.reduce((a, b) => a * b, 1) / units, 0);
    if (!squares || !firsts) throw new TypeError('there is at least one pass');
    const wrong = squares.findIndex((value) => !Number.isFinite(value));
    if (wrong >= 0) {
      throw new ValueError(
        `The gradients at layer '${layer.name}' hold ${squares[wrong]}. Have weights or inputs of the network become NaN, or too large?`,
      );
    }
    return {
      covariance: squares.map((value) => value / (n * (directions ?? 1))),
      centered: directions === undefined ? this.#centered(squares, firsts, units, n, positions) : undefined,
      positions,
    };
  }

  /** (1/n) (Σ g gᵀ − Σ_o n p ḡ_o ḡ_oᵀ), ḡ_o being the mean over n samples and p positions. */
  #centered(
    squares: Float64Array,
    firsts: Float64Array,
    units: number,
    n: number,
    positions: number,
  ): Float64Array | undefined {
    const centered = squares.map((value) => value / n);
    for (let o = 0; o < this.#outputs; o++) {
      const sum = firsts.subarray(o * units, (o + 1) * units);
      for (let i = 0; i < units; i++) {
        const factor = (sum[i] as number) / (n * n * positions);
        for (let j = 0; j < units; j++) {
          centered[i * units + j] = (centered[i * units + j] as number) - factor * (sum[j] as number);
        }
      }
    }
    // Gradients that are the same for all samples leave nothing but rounding of float32.
    const all = trace(squares, units) / n;
    return trace(centered, units) > 1e-6 * all ? centered : undefined;
  }
}

function trace(matrix: Float64Array, units: number): number {
  let sum = 0;
  for (let i = 0; i < units; i++) sum += matrix[i * (units + 1)] as number;
  return sum;
}

function addTo(target: Float64Array, values: ArrayLike<number>, offset: number): void {
  for (let i = 0; i < values.length; i++) {
    target[offset + i] = (target[offset + i] as number) + (values[i] as number);
  }
}

/** Copies a tensor to the host, and disposes of it. */
async function taken(tensor: tf.Tensor): Promise<ArrayLike<number>> {
  try {
    return await tensor.data();
  } finally {
    tensor.dispose();
  }
}
