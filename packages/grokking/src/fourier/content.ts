import { OptionError, ShapeError } from '@agop/core';
import type { GrokkingStep } from '../run/iteration.ts';
import type { ModularOperation } from '../tasks/operation.ts';
import type { ModularTask } from '../tasks/task.ts';
import { cyclicGroup } from './cyclic-group.ts';
import { discreteFourierTransform } from './transform.ts';

/** How much of a predictor is a Fourier multiplication algorithm. */
export interface FourierContent {
  /**
   * Part of the variance of the outputs over (a, b, l) that a function of a + b - l alone (a - b - l for
   * subtraction) explains: 1 for the Fourier multiplication algorithm with any weights, about 1 / n^2 for
   * outputs without structure.
   */
  readonly share: number;
  /**
   * The weight that the predictor gives each frequency, 0 .. floor(n / 2): its part
   * sum_k weight_k cos(2 pi k (a + b - l) / n), as a multiple of the weight in the exact algorithm (all 1).
   */
  readonly weights: Float64Array;
}

/**
 * Compares a predictor's outputs on the whole table with the Fourier multiplication algorithm. That
 * algorithm, with any weights on its frequencies, is exactly the set of outputs that depend on a + b - l
 * alone; for multiplication and division the three are discrete logarithms and residue 0 is left out.
 *
 * @param outputs row-major [pairs, p], a row per pair of `modularTable(operation, p)` in its order
 * @throws {ShapeError} if there are not as many outputs as the table asks for
 * @throws {OptionError} for an operation that is not one of + - * /, or a p that is not prime for * and /
 */
export function fourierContent(
  outputs: ArrayLike<number>,
  operation: ModularOperation,
  p: number,
): FourierContent {
  const columns = operation.divides ? p - 1 : p;
  if (outputs.length !== p * columns * p) {
    throw new ShapeError(
      `fourierContent: the table of ${operation.formula} has ${p * columns} pairs and ${p} outputs each, but ${outputs.length} numbers are given.`,
    );
  }
  const { order: n, residues, sign } = cyclicGroup(operation, p);
  const means = new Float64Array(n);
  let [sum, squares] = [0, 0];
  for (let i = 0; i < n; i++) {
    for (let j = 0; j < n; j++) {
      const b = (residues[j] as number) - (operation.divides ? 1 : 0);
      const pair = (residues[i] as number) * columns + b;
      for (let l = 0; l < n; l++) {
        const value = outputs[pair * p + (residues[l] as number)] as number;
        const s = (i + sign * j - l + 2 * n) % n;
        means[s] = (means[s] as number) + value / (n * n);
        sum += value;
        squares += value * value;
      }
    }
  }
  const mean = sum / n ** 3;
  const explained = means.reduce((total, value) => total + (value - mean) ** 2, 0) * n * n;
  const transform = discreteFourierTransform(means);
  return {
    share: explained / (squares - n ** 3 * mean * mean),
    weights: Float64Array.from(
      { length: Math.floor(n / 2) + 1 },
      (_, k) => Math.sqrt(n) * Math.hypot(transform.re[k] as number, transform.im[k] as number),
    ),
  };
}

/**
 * The outputs of a step on the whole table, in the order of `modularTable`: what {@link fourierContent}
 * compares with the Fourier multiplication algorithm. Row-major [pairs, p].
 *
 * @throws {OptionError} for a task with two operations, or whose splits do not cover the table
 */
export function tableOutputs(
  task: ModularTask,
  { trainOutputs, testOutputs }: Pick<GrokkingStep, 'trainOutputs' | 'testOutputs'>,
): Float64Array {
  const { p, operations, train, test } = task;
  const first = operations[0]?.divides ? 1 : 0;
  const columns = p - first;
  if (operations.length !== 1 || train.size + test.size !== p * columns) {
    throw new OptionError(
      'task',
      'The outputs on the whole table need a task of one operation whose training and test pairs make up its table.',
    );
  }
  const table = new Float64Array(p * columns * p);
  for (const [samples, outputs] of [
    [train, trainOutputs],
    [test, testOutputs],
  ] as const) {
    for (let i = 0; i < samples.size; i++) {
      const pair = (samples.a[i] as number) * columns + (samples.b[i] as number) - first;
      table.set(outputs.subarray(i * p, (i + 1) * p), pair * p);
    }
  }
  return table;
}
