import { isPrime } from '../arithmetic/residues.ts';
import { groupOrder, metricBlocks } from '../structure/blocks.ts';
import { circulantDeviation } from '../structure/deviation.ts';
import type { BlockShape } from '../tasks/operation.ts';
import type { ModularTask } from '../tasks/task.ts';

/**
 * The paper's circulant deviation of the lower left block of an AGOP or metric, in the order of one of the task's operations; null where that is not
 * known: for polynomials, and for * modulo a composite p, whose residues have no discrete logarithms.
 *
 * @param matrix row-major [d, d], d the task's columns
 * @param shape which diagonals; default those of the metric that a kernel machine learns for the operation
 * @param index which operation; default the first
 */
export function structureDeviation(
  task: ModularTask,
  matrix: Float64Array,
  shape?: BlockShape,
  index = 0,
): number | null {
  const structure = task.operations[index]?.structure;
  if (!structure || (structure.group === 'multiplicative' && !isPrime(task.p))) return null;
  const block = groupOrder(metricBlocks(matrix, task.p).lowerLeft, structure.group);
  return circulantDeviation(block, { shape: shape ?? structure.block });
}
