import { ShapeError } from '@agop/core';
import type { ModularOperation } from '../tasks/operation.ts';
import { type CyclicGroup, cyclicGroup } from './cyclic-group.ts';
import { discreteFourierTransform, type Roots, rootsOfUnity } from './transform.ts';

/** Rows of inputs [rows, 2p] to rows of outputs [rows, p], both row-major. */
export type RowPredictor = (inputs: ArrayLike<number>) => Float64Array;

/**
 * The Fourier multiplication algorithm, an explicit predictor of an operation modulo p: transform both
 * operands, multiply frequency by frequency, and compare with the transform of every possible result,
 *
 *     y_add(x; l) = sqrt(p) <F x1 . F x2, F e_l>        y_sub(x; l) = sqrt(p) <F x1 . F e_(-l), F x2>
 *
 * with F the unitary DFT and <u, v> = u^T conj(v). On one-hot pairs it gives the one-hot result.
 * Multiplication and division are addition and subtraction of discrete logarithms; pairs with residue 0 are
 * answered apart: the result is 0.
 * Source: Mallinar et al. 2025 (arXiv 2407.20199), eq. 8 and 14 (eq. 14 prints e_(p-l-1) for indices from 1);
 * Nanda et al. 2023.
 *
 * @throws {OptionError} for an operation that is not one of + - * /, or a p that is not prime for * and /
 */
export function fourierMultiplication(operation: ModularOperation, p: number): RowPredictor {
  const group = cyclicGroup(operation, p);
  const roots = rootsOfUnity(group.order);
  return (inputs) => {
    const rows = inputs.length / (2 * p);
    if (!Number.isInteger(rows)) {
      throw new ShapeError(
        `fourierMultiplication: inputs for p = ${p} are rows of ${2 * p}, but ${inputs.length} elements are given.`,
      );
    }
    const outputs = new Float64Array(rows * p);
    for (let row = 0; row < rows; row++) {
      const first = Float64Array.from({ length: p }, (_, i) => inputs[row * 2 * p + i] as number);
      const second = Float64Array.from({ length: p }, (_, i) => inputs[row * 2 * p + p + i] as number);
      const results = combine(pick(first, group), pick(second, group), group, roots);
      for (const [l, value] of results.entries()) outputs[row * p + (group.residues[l] as number)] = value;
      if (group.order < p) outputs[row * p] = zeroResult(first, second, operation.divides);
    }
    return outputs;
  };
}

function pick(operand: Float64Array, group: CyclicGroup): Float64Array {
  return Float64Array.from(group.residues, (r) => operand[r] as number);
}

/** Steps 2 and 3: the frequency-wise product, and its inner product with the transform of every result. */
function combine(first: Float64Array, second: Float64Array, group: CyclicGroup, roots: Roots): Float64Array {
  const n = group.order;
  const x = discreteFourierTransform(first, roots);
  const y = discreteFourierTransform(second, roots);
  const productRe = new Float64Array(n);
  const productIm = new Float64Array(n);
  for (let k = 0; k < n; k++) {
    const [a, b, c] = [x.re[k] as number, x.im[k] as number, y.re[k] as number];
    // Subtraction conjugates the second operand.
    const d = group.sign * (y.im[k] as number);
    productRe[k] = a * c - b * d;
    productIm[k] = a * d + b * c;
  }
  // sqrt(n) <product, F e_l> is real: sum_k product[k] exp(+2 pi i k l / n).
  return Float64Array.from({ length: n }, (_, l) => {
    let sum = 0;
    let index = 0;
    for (let k = 0; k < n; k++) {
      sum +=
        (productRe[k] as number) * (roots.cos[index] as number) +
        (productIm[k] as number) * (roots.sin[index] as number);
      index = (index + l) % n;
    }
    return sum;
  });
}

/**
 * The bilinear form that is 1 exactly on the one-hot pairs whose result is residue 0 in multiplication or
 * division.
 */
function zeroResult(first: Float64Array, second: Float64Array, divides: boolean): number {
  const total = (v: Float64Array): number => v.reduce((sum, value) => sum + value, 0);
  const [zeroA, zeroB] = [first[0] as number, second[0] as number];
  return divides
    ? zeroA * (total(second) - zeroB)
    : zeroA * total(second) + total(first) * zeroB - zeroA * zeroB;
}
