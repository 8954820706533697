import { checkNumbers, checkWhole } from '@agop/core/options';
import type { EncodedSamples, ModularTask } from '../tasks/task.ts';

/** How well outputs match labels. */
export interface OutputMeasures {
  /** Squared error averaged over samples and outputs. */
  readonly loss: number;
  /** Part of the samples whose largest output (the first of equal ones) is the label's. */
  readonly accuracy: number;
  /** Squared error of the label's own output, averaged over samples. */
  readonly correctLogitLoss: number;
}

/**
 * Measures outputs against one-hot targets, in float64.
 *
 * @param outputs row-major [samples, p]
 * @param labels [samples], each from 0 to p - 1
 * @param rows which samples; default all. NaN for none of them.
 * @throws {OptionError} for outputs, labels and rows that are no numbers, or do not go together
 */
export function measureOutputs(
  outputs: ArrayLike<number>,
  labels: ArrayLike<number>,
  p: number,
  rows: ArrayLike<number> = { length: labels.length },
): OutputMeasures {
  checkNumbers('labels', labels);
  if (Array.isArray(rows)) checkNumbers('rows', rows);
  checkWhole('p', p, 1, Math.max(1, outputs.length));
  checkNumbers('outputs', outputs, labels.length * p);
  let [squares, correctSquares, hits] = [0, 0, 0];
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] ?? k;
    const label = labels[row] as number;
    let best = 0;
    for (let l = 0; l < p; l++) {
      const value = outputs[row * p + l] as number;
      const error = value - (l === label ? 1 : 0);
      squares += error * error;
      if (l === label) correctSquares += error * error;
      if (value > (outputs[row * p + best] as number)) best = l;
    }
    if (best === label) hits += 1;
  }
  return {
    loss: squares / (rows.length * p),
    accuracy: hits / rows.length,
    correctLogitLoss: correctSquares / rows.length,
  };
}

/** How well a learner answers the training and the test pairs of a task. */
export interface TaskMeasures {
  /** Squared error on the training pairs, averaged over pairs and outputs. */
  readonly trainLoss: number;
  /** Squared error on the test pairs, averaged over pairs and outputs: about 1/p by chance. */
  readonly testLoss: number;
  readonly trainAccuracy: number;
  readonly testAccuracy: number;
  /** Squared error of the right answer's output on the test pairs, averaged over pairs: near 1 by chance. */
  readonly correctLogitLoss: number;
}

/**
 * Measures the outputs on both parts of a task, or on the pairs of one of its operations.
 *
 * @param outputs row-major [size, p] for the training and the test pairs
 * @param operation its index, default all
 */
export function measureTask(
  { p, train, test }: ModularTask,
  outputs: { readonly trainOutputs: Float64Array; readonly testOutputs: Float64Array },
  operation?: number,
): TaskMeasures {
  const measure = (samples: EncodedSamples, of: Float64Array): OutputMeasures => {
    const rows =
      operation === undefined
        ? undefined
        : [...samples.operationIndex.keys()].filter((i) => samples.operationIndex[i] === operation);
    return measureOutputs(of, samples.labels, p, rows);
  };
  // Once, 3 of some 50 runs of one test told the training measures to be exactly those of the test pairs. No
  // late read explains that, as both follow from labels of their own; and 510 runs of the code of that time
  // on busy cores, with one to four threads, did not show it again. A test computes them another way.
  const { loss: trainLoss, accuracy: trainAccuracy } = measure(train, outputs.trainOutputs);
  const { loss: testLoss, accuracy: testAccuracy, correctLogitLoss } = measure(test, outputs.testOutputs);
  return { trainLoss, testLoss, trainAccuracy, testAccuracy, correctLogitLoss };
}
