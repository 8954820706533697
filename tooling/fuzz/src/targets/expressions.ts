import {
  compileScalar,
  constant,
  derivative,
  type Expression,
  input,
  inputNames,
  selectLess,
  selectLessEqual,
} from '@agop/core';
import * as fc from 'fast-check';
import type { Target } from '../target.ts';
import { demand } from '../verdict.ts';
import { isWithin, rangeAt } from './value-range.ts';

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

/** Expressions of any form: both engines and the host follow the definitions; derivatives can be taken. */
export const expressions: Target<Input> = {
  name: 'expressions',
  inTests: 3000,
  about: 'scalar expressions of any form on both engines and the host, in float64; derivatives of them',
  inputs: fc.record({ tree, x: numbers, y: numbers }),
  refusals: [],
  run: async ({ tree: given, x, y }, { naive, wasm }) => {
    const expression = build(given);
    const pairs = x.map((value, i): [number, number] => [value, y[i] ?? 0]);
    for (const one of [expression, derivative(expression, 'x')]) {
      const f = compileScalar(one);
      const names = inputNames(one);
      const ranges = pairs.map(([a, b]) => rangeAt(one, a, b));
      const demandWithin = (values: ArrayLike<number>, where: string): void => {
        for (const [i, range] of ranges.entries()) {
          const value = values[i] ?? Number.NaN;
          const { low, high, nan } = range;
          demand(
            isWithin(range, value),
            'broken promise',
            `${where}: ${one} at ${pairs[i]} is ${value}, not from ${low} to ${high}${nan ? ' or NaN' : ''}.`,
          );
        }
      };
      demandWithin(
        pairs.map(([a, b]) => f(names.map((name) => (name === 'x' ? a : b)))),
        'host',
      );
      for (const backend of [naive, wasm]) {
        using tx = backend.tensor(Float64Array.from(x), [1, x.length], 'float64');
        using ty = backend.tensor(Float64Array.from(y), [1, y.length], 'float64');
        const bindings = Object.fromEntries(names.map((name) => [name, name === 'x' ? tx : ty]));
        if (names.length === 0) continue;
        using result = backend.map(one, bindings);
        const values = await result.read();
        demandWithin(values, backend.name);
      }
    }
    return 'agree';
  },
};

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
