import { OptionError } from '@agop/core';
import type { ModularTask } from '../tasks/task.ts';
import type { GrokkingStep } from './iteration.ts';

/**
 * The outputs of a step on the whole table, in the order of `modularTable`: what `fourierContent` compares
 * with the Fourier multiplication algorithm. Row-major [pairs, p].
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
