import { OptionError, ShapeError, shownValue, ValueError } from '@agop/core';
import { checkGiven, checkMembers, checkObject } from '@agop/core/options';
import type { MeasuredLayer, SquareMatrix } from './measured-layer.ts';

/** Numbers with a shape, row-major. */
export interface GivenArray {
  readonly data: ArrayLike<number>;
  readonly shape: readonly number[];
}

/** What another program knows of a layer. */
export interface GivenLayerGradients {
  readonly name: string;
  /**
   * Weights [units, ...], as PyTorch and ONNX keep them: [units, inputs], or filters [units, channels, rows,
   * columns].
   */
  readonly weights: GivenArray;
  /**
   * ∂f_o / ∂z at each sample, z being what the layer makes before its activation: [samples, outputs, units]
   * and positions in any number of axes, before or after the units.
   */
  readonly gradients: GivenArray;
  /**
   * The axis of `gradients` that counts units: 2, as in PyTorch, or 'last', as in TensorFlow.js. Default 2.
   */
  readonly unitAxis?: 2 | 'last';
}

/**
 * A layer for `compareLayer` from gradients that another program has saved: K = (1/n) Σ g gᵀ over samples,
 * outputs and positions, summed in float64.
 *
 * @throws {OptionError} for anything but such arrays, and an axis that is none of these
 * @throws {ShapeError} if the gradients do not have as many units as the weights
 * @throws {ValueError} for numbers that are not finite
 */
export function layerOfGradients(given: GivenLayerGradients): MeasuredLayer {
  checkGiven('layerOfGradients()', given, { name: true, weights: true, gradients: true, unitAxis: true });
  const { name, weights, gradients, unitAxis = 2 } = given;
  if (typeof name !== 'string') throw new OptionError('name', { requirement: 'be a text', received: name });
  checkArray(name, 'weights', weights, 2);
  checkArray(name, 'gradients', gradients, 3);
  if (unitAxis !== 2 && unitAxis !== 'last') {
    throw new OptionError('unitAxis', { requirement: "be 2 or 'last'", received: unitAxis });
  }
  const [units = 0, ...patch] = weights.shape;
  const [samples = 0, outputs = 0, ...rest] = gradients.shape;
  const axis = unitAxis === 2 ? 0 : rest.length - 1;
  if (rest[axis] !== units) {
    throw new ShapeError(
      `The gradients of layer '${name}' are [${gradients.shape.join(', ')}], so that axis ${axis + 2} counts ${rest[axis]} units, but its weights [${weights.shape.join(', ')}] have ${units}. If units are on another axis, set unitAxis.`,
    );
  }
  const positions = product(rest) / units;
  const [step, before] = [unitAxis === 2 ? positions : 1, unitAxis === 2 ? 1 : units];
  const [squares, centers] = [new Float64Array(units * units), new Float64Array(outputs * units)];
  const { data } = gradients;
  const g = new Float64Array(units);
  for (let row = 0; row < samples * outputs; row++) {
    for (let p = 0; p < positions; p++) {
      const begin = row * units * positions + p * before;
      const center = (row % outputs) * units;
      for (let u = 0; u < units; u++) {
        const value = data[begin + u * step] as number;
        g[u] = value;
        centers[center + u] = (centers[center + u] as number) + value;
      }
      addOuter(squares, g, 1);
    }
  }
  const square = (values: Float64Array): SquareMatrix => ({ data: values, shape: [units, units] });
  const covariance = squares.map((value) => value / samples);
  const centered = squares.slice();
  for (let o = 0; o < outputs; o++) {
    addOuter(centered, centers.subarray(o * units, (o + 1) * units), -1 / (samples * positions));
  }
  const varies = trace(centered, units) > 1e-9 * trace(squares, units);
  return {
    name,
    weights: { data: weights.data, shape: [units, product(patch)] },
    covariance: square(covariance),
    ...(varies && { centeredCovariance: square(centered.map((value) => value / samples)) }),
  };
}

/** Adds factor · g gᵀ. */
function addOuter(target: Float64Array, g: Float64Array, factor: number): void {
  const units = g.length;
  for (let i = 0; i < units; i++) {
    const scaled = factor * (g[i] as number);
    if (scaled === 0) continue;
    for (let j = 0; j < units; j++) {
      target[i * units + j] = (target[i * units + j] as number) + scaled * (g[j] as number);
    }
  }
}

function trace(matrix: Float64Array, order: number): number {
  let sum = 0;
  for (let i = 0; i < order; i++) sum += matrix[i * (order + 1)] as number;
  return sum;
}

function product(lengths: readonly number[]): number {
  return lengths.reduce((all, length) => all * length, 1);
}

function checkArray(name: string, what: string, array: GivenArray, leastAxes: number): void {
  const words = `the ${what} of layer '${name}'`;
  checkObject(words, array);
  const { data, shape } = array;
  checkMembers(words, { data, shape }, { data: 'list', shape: 'list' });
  const lengths = Array.from(shape);
  if (lengths.length < leastAxes || !lengths.every((length) => Number.isSafeInteger(length) && length > 0)) {
    throw new ShapeError(
      `The ${what} of layer '${name}' must have at least ${leastAxes} axes and no empty one, but are [${lengths.map(shownValue).join(', ')}].`,
    );
  }
  if (data.length !== product(lengths)) {
    throw new ShapeError(
      `The ${what} of layer '${name}' are [${lengths.join(', ')}], which is ${product(lengths)} numbers, but there are ${data.length}.`,
    );
  }
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(data[i])) continue;
    throw new ValueError(`The ${what} of layer '${name}' hold ${shownValue(data[i])}.`);
  }
}
