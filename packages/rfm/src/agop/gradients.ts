import { type Backend, input, multiply, Scope, selectLessEqual, substitute, type Tensor } from '@agop/core';
import { coordinateInputs, coordinatePairs, coordinateSums } from '../kernel-matrix/coordinate-sums.ts';
import { pickInputs } from '../kernel-matrix/inputs.ts';
import { type KernelExpansion, type Points, preparedRows, sizesOf } from '../kernel-matrix/points.ts';
import type { RowBlock } from '../kernel-matrix/row-blocks.ts';
import type { CoordinateKernel, InnerProductKernel, PowerDistanceKernel } from '../kernels/kernel.ts';
import { gradientWeights } from './weights.ts';

/** Outputs `begin` (included) to `end` (excluded). */
export interface OutputBlock {
  readonly begin: number;
  readonly end: number;
}

/** Gradients at a block of samples, which share the weights of all pairs; to be disposed of. */
export interface SampleGradients {
  /** ĝ of c' outputs, [b c', d], samples first: row i c' + o is output o at sample i. The caller owns it. */
  of(outputs: OutputBlock): Tensor;
  dispose(): void;
  [Symbol.dispose](): void;
}

/** What the gradients at a block of samples are made with: it owns what is made for all outputs. */
type OfOutputs = (ops: Backend, outputs: OutputBlock) => Tensor;

/**
 * Gradients of a kernel machine block by block, ĝ with ∇f_c(x_i) = P ĝ_ic, P being what the metric leaves to
 * multiply: see {@link metricOfGradients}.
 *
 * @param backend the view of a scope, which owns what all blocks share: the centers scaled by each output's
 *   coefficients
 */
export function gradientRows(
  backend: Backend,
  expansion: KernelExpansion,
): (samples: Points, block: RowBlock) => SampleGradients {
  const { kernel } = expansion;
  const prepare =
    kernel.geometry === 'inner'
      ? innerRows(backend, { ...expansion, kernel })
      : kernel.geometry === 'power'
        ? powerRows({ ...expansion, kernel })
        : coordinateRows({ ...expansion, kernel });
  return (samples, { begin, end }) => {
    const shared = new Scope(backend);
    try {
      const ofOutputs = prepare(shared.ops, preparedRows(shared.ops, samples, begin, end));
      return {
        of(outputs) {
          using scope = new Scope(backend);
          return scope.keep(ofOutputs(scope.ops, outputs));
        },
        dispose: () => shared.dispose(),
        [Symbol.dispose]: () => shared.dispose(),
      };
    } catch (error) {
      shared.dispose();
      throw error;
    }
  };
}

/** Prepares the gradients at samples; `shared` is the view of a scope that lives as long as they do. */
type Prepare = (shared: Backend, samples: Points) => OfOutputs;

function innerRows(backend: Backend, expansion: KernelExpansion<InnerProductKernel>): Prepare {
  const { c, d } = sizesOf(expansion);
  const scaled = scaledCenters(backend, expansion);
  return (shared, samples) => {
    const { a, f } = gradientWeights(shared, expansion, samples);
    return (ops, outputs) => {
      const some = outputs.end - outputs.begin;
      const count = samples.count * some;
      const sums = ops.matmul(a, scaled(outputs));
      const gradients = some === 1 ? sums : ops.reshape(sums, [count, d], { consume: true });
      if (f) {
        const own = some === 1 ? samples.weighted : repeatRows(ops, samples, some);
        const factors = some === c ? f : columns(ops, f, outputs);
        const column = ops.reshape(factors, [count, 1]);
        ops.map(addScaled, { g: gradients, f: column, x: own }, { out: gradients });
      }
      return gradients;
    };
  };
}

const addScaled = input('g').add(input('f').mul(input('x')));

/** Some columns of a matrix. */
function columns(ops: Backend, matrix: Tensor, { begin, end }: OutputBlock): Tensor {
  return ops.transpose(ops.rows(ops.transpose(matrix), begin, end));
}

/**
 * Centers times coefficients, some outputs side by side: [m, c' d]. The last ones stay, so that blocks of
 * samples in turn make them once.
 */
