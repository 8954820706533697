import { isPrime } from '../arithmetic/residues.ts';
import { groupOrder, metricBlocks } from '../structure/blocks.ts';
import { circulantDeviation } from '../structure/deviation.ts';
import type { BlockShape } from '../tasks/operation.ts';
import type { ModularTask } from '../tasks/task.ts';

/**
 * The paper's circulant deviation of the lower left block of an AGOP or metric, in the order of the task's (first) operation; null where that is
 * not known.
 *
 * @param matrix row-major [d, d], d the task's columns
 * @param shape which diagonals; default those of the metric that a kernel machine learns for the operation
 */
export function structureDeviation(
  task: ModularTask,
  matrix: Float64Array,
  shape?: BlockShape,
): number | null {
  const structure = task.operations[0]?.structure;
  if (!structure || (structure.group === 'multiplicative' && !isPrime(task.p))) return null;
  const block = groupOrder(metricBlocks(matrix, task.p).lowerLeft, structure.group);
  return circulantDeviation(block, { shape: shape ?? structure.block });
}
