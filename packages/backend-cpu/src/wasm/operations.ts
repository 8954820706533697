import { type Expression, evaluationOrder, inputNames, operandsOf } from '@agop/core';
import { costs } from '../generated/instructions.ts';
import { matchFusion } from './fusions.ts';

/** A part of an expression in terms of the interpreter's instructions. */
export type Operation =
  /** A value that is the same everywhere: constants and numbers, and what is computed from them alone. */
  | { readonly kind: 'uniform'; readonly expression: Expression; readonly operands: readonly [] }
  | { readonly kind: 'input'; readonly input: string; readonly operands: readonly [] }
  | {
      readonly kind: 'instruction';
      /** Name of the instruction without its operand kinds. */
      readonly name: string;
      readonly operands: readonly Operation[];
      /** Rough cost of an element in multiply-adds. */
      readonly cost: number;
    };

/**
 * Turns an expression into operations, operands before their users; shared parts are computed once. Patterns
 * for which there is one instruction are fused, which saves passes over the strip.
 *
 * @param isNumber whether an input is bound to a number
 */
export function lower(expression: Expression, isNumber: (input: string) => boolean): Operation[] {
  const order = evaluationOrder(expression);
  const uses = new Map<Expression, number>();
  for (const e of order) {
    for (const operand of operandsOf(e)) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  }
  const isUniform = (e: Expression): boolean => inputNames(e).every(isNumber);

  const operations = new Map<Expression, Operation>();
  const visit = (e: Expression): Operation => {
    const known = operations.get(e);
    if (known) return known;
    const made = make(e);
    operations.set(e, made);
    return made;
  };
  const make = (e: Expression): Operation => {
    if (isUniform(e)) return { kind: 'uniform', expression: e, operands: [] };
    const node = e.node;
    if (node.kind === 'input') return { kind: 'input', input: node.name, operands: [] };
    const { name, operands } = matchFusion(e, { isUniform, uses }) ?? {
      name: plainName(e),
      operands: operandsOf(e),
    };
    return { kind: 'instruction', name, operands: operands.map(visit), cost: costs[name] ?? 1 };
  };
  visit(expression);
  return [...operations.values()];
}

/** The instruction that does what a node says. */
function plainName({ node }: Expression): string {
  if (node.kind === 'unary' || node.kind === 'binary') return node.operator;
  if (node.kind === 'select') return node.comparison;
  throw new Error(`No instruction for ${node.kind}.`);
}
