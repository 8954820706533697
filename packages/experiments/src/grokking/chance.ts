import type { ModularTask } from '@agop/grokking';
import type { OperationRecord } from './result.ts';

/** How far above its guesses a machine has to be that does not guess. */
export const beyond = 0.05;

/** What is known of the operations of a task before anything is learned. */
export function operationRecords(task: ModularTask): OperationRecord[] {
  return task.operations.map(({ formula, divides, structure = null }, index) => ({
    formula,
    divides,
    structure,
    ...mostFrequent(task, index),
  }));
}

/** The answer that is right most often. Products, for one, are 0 more often than anything else. */
function mostFrequent({ p, train, test }: ModularTask, index: number) {
  const counts = new Int32Array(p);
  let pairs = 0;
  for (const { labels, operationIndex } of [train, test]) {
    for (const [i, label] of labels.entries()) {
      if (operationIndex[i] !== index) continue;
      counts[label] = (counts[label] as number) + 1;
      pairs++;
    }
  }
  const most = Math.max(...counts);
  return { chance: most / pairs, mostFrequent: most * p === pairs ? null : counts.indexOf(most) };
}

/**
 * Test accuracy above which a machine does not guess: five points more than always giving the most frequent
 * answer.
 */
export function beyondChance(operations: readonly OperationRecord[]): number {
  return operations.reduce((sum, { chance }) => sum + chance, 0) / operations.length + beyond;
}
