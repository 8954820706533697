import { type Expression, operandsOf } from '@agop/core';

/** A part of an expression in terms of the interpreter's instructions. */
export type Operation =
  | { readonly kind: 'constant'; readonly value: number; readonly operands: readonly [] }
  | { readonly kind: 'input'; readonly input: string; readonly operands: readonly [] }
  | {
      readonly kind: 'instruction';
      /** Name of the instruction without its operand kinds. */
      readonly name: string;
      readonly operands: readonly Operation[];
      /** Rough cost of an element in multiply-adds. */
      readonly cost: number;
    };

/** Costs that are not 1. */
const costs: Readonly<Record<string, number>> = {
  reciprocal: 5,
  div: 5,
  sqrt: 5,
  exp: 12,
  log: 20,
  sin: 20,
  cos: 20,
  tanh: 30,
  acos: 30,
  arcCosine0: 30,
  arcCosine1: 35,
  pow: 60,
};

/**
 * Turns the parts of an expression, operands first, into operations. A product that is used once, in a sum or as subtrahend, becomes one
 * fused multiply-add with it: a pass less over the strip.
 */
export function lower(order: readonly Expression[]): Operation[] {
  const uses = new Map<Expression, number>();
  for (const e of order) for (const operand of operandsOf(e)) uses.set(operand, (uses.get(operand) ?? 0) + 1);
  const fused = new Set<Expression>();
  for (const e of order) {
    const factor = fusedProduct(e, uses);
    if (factor) fused.add(factor);
  }

  const operations = new Map<Expression, Operation>();
  const of = (e: Expression): Operation => operations.get(e) as Operation;
  for (const e of order) if (!fused.has(e)) operations.set(e, operationOf(e, fusedProduct(e, uses), of));
  return [...operations.values()];
}

/** The product that a sum or difference takes into a fused multiply-add. */
function fusedProduct(e: Expression, uses: ReadonlyMap<Expression, number>): Expression | undefined {
  const node = e.node;
  if (node.kind !== 'binary' || (node.operator !== 'add' && node.operator !== 'sub')) return undefined;
  const candidates = node.operator === 'add' ? [node.right, node.left] : [node.right];
  return candidates.find((c) => c.node.kind === 'binary' && c.node.operator === 'mul' && uses.get(c) === 1);
}

function operationOf(
  e: Expression,
  product: Expression | undefined,
  of: (e: Expression) => Operation,
): Operation {
  const node = e.node;
  switch (node.kind) {
    case 'constant':
      return { kind: 'constant', value: node.value, operands: [] };
    case 'input':
      return { kind: 'input', input: node.name, operands: [] };
    case 'unary':
      return instruction(node.operator, [of(node.operand)]);
    case 'binary':
      if (product?.node.kind === 'binary') {
        const other = node.right === product ? node.left : node.right;
        const name = node.operator === 'add' ? 'madd' : 'nmadd';
        return instruction(name, [of(product.node.left), of(product.node.right), of(other)]);
      }
      return instruction(node.operator, [of(node.left), of(node.right)]);
    case 'select':
      return instruction(node.comparison, [node.left, node.right, node.whenTrue, node.whenFalse].map(of));
  }
}

function instruction(name: string, operands: readonly Operation[]): Operation {
  return { kind: 'instruction', name, operands, cost: costs[name] ?? 1 };
}
