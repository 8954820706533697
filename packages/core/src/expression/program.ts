import { checkObject } from '../options/checks.ts';
import { binary, checkExpression, type Expression, select, unary } from './expression.ts';
import { binaryOperators, comparisons, unaryOperators } from './operators.ts';

/**
 * All distinct parts of an expression, operands before their users: the order in which a backend computes
 * them. The last one is the expression itself.
 *
 * @throws {OptionError} for anything but an expression
 */
export function evaluationOrder(expression: Expression): Expression[] {
  checkExpression('expression', expression);
  const order: Expression[] = [];
  const seen = new Set<Expression>();
  const visit = (e: Expression): void => {
    if (seen.has(e)) return;
    seen.add(e);
    for (const operand of operandsOf(e)) visit(operand);
    order.push(e);
  };
  visit(expression);
  return order;
}

/** The direct operands of an expression, left to right. */
export function operandsOf(expression: Expression): readonly Expression[] {
  const node = expression.node;
  switch (node.kind) {
    case 'unary':
      return [node.operand];
    case 'binary':
      return [node.left, node.right];
    case 'select':
      return [node.left, node.right, node.whenTrue, node.whenFalse];
    default:
      return [];
  }
}

/** Every operation on an expression asks for its inputs. */
const namesOf = new WeakMap<Expression, readonly string[]>();

/** Names of the inputs of an expression, in order of first use. */
export function inputNames(expression: Expression): readonly string[] {
  const known = namesOf.get(expression);
  if (known) return known;
  const names = evaluationOrder(expression).flatMap((e) => (e.node.kind === 'input' ? [e.node.name] : []));
  namesOf.set(expression, Object.freeze(names));
  return names;
}

/** Replaces inputs by expressions. */
export function substitute(
  expression: Expression,
  replacements: Readonly<Record<string, Expression>>,
): Expression {
  checkObject('substitute', replacements);
  const known = new Map<Expression, Expression>();
  const of = (e: Expression): Expression => known.get(e) ?? e;
  for (const e of evaluationOrder(expression)) known.set(e, rebuild(e, replacements, of));
  return of(expression);
}

function rebuild(
  e: Expression,
  replacements: Readonly<Record<string, Expression>>,
  of: (e: Expression) => Expression,
): Expression {
  const node = e.node;
  switch (node.kind) {
    case 'input':
      return Object.hasOwn(replacements, node.name) ? checkExpression(node.name, replacements[node.name]) : e;
    case 'constant':
      return e;
    case 'unary':
      return unary(node.operator, of(node.operand));
    case 'binary':
      return binary(node.operator, of(node.left), of(node.right));
    case 'select':
      return select(node.comparison, of(node.left), of(node.right), of(node.whenTrue), of(node.whenFalse));
  }
}

/**
 * Compiles an expression to a function of its inputs' values, in the order of {@link inputNames}: float64,
 * with the reference definition of every operator.
 */
export function compileScalar(expression: Expression): (values: readonly number[]) => number {
  const order = evaluationOrder(expression);
  const slots = new Map(order.map((e, slot) => [e, slot]));
  const slotOf = (e: Expression): number => slots.get(e) ?? 0;
  let inputs = 0;
  const steps = order.map((e, target) => step(e, target, slotOf, () => inputs++));
  const registers = new Float64Array(order.length);
  return (values) => {
    for (const run of steps) run(registers, values);
    return registers[registers.length - 1] ?? Number.NaN;
  };
}

type Step = (registers: Float64Array, values: readonly number[]) => void;

function step(
  e: Expression,
  target: number,
  slotOf: (e: Expression) => number,
  nextInput: () => number,
): Step {
  const node = e.node;
  switch (node.kind) {
    case 'input': {
      const index = nextInput();
      return (r, values) => {
        r[target] = values[index] ?? Number.NaN;
      };
    }
    case 'constant':
      return (r) => {
        r[target] = node.value;
      };
    case 'unary': {
      const [apply, x] = [unaryOperators[node.operator], slotOf(node.operand)];
      return (r) => {
        r[target] = apply(r[x] as number);
      };
    }
    case 'binary': {
      const [apply, x, y] = [binaryOperators[node.operator], slotOf(node.left), slotOf(node.right)];
      return (r) => {
        r[target] = apply(r[x] as number, r[y] as number);
      };
    }
    case 'select': {
      const [a, b, yes, no] = [node.left, node.right, node.whenTrue, node.whenFalse].map(slotOf) as [
        number,
        number,
        number,
        number,
      ];
      const holds = comparisons[node.comparison];
      return (r) => {
        r[target] = r[holds(r[a] as number, r[b] as number) ? yes : no] as number;
      };
    }
  }
}
