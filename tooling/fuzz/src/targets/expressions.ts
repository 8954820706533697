import {
  compileScalar,
  constant,
  derivative,
  type Expression,
  type ExpressionNode,
  evaluationOrder,
  input,
  inputNames,
  selectLess,
  selectLessEqual,
} from '@agop/core';
import { binaryOperators, unaryOperators } from '@agop/core/engine';
import * as fc from 'fast-check';
import type { Target } from '../target.ts';
import { demand } from '../verdict.ts';

/** A scalar expression as data. */
type Tree = number | 'x' | 'y' | { readonly op: string; readonly of: readonly Tree[] };

interface Input {
  readonly tree: Tree;
  readonly x: readonly number[];
  readonly y: readonly number[];
}

const unary = [
  'neg',
  'abs',
  'sign',
  'reciprocal',
  'sqrt',
  'exp',
  'log',
  'sin',
  'cos',
  'tanh',
  'acos',
  'arcCosine0',
  'arcCosine1',
] as const;
const binary = ['add', 'sub', 'mul', 'div', 'pow', 'min', 'max'] as const;

const { tree } = fc.letrec<{ tree: Tree }>((tie) => ({
  tree: fc.oneof(
    { maxDepth: 6, withCrossShrink: true },
    fc.oneof(fc.constantFrom<Tree>('x', 'y'), fc.constantFrom<Tree>(0, 1, -1, 0.5, 2, 3, 1e-3, 10)),
    fc.tuple(fc.constantFrom(...unary), tie('tree')).map(([op, of]): Tree => ({ op, of: [of] })),
    fc
      .tuple(fc.constantFrom(...binary), tie('tree'), tie('tree'))
      .map(([op, a, b]): Tree => ({ op, of: [a, b] })),
    fc
      .tuple(fc.constantFrom('less', 'lessEqual'), tie('tree'), tie('tree'), tie('tree'), tie('tree'))
      .map(([op, ...of]): Tree => ({ op, of })),
  ),
}));

const numbers = fc.array(
  fc.oneof(fc.constantFrom(0, 1, -1, 0.5, 2, 1e-8, 100), fc.double({ min: -3, max: 3, noNaN: true })),
  {
    minLength: 4,
    maxLength: 4,
  },
);

/** Expressions of any form: both engines and the host agree on them, and derivatives can be taken. */
export const expressions: Target<Input> = {
  name: 'expressions',
  inTests: 3000,
  about: 'scalar expressions of any form on both engines against the host, in float64; derivatives of them',
  inputs: fc.record({ tree, x: numbers, y: numbers }),
  refusals: [],
  run: async ({ tree: given, x, y }, { naive, wasm }) => {
    const expression = build(given);
    const pairs = x.map((value, i): [number, number] => [value, y[i] ?? 0]);
    for (const one of [expression, derivative(expression, 'x')]) {
      const f = compileScalar(one);
      const names = inputNames(one);
      const expected = pairs.map(([a, b]) => f(names.map((name) => (name === 'x' ? a : b))));
      for (const backend of [naive, wasm]) {
        using tx = backend.tensor(Float64Array.from(x), [1, x.length], 'float64');
        using ty = backend.tensor(Float64Array.from(y), [1, y.length], 'float64');
        const bindings = Object.fromEntries(names.map((name) => [name, name === 'x' ? tx : ty]));
        if (names.length === 0) continue;
        using result = backend.map(one, bindings);
        const values = await result.read();
        for (const [i, value] of expected.entries()) {
          const spread = spreadAt(one, pairs[i] ?? [0, 0]);
          if (Number.isNaN(spread)) continue;
          const got = values[i] ?? Number.NaN;
          const near =
            Object.is(got, value) || Math.abs(got - value) <= spread + 1e-9 * Math.abs(value) + 1e-13;
          demand(
            near,
            'broken promise',
            `${backend.name}: ${one} at ${pairs[i]} is ${got}, but ${value} on the host.`,
          );
        }
      }
    }
    return 'agree';
  },
};

/**
 * How much the value changes where arguments and the result of every operation are off by a few roundings;
 * NaN near jumps and poles, where there is nothing to compare.
 */
function spreadAt(expression: Expression, [x, y]: [number, number]): number {
  const exact = evaluate(expression, x, y, () => 0);
  if (Number.isNaN(exact)) return Number.NaN;
  let most = 0;
  for (let round = 1; round <= 6; round++) {
    let state = round;
    const value = evaluate(expression, x, y, () => {
      state = (Math.imul(state, 1664525) + 1013904223) | 0;
      return (state / 2 ** 31) * 1e-11;
    });
    const change = Math.abs(value - exact);
    if (!(change <= 1e-3 * (1 + Math.abs(exact)))) return Number.NaN;
    most = Math.max(most, change);
  }
  return most;
}

/** The value where each operation is off by a relative error, and numbers near 0 by an absolute one. */
function evaluate(expression: Expression, x: number, y: number, error: () => number): number {
  const values = new Map<Expression, number>();
  const of = (e: Expression): number => values.get(e) ?? Number.NaN;
  for (const e of evaluationOrder(expression)) {
    if (isUnspecified(e, of)) return Number.NaN;
    const value = valueAt(e.node, { x, y }, of);
    values.set(e, e.node.kind === 'constant' ? value : value * (1 + error()) + 1e-290 * error());
  }
  return of(expression);
}

function isChosen(comparison: 'less' | 'lessEqual', left: number, right: number): boolean {
  return comparison === 'less' ? left < right : left <= right;
}

/** Whether an operation has operands for which engines may differ. */
function isUnspecified({ node }: Expression, of: (e: Expression) => number): boolean {
  if (node.kind !== 'binary' || node.operator !== 'pow') return false;
  const [base, exponent] = [of(node.left), of(node.right)];
  // The sign of the infinity.
  if (base === 0 && exponent < 0) return true;
  return (!(base >= 0) && exponent === 0) || (base === 1 && !Number.isFinite(exponent));
}

function valueAt(
  node: ExpressionNode,
  inputs: Readonly<Record<string, number>>,
  of: (e: Expression) => number,
): number {
  switch (node.kind) {
    case 'input':
      return inputs[node.name] ?? Number.NaN;
    case 'constant':
      return node.value;
    case 'unary':
      return unaryOperators[node.operator](of(node.operand));
    case 'binary':
      return binaryOperators[node.operator](of(node.left), of(node.right));
    case 'select':
      return of(isChosen(node.comparison, of(node.left), of(node.right)) ? node.whenTrue : node.whenFalse);
  }
}

function build(given: Tree): Expression {
  if (typeof given === 'number') return constant(given);
  if (typeof given === 'string') return input(given);
  const [a, b, c, d] = given.of.map(build);
  const zero = constant(0);
  if (given.op === 'less') return selectLess(a ?? zero, b ?? zero, c ?? zero, d ?? zero);
  if (given.op === 'lessEqual') return selectLessEqual(a ?? zero, b ?? zero, c ?? zero, d ?? zero);
  const one = unary.find((op) => op === given.op);
  if (one !== undefined) return (a ?? zero)[one]();
  const two = binary.find((op) => op === given.op);
  return two === undefined ? zero : (a ?? zero)[two](b ?? zero);
}
