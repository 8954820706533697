import { FormatError, ShapeError } from '@agop/core';
import { checkNumbers, checkWhole } from '@agop/core/options';
import { oneHot } from './labels.ts';
import type { Rows } from './rows.ts';
import { type HostTensor, requireTensor } from './storage/index.ts';

/**
 * How classes become targets.
 *
 * - `oneHot`: one output per class, 1 for the own class, 0 for the others.
 * - `signed`: the same with -1 for the others.
 * - `prevalence`: the corners of a regular simplex in one dimension less than there are classes, with the
 *   frequencies of the classes at its origin, to which outputs tend far from all data.
 * - `logits`: one output per class, whose softmax are the probabilities, for solvers of the log-loss. The
 *   targets are one-hot.
 */
export type LabelCoding = 'oneHot' | 'signed' | 'prevalence' | 'logits';

/** A coding of a number of classes. */
export interface ClassCode {
  readonly name: LabelCoding;
  readonly outputs: number;
  /** Targets of class indices, [n, outputs]. */
  targets(indices: ArrayLike<number>): Float64Array<ArrayBuffer>;
  /** What the largest of wins, [n, classes], from outputs. */
  shares(outputs: ArrayLike<number>): ArrayLike<number>;
  /** Estimates of the class probabilities, [n, classes], from outputs. */
  probabilities(outputs: ArrayLike<number>): Float64Array;
  /** The code that suits the classes of a fit. */
  trainedOn(y: Rows, weights?: ArrayLike<number>): ClassCode;
  /** What a model file holds of it besides its name. */
  tensors(): Record<string, HostTensor>;
}

/** The code of a name, before it has seen classes. */
export function classCode(name: LabelCoding, classes: number): ClassCode {
  switch (name) {
    case 'oneHot':
      return plainCode(name, classes, (outputs) => toProbabilities(outputs, classes));
    case 'logits':
      return plainCode(name, classes, (outputs) => softmax(outputs, classes));
    case 'signed': {
      const shares = (outputs: ArrayLike<number>) => Float64Array.from(outputs, (output) => (output + 1) / 2);
      const code = plainCode(name, classes, (outputs) => toProbabilities(shares(outputs), classes));
      const targets = (indices: ArrayLike<number>) => code.targets(indices).map((value) => 2 * value - 1);
      const signed: ClassCode = { ...code, targets, trainedOn: () => signed };
      return signed;
    }
    case 'prevalence':
      return prevalenceCode(new Float64Array(classes).fill(1 / classes));
  }
}

/** The code that a model file holds. @throws {FormatError} where it is damaged */
export function restoreClassCode(
  name: LabelCoding,
  classes: number,
  tensors: Readonly<Record<string, HostTensor>>,
): ClassCode {
  if (name !== 'prevalence') return classCode(name, classes);
  const prior = Float64Array.from(requireTensor(tensors, priorName, [1, classes]).data);
  if (!prior.every((share) => share >= 0) || Math.abs(prior.reduce((a, b) => a + b, 0) - 1) > 1e-6) {
    throw new FormatError('The saved model is damaged: the frequencies of its classes do not sum to 1.');
  }
  return prevalenceCode(prior);
}

/**
 * Estimates of class probabilities, row-major [n, classes]: outputs of a regression on targets {0, 1},
 * clipped to [0, 1] and scaled to sum 1 (all equal where none is positive).
 *
 * @throws {OptionError} for a number of classes that is not whole
 * @throws {ShapeError} for outputs that are no rows of so many
 */
export function toProbabilities(outputs: ArrayLike<number>, classes: number): Float64Array {
  checkWhole('classes', classes, 1);
  checkNumbers('outputs', outputs);
  if (outputs.length % classes !== 0) {
    throw new ShapeError(`${outputs.length} outputs are no rows of ${classes} classes.`);
  }
  const probabilities = Float64Array.from(outputs, (output) => Math.min(1, Math.max(0, output)));
  for (let begin = 0; begin < probabilities.length; begin += classes) {
    const row = probabilities.subarray(begin, begin + classes);
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let j = 0; j < classes; j++) row[j] = total > 0 ? (row[j] as number) / total : 1 / classes;
  }
  return probabilities;
}

