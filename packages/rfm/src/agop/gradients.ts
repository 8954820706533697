import { type Backend, input, multiply, Scope, selectLessEqual, substitute, type Tensor } from '@agop/core';
import { coordinateInputs, coordinatePairs, coordinateSums } from '../kernel-matrix/coordinate-sums.ts';
import { pickInputs } from '../kernel-matrix/inputs.ts';
import { type KernelExpansion, type Points, preparedRows, sizesOf } from '../kernel-matrix/points.ts';
import type { RowBlock } from '../kernel-matrix/row-blocks.ts';
import type { CoordinateKernel, InnerProductKernel, PowerDistanceKernel } from '../kernels/kernel.ts';
import { gradientWeights } from './weights.ts';

/**
 * ĝ for a block of samples, [b c, d], samples first: row i c + o is output o at sample i. The caller owns it.
 */
export type GradientRows = (samples: Points, block: RowBlock) => Tensor;

/**
 * Gradients of a kernel machine block by block, ĝ with ∇f_c(x_i) = P ĝ_ic, P being what the metric leaves to
 * multiply: see {@link metricOfGradients}.
 *
 * @param backend the view of a scope, which owns what all blocks share: the centers scaled by each output's
 *   coefficients
 */
export function gradientRows(backend: Backend, expansion: KernelExpansion): GradientRows {
  const { kernel } = expansion;
  const ofPart =
    kernel.geometry === 'inner'
      ? innerRows(backend, { ...expansion, kernel })
      : kernel.geometry === 'power'
        ? powerRows(backend, { ...expansion, kernel })
        : coordinateRows(backend, { ...expansion, kernel });
  return (samples, { begin, end }) => {
    using rows = new Scope(backend);
    return ofPart(preparedRows(rows.ops, samples, begin, end));
  };
}

function innerRows(
  backend: Backend,
  expansion: KernelExpansion<InnerProductKernel>,
): (samples: Points) => Tensor {
  const { c, d } = sizesOf(expansion);
  const scaledCenters = scaleCenters(backend, expansion);
  return (samples) => {
    using scope = new Scope(backend);
    const { ops } = scope;
    const count = samples.count * c;
    const { a, f } = gradientWeights(ops, expansion, samples);
    const sums = ops.matmul(a, scaledCenters);
    a.dispose();
    const gradients = c === 1 ? sums : ops.reshape(sums, [count, d], { consume: true });
    if (f) {
      const own = c === 1 ? samples.weighted : repeatRows(ops, samples, c);
      const factors = ops.reshape(f, [count, 1], { consume: true });
      ops.map(addScaled, { g: gradients, f: factors, x: own }, { out: gradients });
    }
    return scope.keep(gradients);
  };
}

const addScaled = input('g').add(input('f').mul(input('x')));

/** Centers times coefficients, all outputs side by side: [m, c d]. */
function scaleCenters(backend: Backend, { centers, coefficients }: KernelExpansion): Tensor {
  using scope = new Scope(backend);
  const { ops } = scope;
  const [m, c] = coefficients.shape as [number, number];
  const byOutput = ops.transpose(coefficients);
  const scaled = Array.from({ length: c }, (_, output) => {
    const column = ops.reshape(ops.rows(byOutput, output, output + 1), [m, 1]);
    return multiply(ops, centers.weighted, column);
  });
  return scope.keep(c === 1 ? (scaled[0] as Tensor) : ops.concat(scaled, 1));
}

/** Each sample's weighted coordinates `times` times below each other, [b times, d]. */
function repeatRows(backend: Backend, samples: Points, times: number): Tensor {
  const order = Int32Array.from({ length: samples.count * times }, (_, row) => Math.floor(row / times));
  using indices = backend.tensor(order, [order.length], 'int32');
  return backend.gather(samples.weighted, indices);
}

function powerRows(
  backend: Backend,
  { kernel, centers, coefficients }: KernelExpansion<PowerDistanceKernel>,
): (samples: Points) => Tensor {
  const { c, d } = sizesOf({ centers, coefficients });
  const slope = kernel.derivative.mul(kernel.p);
  return (samples) => {
    using scope = new Scope(backend);
    const { ops } = scope;
    const distances = ops.powerDistances(samples.coordinates, centers.coordinates, kernel.p);
    const slopes = ops.map(
      slope,
      { s: distances, ...pickInputs(slope, kernel.parameters) },
      { out: distances },
    );
    const rows = ops.transpose(coefficients);
    const perOutput = Array.from({ length: c }, (_, output) => {
      const weights = multiply(ops, slopes, ops.rows(rows, output, output + 1));
      const gradients = ops.powerDistanceGradients(
        weights,
        samples.coordinates,
        centers.coordinates,
        kernel.p,
      );
      weights.dispose();
      return gradients;
    });
    return scope.keep(ops.reshape(ops.concat(perOutput, 1), [samples.count * c, d], { consume: true }));
  };
}

const difference = input('x').sub(input('z'));

/** Column k of the gradients is (φ'(s) ∘ ψ'(|t|) sign(t)) α, t being the differences in coordinate k. */
function coordinateRows(
  backend: Backend,
  { kernel, centers, coefficients }: KernelExpansion<CoordinateKernel>,
): (samples: Points) => Tensor {
  const { c, d } = sizesOf({ centers, coefficients });
  const size = difference.abs();
  const slope = substitute(kernel.partDerivative, { t: size }).mul(input('w'));
  const signed = selectLessEqual(difference, 0, slope.neg(), slope);
  // ψ' may be infinite at 0.
  const weighted = selectLessEqual(size, 0, 0, signed);
  return (samples) => {
    using scope = new Scope(backend);
    const { ops } = scope;
    const slopes = coordinateSums(ops, kernel, samples, centers);
    const inputs = { s: slopes, ...coordinateInputs(kernel, samples) };
    ops.map(kernel.derivative, pickInputs(kernel.derivative, inputs), { out: slopes });
    const pairs = coordinatePairs(ops, samples, centers);
    const weights = ops.full([samples.count, centers.count], 0, slopes.dtype);
    const columns = Array.from({ length: d }, (_, k) => {
      const { column, row } = pairs(k);
      const bound = { x: column, z: row, w: slopes, ...kernel.parameters };
      ops.map(weighted, pickInputs(weighted, bound), { out: weights });
      return ops.reshape(ops.matmul(weights, coefficients), [samples.count * c, 1], { consume: true });
    });
    return scope.keep(d === 1 ? (columns[0] as Tensor) : ops.concat(columns, 1));
  };
}
