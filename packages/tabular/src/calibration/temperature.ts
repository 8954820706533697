import { checkNonNegative, checkNumbers, checkObject, checkPositive, checkWhole } from '@agop/core/options';
import { checkRows } from '../conformal/conformal.ts';

/** How outputs become probabilities. Plain data. */
export interface ProbabilityMap {
  /** Outputs are divided by it before the softmax. */
  readonly temperature: number;
  /** What every class gets at least, times the number of classes: nothing is impossible. */
  readonly floor: number;
}

const [lowest, highest] = [Math.log(0.02), Math.log(5)];

/**
 * Class probabilities: the softmax of outputs over a temperature, mixed with equal shares.
 *
 * @param outputs [n, classes], row-major
 * @returns [n, classes]
 * @throws {OptionError} for outputs that do not make rows of the classes, and a map out of range
 */
export function toCalibrated(
  outputs: ArrayLike<number>,
  classes: number,
  map: ProbabilityMap,
): Float64Array<ArrayBuffer> {
  const { temperature, floor } = checkObject('toCalibrated()', map);
  checkRows('outputs', outputs, 'classes', classes);
  checkPositive('temperature', temperature);
  checkNonNegative('floor', floor);
  const probabilities = new Float64Array(outputs.length);
  for (let begin = 0; begin < outputs.length; begin += classes) {
    let largest = Number.NEGATIVE_INFINITY;
    for (let k = 0; k < classes; k++) largest = Math.max(largest, outputs[begin + k] as number);
    let sum = 0;
    for (let k = 0; k < classes; k++) {
      const value = Math.exp(((outputs[begin + k] as number) - largest) / temperature);
      probabilities[begin + k] = value;
      sum += value;
    }
    for (let k = 0; k < classes; k++) {
      const share = (probabilities[begin + k] as number) / sum;
      probabilities[begin + k] = (1 - floor) * share + floor / classes;
    }
  }
  return probabilities;
}

/**
 * The temperature for which the probabilities of held-out rows have the smallest log-loss, by golden section.
 * Each class gets a probability of at least 1 / (n + 2) together with the others, so that no error on further
 * rows is infinitely bad.
 *
 * Source: Guo, Pleiss, Sun, Weinberger, "On Calibration of Modern Neural Networks", ICML 2017.
 *
 * @param outputs [n, classes], row-major, of rows that the fit has not seen
 * @param actual class indices [n]
 * @param weights how much each row counts, [n]; default all alike
 * @throws {OptionError} for outputs, classes and weights that do not go together
 */
export function calibrate(
  outputs: ArrayLike<number>,
  actual: ArrayLike<number>,
  classes: number,
  weights?: ArrayLike<number>,
): ProbabilityMap {
  checkNumbers('actual', actual);
  checkWhole('classes', classes, 1);
  checkNumbers('outputs', outputs, actual.length * classes);
  if (weights !== undefined) checkNumbers('weights', weights, actual.length);
  const floor = 1 / (actual.length + 2);
  const loss = (logarithm: number): number => {
    const temperature = Math.exp(logarithm);
    let [sum, count] = [0, 0];
    for (let row = 0; row < actual.length; row++) {
      const begin = row * classes;
      let largest = Number.NEGATIVE_INFINITY;
      for (let k = 0; k < classes; k++) largest = Math.max(largest, outputs[begin + k] as number);
      let total = 0;
      for (let k = 0; k < classes; k++) {
        total += Math.exp(((outputs[begin + k] as number) - largest) / temperature);
      }
      const own = Math.exp(((outputs[begin + (actual[row] as number)] as number) - largest) / temperature);
      const weight = weights === undefined ? 1 : (weights[row] as number);
      sum -= weight * Math.log((1 - floor) * (own / total) + floor / classes);
      count += weight;
    }
    return sum / count;
  };
  return { temperature: Math.exp(goldenSection(loss, lowest, highest)), floor };
}

/** Where a function with one minimum has it, to 1e-3. */
function goldenSection(f: (x: number) => number, from: number, to: number): number {
  const ratio = (Math.sqrt(5) - 1) / 2;
  let [low, high] = [from, to];
  let [a, b] = [high - ratio * (high - low), low + ratio * (high - low)];
  let [atA, atB] = [f(a), f(b)];
  while (high - low > 1e-3) {
    if (atA <= atB) {
      [high, b, atB] = [b, a, atA];
      a = high - ratio * (high - low);
      atA = f(a);
    } else {
      [low, a, atA] = [a, b, atB];
      b = low + ratio * (high - low);
      atB = f(b);
    }
  }
  return (low + high) / 2;
}