function scaledCenters(
  backend: Backend,
  { centers, coefficients }: KernelExpansion,
): (outputs: OutputBlock) => Tensor {
  const [m] = coefficients.shape as [number, number];
  const byOutput = backend.transpose(coefficients);
  let last: { readonly outputs: OutputBlock; readonly scaled: Tensor } | undefined;
  return ({ begin, end }) => {
    if (last?.outputs.begin === begin && last.outputs.end === end) return last.scaled;
    last?.scaled.dispose();
    using scope = new Scope(backend);
    const { ops } = scope;
    const each = Array.from({ length: end - begin }, (_, o) => {
      const column = ops.reshape(ops.rows(byOutput, begin + o, begin + o + 1), [m, 1]);
      return multiply(ops, centers.weighted, column);
    });
    const scaled = scope.keep(each.length === 1 ? (each[0] as Tensor) : ops.concat(each, 1));
    last = { outputs: { begin, end }, scaled };
    return scaled;
  };
}

/** Each sample's weighted coordinates `times` times below each other, [b times, d]. */
function repeatRows(backend: Backend, samples: Points, times: number): Tensor {
  const order = Int32Array.from({ length: samples.count * times }, (_, row) => Math.floor(row / times));
  using indices = backend.tensor(order, [order.length], 'int32');
  return backend.gather(samples.weighted, indices);
}

function powerRows({ kernel, centers, coefficients }: KernelExpansion<PowerDistanceKernel>): Prepare {
  const { d } = sizesOf({ centers, coefficients });
  const slope = kernel.derivative.mul(kernel.p);
  return (shared, samples) => {
    const distances = shared.powerDistances(samples.coordinates, centers.coordinates, kernel.p);
    const bindings = { s: distances, ...pickInputs(slope, kernel.parameters) };
    const slopes = shared.map(slope, bindings, { out: distances });
    const rows = shared.transpose(coefficients);
    return (ops, { begin, end }) => {
      const perOutput = Array.from({ length: end - begin }, (_, o) => {
        const weights = multiply(ops, slopes, ops.rows(rows, begin + o, begin + o + 1));
        const gradients = ops.powerDistanceGradients(
          weights,
          samples.coordinates,
          centers.coordinates,
          kernel.p,
        );
        weights.dispose();
        return gradients;
      });
      const shape = [samples.count * (end - begin), d];
      return ops.reshape(ops.concat(perOutput, 1), shape, { consume: true });
    };
  };
}

const difference = input('x').sub(input('z'));

/** Column k of the gradients is (φ'(s) ∘ ψ'(|t|) sign(t)) α, t being the differences in coordinate k. */
function coordinateRows({ kernel, centers, coefficients }: KernelExpansion<CoordinateKernel>): Prepare {
  const { c, d } = sizesOf({ centers, coefficients });
  const size = difference.abs();
  const slope = substitute(kernel.partDerivative, { t: size }).mul(input('w'));
  const signed = selectLessEqual(difference, 0, slope.neg(), slope);
  // ψ' may be infinite at 0.
  const weighted = selectLessEqual(size, 0, 0, signed);
  return (shared, samples) => {
    const slopes = coordinateSums(shared, kernel, samples, centers);
    const inputs = { s: slopes, ...coordinateInputs(kernel, samples) };
    shared.map(kernel.derivative, pickInputs(kernel.derivative, inputs), { out: slopes });
    return (ops, outputs) => {
      const some = outputs.end - outputs.begin;
      const alpha = some === c ? coefficients : columns(ops, coefficients, outputs);
      const pairs = coordinatePairs(ops, samples, centers);
      const weights = ops.full([samples.count, centers.count], 0, slopes.dtype);
      const byFeature = Array.from({ length: d }, (_, k) => {
        const { column, row } = pairs(k);
        const bound = { x: column, z: row, w: slopes, ...kernel.parameters };
        ops.map(weighted, pickInputs(weighted, bound), { out: weights });
        return ops.reshape(ops.matmul(weights, alpha), [samples.count * some, 1], { consume: true });
      });
      return d === 1 ? (byFeature[0] as Tensor) : ops.concat(byFeature, 1);
    };
  };
}
