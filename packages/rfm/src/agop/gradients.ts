import { type Backend, input, Scope, type Tensor } from '@agop/core';
import { used } from '../kernel-matrix/kernel-matrix.ts';
import { type Points, preparedRows } from '../kernel-matrix/points.ts';
import type { RowBlock } from '../kernel-matrix/row-blocks.ts';
import type { Kernel, PowerDistanceKernel } from '../kernels/kernel.ts';
import { gradientWeights } from './weights.ts';

/**
 * Computes gradients of a kernel machine block by block, before the metric's matrix multiplies them: ĝ with ∇f_c(x_i) = P ĝ_ic, P being M or A
 * by the metric's form.
 *
 * What all blocks share (the centers scaled by each output's coefficients) is made once; `dispose` frees it.
 */
export class BlockGradients {
  readonly #backend: Backend;
  readonly #kernel: Kernel;
  readonly #centers: Points;
  readonly #coefficients: Tensor;
  readonly #scope: Scope;
  /** Centers times coefficients, all outputs side by side, [m, c d]; only for kernels of inner products. */
  readonly #scaledCenters: Tensor | undefined;
  readonly #outputs: number;
  readonly #features: number;

  constructor(backend: Backend, kernel: Kernel, centers: Points, coefficients: Tensor) {
    this.#backend = backend;
    this.#kernel = kernel;
    this.#centers = centers;
    this.#coefficients = coefficients;
    this.#outputs = coefficients.shape[1] as number;
    this.#features = centers.coordinates.shape[1] as number;
    this.#scope = new Scope(backend);
    if (kernel.geometry === 'inner') {
      this.#scaledCenters = this.#scope.own(scaleCenters(backend, centers.coordinates, coefficients));
    }
  }

  /** ĝ for a block of samples, [b c, d], samples first: row i c + o is output o at sample i. The caller owns it. */
  of(samples: Points, block: RowBlock): Tensor {
    using rows = new Scope(this.#backend);
    const part = preparedRows(rows.ops, samples, block.begin, block.end);
    return this.#kernel.geometry === 'inner' ? this.#inner(part) : this.#power(this.#kernel, part);
  }

  dispose(): void {
    this.#scope.dispose();
  }

  #inner(samples: Points): Tensor {
    if (this.#kernel.geometry !== 'inner' || !this.#scaledCenters) throw new TypeError('not an inner kernel');
    using scope = new Scope(this.#backend);
    const { ops } = scope;
    const count = samples.count * this.#outputs;
    const { a, f } = gradientWeights(ops, this.#kernel, samples, this.#centers, this.#coefficients);
    const sums = ops.matmul(a, this.#scaledCenters);
    scope.free(a);
    const gradients =
      this.#outputs === 1 ? sums : ops.reshape(sums, [count, this.#features], { consume: true });
    if (f) {
      const own = this.#outputs === 1 ? samples.coordinates : repeatRows(ops, samples, this.#outputs);
      const factors = ops.reshape(f, [count, 1], { consume: true });
      ops.map(addScaled, { g: gradients, f: factors, x: own }, { out: gradients });
    }
    return scope.keep(gradients);
  }

  #power(kernel: PowerDistanceKernel, samples: Points): Tensor {
    using scope = new Scope(this.#backend);
    const { ops } = scope;
    const distances = ops.powerDistances(samples.coordinates, this.#centers.coordinates, kernel.p);
    const slopes = ops.map(
      kernel.derivative.mul(kernel.p),
      { s: distances, ...used(kernel.derivative, kernel.parameters) },
      {
        out: distances,
      },
    );
    const rows = ops.transpose(this.#coefficients);
    const perOutput = Array.from({ length: this.#outputs }, (_, output) => {
      const row = ops.rows(rows, output, output + 1);
      const weights = ops.map(input('s').mul(input('a')), { s: slopes, a: row });
      const gradients = ops.powerDistanceGradients(
        weights,
        samples.coordinates,
        this.#centers.coordinates,
        kernel.p,
      );
      scope.free(weights);
      return gradients;
    });
    const sideBySide = ops.concat(perOutput, 1);
    return scope.keep(
      ops.reshape(sideBySide, [samples.count * this.#outputs, this.#features], { consume: true }),
    );
  }
}

const addScaled = input('g').add(input('f').mul(input('x')));

/** [m, c d]: for each output, the centers with row j multiplied by α_jc. */
function scaleCenters(backend: Backend, coordinates: Tensor, coefficients: Tensor): Tensor {
  using scope = new Scope(backend);
  const { ops } = scope;
  const outputs = coefficients.shape[1] as number;
  const byOutput = ops.transpose(coefficients);
  const scaled = Array.from({ length: outputs }, (_, output) => {
    const row = ops.rows(byOutput, output, output + 1);
    const column = ops.reshape(row, [coefficients.shape[0] as number, 1]);
    return ops.map(input('z').mul(input('a')), { z: coordinates, a: column });
  });
  return scope.keep(outputs === 1 ? (scaled[0] as Tensor) : ops.concat(scaled, 1));
}

/** Each sample's coordinates `times` times below each other, [b times, d]. */
function repeatRows(backend: Backend, samples: Points, times: number): Tensor {
  const order = Int32Array.from({ length: samples.count * times }, (_, row) => Math.floor(row / times));
  using indices = backend.tensor(order, [order.length], 'int32');
  return backend.gather(samples.coordinates, indices);
}