/** Softmax of each row, [n, classes]. */
function softmax(outputs: ArrayLike<number>, classes: number): Float64Array {
  const probabilities = Float64Array.from(outputs);
  for (let begin = 0; begin < probabilities.length; begin += classes) {
    const row = probabilities.subarray(begin, begin + classes);
    const top = row.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
    let total = 0;
    for (let j = 0; j < classes; j++) total += row[j] = Math.exp((row[j] as number) - top);
    for (let j = 0; j < classes; j++) row[j] = (row[j] as number) / total;
  }
  return probabilities;
}

/** One-hot targets; the order of outputs is that of shares. */
function plainCode(
  name: LabelCoding,
  classes: number,
  probabilities: (outputs: ArrayLike<number>) => Float64Array,
): ClassCode {
  const code: ClassCode = {
    name,
    outputs: classes,
    targets: (indices) => oneHot(indices, classes),
    shares: (outputs) => outputs,
    probabilities,
    trainedOn: () => code,
    tensors: () => ({}),
  };
  return code;
}

/** The name of the frequencies among the tensors of a model file: [1, classes]. */
const priorName = 'classFrequencies';

/**
 * Class c is coded as Bᵀ (e_c - π), π being the frequencies and B [classes, classes - 1] an orthonormal basis
 * of the vectors of sum 0: e_c - π is one of them, so that π + B f brings it back from an output f.
 *
 * Source: the mode 'prevalence' of xRFM (arXiv 2508.10053), up to a rotation, which changes no prediction.
 */
function prevalenceCode(prior: Float64Array): ClassCode {
  const classes = prior.length;
  const outputs = classes - 1;
  const basis = sumZeroBasis(classes);
  const at = (row: number, column: number) => basis[row * outputs + column] as number;
  const corners = Float64Array.from({ length: classes * outputs }, (_, index) => {
    const [own, column] = [Math.floor(index / outputs), index % outputs];
    return prior.reduce((sum, share, row) => sum - share * at(row, column), at(own, column));
  });
  const shares = (codes: ArrayLike<number>) =>
    Float64Array.from({ length: (codes.length / outputs) * classes }, (_, index) => {
      const [row, own] = [Math.floor(index / classes), index % classes];
      let share = prior[own] as number;
      for (let j = 0; j < outputs; j++) share += at(own, j) * (codes[row * outputs + j] as number);
      return share;
    });
  return {
    name: 'prevalence',
    outputs,
    targets: (indices) =>
      Float64Array.from(
        { length: indices.length * outputs },
        (_, index) =>
          corners[(indices[Math.floor(index / outputs)] as number) * outputs + (index % outputs)] as number,
      ),
    shares,
    probabilities: (codes) => toProbabilities(shares(codes), classes),
    trainedOn: ({ data }, weights) => prevalenceCode(frequencies(data, classes, weights)),
    tensors: () => ({ [priorName]: { dtype: 'float64', shape: [1, classes], data: prior } }),
  };
}

/**
 * Column j has 1 in the rows up to j and -(j + 1) in the next one, scaled to length 1: [classes, classes -
 * 1].
 */
function sumZeroBasis(classes: number): Float64Array {
  const outputs = classes - 1;
  return Float64Array.from({ length: classes * outputs }, (_, index) => {
    const [row, j] = [Math.floor(index / outputs), index % outputs];
    const entry = row <= j ? 1 : row === j + 1 ? -(j + 1) : 0;
    return entry / Math.sqrt((j + 1) * (j + 2));
  });
}

function frequencies(indices: ArrayLike<number>, classes: number, weights?: ArrayLike<number>): Float64Array {
  const counts = new Float64Array(classes);
  let total = 0;
  for (let i = 0; i < indices.length; i++) {
    const weight = weights ? (weights[i] as number) : 1;
    counts[indices[i] as number] = (counts[indices[i] as number] as number) + weight;
    total += weight;
  }
  return counts.map((count) => count / total);
}
