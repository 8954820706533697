import { type BinaryOperator, input, type UnaryOperator } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { binaryMeaning, unaryMeaning } from '../reference/evaluate.ts';
import { samples } from '../reference/samples.ts';
import { quadruples, triples } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

/** Argument → result ± error in rounding units; no digit may be lost where that is not given. */
const unaryPoints: Readonly<Record<UnaryOperator, string>> = {
  neg: '0 → 0, 1.5 → -1.5, -∞ → ∞, NaN → NaN',
  abs: '0 → 0, -0 → 0, -2.5 → 2.5, -∞ → ∞, ∞ → ∞, NaN → NaN',
  sign: '0 → 0, 1e-30 → 1, -1e-30 → -1, ∞ → 1, -∞ → -1, NaN → NaN',
  reciprocal: '1 → 1, -4 → -0.25, 0 → ∞, ∞ → 0, -∞ → 0, NaN → NaN',
  sqrt: '0 → 0, 1 → 1, 4 → 2, 2 → 1.4142135623730951 ± 1, ∞ → ∞, -1 → NaN, -∞ → NaN, NaN → NaN',
  exp: '0 → 1, -0 → 1, 1 → 2.718281828459045 ± 4, 1000 → ∞, -1000 → 0, ∞ → ∞, -∞ → 0, NaN → NaN',
  log: '1 → 0, 2.718281828459045 → 1 ± 4, 0 → -∞, ∞ → ∞, -1 → NaN, -∞ → NaN, NaN → NaN',
  sin: '0 → 0, 1.5707963267948966 → 1 ± 1, ∞ → NaN, -∞ → NaN, NaN → NaN',
  cos: '0 → 1, 3.141592653589793 → -1 ± 1, ∞ → NaN, -∞ → NaN, NaN → NaN',
  tanh: '0 → 0, 1000 → 1, -1000 → -1, ∞ → 1, -∞ → -1, NaN → NaN',
  acos:
    '1 → 0, 0 → 1.5707963267948966 ± 4, -1 → 3.141592653589793 ± 4, 1.5 → 0, ' +
    '-1.5 → 3.141592653589793 ± 4, ∞ → 0, NaN → NaN',
  arcCosine0: '1 → 1, 0 → 0.5 ± 4, -1 → 0 ± 2, 1.5 → 1, -7 → 0 ± 2, NaN → NaN',
  arcCosine1: '1 → 1, 0 → 0.3183098861837907 ± 4, -1 → 0 ± 2, 1.5 → 1, -7 → 0 ± 2, NaN → NaN',
};

/** From .. to ± relative ± absolute error allowed, in rounding units. */
const unaryRanges: Readonly<Record<UnaryOperator, string>> = {
  neg: '-5 .. 5 ± 0 ± 0',
  abs: '-5 .. 5 ± 0 ± 0',
  sign: '-5 .. 5 ± 0 ± 0',
  reciprocal: '-5 .. 5 ± 2 ± 0, 1000 .. 1000000 ± 2 ± 0',
  sqrt: '0 .. 1 ± 2 ± 0, 0 .. 1000000 ± 2 ± 0',
  exp: '-1 .. 1 ± 8 ± 0, -30 .. 30 ± 8 ± 0, -85 .. 85 ± 8 ± 0',
  log: '0 .. 1 ± 8 ± 1, 0.99 .. 1.01 ± 8 ± 1, 1 .. 1000000 ± 8 ± 1',
  sin: '-3.2 .. 3.2 ± 4 ± 4, -30 .. 30 ± 4 ± 32',
  cos: '-3.2 .. 3.2 ± 4 ± 4, -30 .. 30 ± 4 ± 32',
  tanh: '-1 .. 1 ± 8 ± 2, -20 .. 20 ± 8 ± 2',
  acos: '-1.2 .. 1.2 ± 8 ± 4, 0.999 .. 1 ± 8 ± 4',
  arcCosine0: '-1.2 .. 1.2 ± 8 ± 4, 0.999 .. 1 ± 8 ± 4',
  arcCosine1: '-1.2 .. 1.2 ± 8 ± 4, 0.999 .. 1 ± 8 ± 4',
};

/** Left and right argument → result ± error in rounding units. */
const binaryPoints: Readonly<Record<BinaryOperator, string>> = {
  add: '1 2 → 3, ∞ 1 → ∞, ∞ -∞ → NaN, NaN 1 → NaN',
  sub: '1 2 → -1, ∞ ∞ → NaN, 1 NaN → NaN',
  mul: '3 -2 → -6, 0 ∞ → NaN, 0 NaN → NaN, -∞ 2 → -∞',
  div: '1 4 → 0.25, 1 0 → ∞, -1 0 → -∞, 0 0 → NaN, ∞ ∞ → NaN, 1 ∞ → 0, NaN 1 → NaN',
  min: '1 2 → 1, 2 1 → 1, -∞ 0 → -∞, NaN 1 → NaN, 1 NaN → NaN',
  max: '1 2 → 2, 2 1 → 2, ∞ 0 → ∞, NaN 1 → NaN, 1 NaN → NaN',
  pow:
    '0 0 → 1, 2 0 → 1, ∞ 0 → 1, 0 3 → 0, 0 0.5 → 0, 0 -1 → ∞, 1 7 → 1, 4 0.5 → 2 ± 4, ' +
    '3 1 → 3 ± 4, 2 -2 → 0.25 ± 4, 10 3 → 1000 ± 8, -2 2 → NaN, -2 3 → NaN, -2 0.5 → NaN, ' +
    'NaN 2 → NaN, 2 NaN → NaN, ∞ 2 → ∞, ∞ -1 → 0, 2 ∞ → ∞, 2 -∞ → 0, 0.5 ∞ → 0, 0.5 -∞ → ∞',
};

