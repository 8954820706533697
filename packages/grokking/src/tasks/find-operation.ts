import { OptionError } from '@agop/core';
import {
  basicOperations,
  type ModularOperation,
  parityOperation,
  polynomialOperations,
} from './operation.ts';

/** All named operations: the four basic ones, the polynomials, the one that depends on parity. */
export const modularOperations: readonly ModularOperation[] = [
  ...Object.values(basicOperations),
  ...polynomialOperations,
  parityOperation,
];

/** Other spellings of the basic operations. */
const symbols: ReadonlyMap<string, keyof typeof basicOperations> = new Map([
  ['+', 'add'],
  ['-', 'sub'],
  ['−', 'sub'],
  ['*', 'mul'],
  ['·', 'mul'],
  ['×', 'mul'],
  ['/', 'div'],
  ['÷', 'div'],
]);

/**
 * The operation of a name (`add`), a symbol (`+`) or a formula (`x+y`, `x^2 + y^2`, `x²+y²`); blanks do not
 * matter.
 *
 * @throws {OptionError} for an unknown one; the message lists what there is
 */
export function findOperation(text: string): ModularOperation {
  if (typeof text !== 'string') throw noOperation(text);
  const compact = text.replaceAll(/\s/g, '').replaceAll('²', '^2').replaceAll('³', '^3');
  const symbol = symbols.get(compact);
  if (symbol) return basicOperations[symbol];
  const found = modularOperations.find(
    (operation) => operation.name === compact || operation.formula.replaceAll(' ', '') === compact,
  );
  if (found) return found;
  const known = modularOperations.map((operation) => `'${operation.name}'`).join(', ');
  throw new OptionError(
    'operation',
    `There is no operation '${text}'. Use +, -, * or /, or one of ${known}.`,
  );
}

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
  const list = Array.isArray(operation) ? operation : [operation];
  if (list.length < 1 || list.length > 2) {
    throw new OptionError('operation', `A task has one or two operations, but ${list.length} are given.`);
  }
  const found = list.map((entry) =>
    typeof entry === 'string' ? findOperation(entry) : checkOperation(entry),
  );
  if (found.length === 2 && found[0] === found[1]) {
    throw new OptionError(
      'operation',
      `Both operations of the task are '${found[0]?.name}'. Give two different ones.`,
    );
  }
  return found;
}

/** What was given as an operation. @throws {OptionError} for anything else */
function checkOperation(given: unknown): ModularOperation {
  if (
    typeof given === 'object' &&
    given !== null &&
    'result' in given &&
    typeof given.result === 'function'
  ) {
    return given as ModularOperation;
  }
  throw noOperation(given);
}

function noOperation(received: unknown): OptionError {
  return new OptionError('operation', {
    requirement: "be an operation, or a text such as '+' or 'x^2+y^2'",
    received,
  });
}
