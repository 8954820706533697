import { OptionError } from '@agop/core';
import { logarithmOrder } from '../arithmetic/discrete-logarithm.ts';
import type { ModularOperation, OperationStructure } from '../tasks/operation.ts';
import { checkTable } from '../tasks/table.ts';

/** An operation as addition or subtraction in a cyclic group. */
export interface CyclicGroup {
  /** Order of the group: p, or p - 1 for the multiplicative one. */
  readonly order: number;
  /** Residue of each group element, [order]. */
  readonly residues: Int32Array;
  /** The result of elements i and j is i + sign * j. */
  readonly sign: 1 | -1;
}

/**
 * The cyclic group in which an operation is addition (sign 1) or subtraction (sign -1).
 *
 * @throws {OptionError} for an operation without one, or a p that is not prime for multiplication and
 *   division
 */
export function cyclicGroup(operation: ModularOperation, p: number): CyclicGroup {
  const { group, block } = structureOf(operation);
  checkTable(operation, p);
  const residues = group === 'additive' ? Int32Array.from({ length: p }, (_, i) => i) : logarithmOrder(p);
  return { order: residues.length, residues, sign: block === 'circulant' ? 1 : -1 };
}

/** @throws {OptionError} for an operation whose structure is not known */
export function structureOf(operation: ModularOperation): OperationStructure {
  if (operation.structure) return operation.structure;
  throw new OptionError(
    'operation',
    `'${operation.formula}' is not addition in a cyclic group, so its metric has no circulant blocks to speak of. Use +, -, * or /.`,
  );
}
