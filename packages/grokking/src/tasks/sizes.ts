import { listOperations } from './operations-of-task.ts';
import { trainingSize } from './split.ts';
import { checkModulus, tableSize } from './table.ts';
import type { ModularTaskOptions } from './task.ts';

/** Sizes that a run's memory depends on. */
export interface GrokkingSizes {
  readonly trainSize: number;
  readonly testSize: number;
  /** Length of an input row. */
  readonly columns: number;
  readonly p: number;
}

/**
 * The sizes that `modularTask` would give a task, without making it: at once for any p, also for one whose table no memory holds.
 *
 * @throws {OptionError} as `modularTask`
 */
export function modularTaskSizes(options: ModularTaskOptions): GrokkingSizes {
  const { p = 61, fraction = 0.5, split } = options;
  const operations = listOperations(options.operation);
  for (const operation of operations) checkModulus(operation, p);
  const divides = operations.some((operation) => operation.divides);
  const pairs = tableSize(p, divides);
  const train = split ? split.train.length : trainingSize(pairs, fraction);
  const test = split ? split.test.length : pairs - train;
  return {
    trainSize: operations.length * train,
    testSize: operations.length * test,
    columns: 2 * p + (operations.length > 1 ? 1 : 0),
    p,
  };
}
