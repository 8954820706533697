import { OptionError } from '@agop/core';
import { findOperation } from './find-operation.ts';
import type { ModularOperation } from './operation.ts';

/** What a task may be asked to learn: an operation or two, by name or as such. */
export type OperationChoice =
  | string
  | ModularOperation
  | readonly [string | ModularOperation, string | ModularOperation];

/**
 * The one or two operations of a task.
 *
 * @throws {OptionError} for an unknown one, for the same one twice, for none or more than two
 */
export function listOperations(operation: OperationChoice): readonly ModularOperation[] {
  const list = typeof operation === 'string' || 'result' in operation ? [operation] : operation;
  if (list.length < 1 || list.length > 2) {
    throw new OptionError('operation', `A task has one or two operations, but ${list.length} are given.`);
  }
  const found = list.map((entry) => (typeof entry === 'string' ? findOperation(entry) : entry));
  if (found.length === 2 && found[0] === found[1]) {
    throw new OptionError(
      'operation',
      `Both operations of the task are '${found[0]?.name}'. Give two different ones.`,
    );
  }
  return found;
}