/** Elements per range: more than the tiles of an engine, and no multiple of anything. */
const count = 5003;

export const operatorCases: readonly ConformanceCase[] = [
  ...Object.entries(unaryPoints).map(([name, row]) =>
    defineCase('operators', `${name}: special points`, async (t) => {
      const operator = name as UnaryOperator;
      for (const [x, expected, units] of triples(row)) {
        // Five elements: a vector of an engine and one that is left over.
        const result = t.ops.map(input('x')[operator](), { x: t.tensor([x, x, x, x, x]) });
        const all = new Array<number>(5).fill(expected);
        await t.close(`${name}(${x})`, result, [5], all, units * t.epsilon * Math.max(1, Math.abs(expected)));
      }
    }),
  ),

  ...Object.entries(unaryRanges).map(([name, row]) =>
    defineCase('operators', `${name}: over its range`, async (t) => {
      const operator = name as UnaryOperator;
      for (const [from, to, relative, absolute] of quadruples(row)) {
        const x = spread(t, from, to, 1);
        const expected = x.map(unaryMeaning[operator]);
        const tolerance = expected.map((value) => t.epsilon * (relative * Math.abs(value) + absolute));
        const result = t.ops.map(input('x')[operator](), { x: t.tensor(x) });
        await t.close(
          `${name} on ${from} .. ${to}`,
          result,
          [count],
          expected.map((v) => t.round(v)),
          tolerance,
        );
      }
    }),
  ),

  ...Object.entries(binaryPoints).map(([name, row]) =>
    defineCase('operators', `${name}: special points`, async (t) => {
      const operator = name as BinaryOperator;
      for (const [x, y, expected, units] of quadruples(row)) {
        const bindings = { x: t.tensor([x, x, x, x, x]), y: t.tensor([y, y, y, y, y]) };
        const result = t.ops.map(input('x')[operator](input('y')), bindings);
        const all = new Array<number>(5).fill(expected);
        await t.close(`${name}(${x}, ${y})`, result, [5], all, units * t.epsilon * Math.abs(expected));
      }
    }),
  ),

  ...(['add', 'sub', 'mul', 'div', 'min', 'max'] as const).map((operator) =>
    defineCase(
      'operators',
      `${operator}: over a range, correctly rounded${operator === 'div' ? ' but for 2 units' : ''}`,
      async (t) => {
        const [x, y] = [spread(t, -100, 100, 2), spread(t, -3, 3, 3)];
        const expected = x.map((value, i) => t.round(binaryMeaning[operator](value, y[i] as number)));
        const units = operator === 'div' ? 2 : 0;
        const result = t.ops.map(input('x')[operator](input('y')), { x: t.tensor(x), y: t.tensor(y) });
        await t.close(
          operator,
          result,
          [count],
          expected,
          expected.map((value) => units * t.epsilon * Math.abs(value)),
        );
      },
    ),
  ),

  defineCase('operators', 'pow: over a range', async (t) => {
    const [x, y] = [spread(t, 0, 10, 4), spread(t, -6, 6, 5)];
    const expected = x.map((value, i) => binaryMeaning.pow(value, y[i] as number));
    // exp(y log x): the error of the exponent counts in full.
    const tolerance = expected.map((value, i) => {
      const exponent = Math.abs((y[i] as number) * Math.log(x[i] as number));
      return 8 * t.epsilon * (1 + exponent) * value;
    });
    const result = t.ops.map(input('x').pow(input('y')), { x: t.tensor(x), y: t.tensor(y) });
    await t.close('pow', result, [count], expected, tolerance);
  }),

  defineCase('operators', 'pow with constant exponents, also of negative numbers', async (t) => {
    const x = spread(t, -4, 4, 6);
    for (const exponent of [1, 2, 3, 4, -1]) {
      const expected = x.map((value) => value ** exponent);
      const tolerance = expected.map((value) => 8 * t.epsilon * Math.abs(value));
      const result = t.ops.map(input('x').pow(exponent), { x: t.tensor(x) });
      await t.close(`pow ${exponent}`, result, [count], expected, tolerance);
    }
  }),
];

function spread(t: Trial, from: number, to: number, seed: number): number[] {
  const next = samples(seed);
  return Array.from({ length: count }, () => t.round(from + ((next() + 1) / 2) * (to - from)));
}
