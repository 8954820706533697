import { type BinaryOperator, input, type UnaryOperator } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { binaryMeaning, unaryMeaning } from '../reference/evaluate.ts';
import { samples } from '../reference/samples.ts';
import type { Trial } from '../trial.ts';

const [inf, nan] = [Number.POSITIVE_INFINITY, Number.NaN];

/** [argument, result, allowed error in rounding units: 0 where no digit may be lost]. */
type Point = readonly [number, number, number?];

const unaryPoints: Readonly<Record<UnaryOperator, readonly Point[]>> = {
  neg: [
    [0, 0],
    [1.5, -1.5],
    [-inf, inf],
    [nan, nan],
  ],
  abs: [
    [0, 0],
    [-0, 0],
    [-2.5, 2.5],
    [-inf, inf],
    [inf, inf],
    [nan, nan],
  ],
  sign: [
    [0, 0],
    [1e-30, 1],
    [-1e-30, -1],
    [inf, 1],
    [-inf, -1],
    [nan, nan],
  ],
  reciprocal: [
    [1, 1],
    [-4, -0.25],
    [0, inf],
    [inf, 0],
    [-inf, 0],
    [nan, nan],
  ],
  sqrt: [
    [0, 0],
    [1, 1],
    [4, 2],
    [2, Math.SQRT2, 1],
    [inf, inf],
    [-1, nan],
    [-inf, nan],
    [nan, nan],
  ],
  exp: [
    [0, 1],
    [-0, 1],
    [1, Math.E, 4],
    [1000, inf],
    [-1000, 0],
    [inf, inf],
    [-inf, 0],
    [nan, nan],
  ],
  log: [
    [1, 0],
    [Math.E, 1, 4],
    [0, -inf],
    [inf, inf],
    [-1, nan],
    [-inf, nan],
    [nan, nan],
  ],
  sin: [
    [0, 0],
    [Math.PI / 2, 1, 1],
    [inf, nan],
    [-inf, nan],
    [nan, nan],
  ],
  cos: [
    [0, 1],
    [Math.PI, -1, 1],
    [inf, nan],
    [-inf, nan],
    [nan, nan],
  ],
  tanh: [
    [0, 0],
    [1000, 1],
    [-1000, -1],
    [inf, 1],
    [-inf, -1],
    [nan, nan],
  ],
  acos: [
    [1, 0],
    [0, Math.PI / 2, 4],
    [-1, Math.PI, 4],
    [1.5, 0],
    [-1.5, Math.PI, 4],
    [inf, 0],
    [nan, nan],
  ],
  arcCosine0: [
    [1, 1],
    [0, 0.5, 4],
    [-1, 0, 2],
    [1.5, 1],
    [-7, 0, 2],
    [nan, nan],
  ],
  arcCosine1: [
    [1, 1],
    [0, 1 / Math.PI, 4],
    [-1, 0, 2],
    [1.5, 1],
    [-7, 0, 2],
    [nan, nan],
  ],
};

/** [from, to, relative and absolute error allowed, in rounding units]. */
const unaryRanges: Readonly<Record<UnaryOperator, readonly (readonly [number, number, number, number])[]>> = {
  neg: [[-5, 5, 0, 0]],
  abs: [[-5, 5, 0, 0]],
  sign: [[-5, 5, 0, 0]],
  reciprocal: [
    [-5, 5, 2, 0],
    [1e3, 1e6, 2, 0],
  ],
  sqrt: [
    [0, 1, 2, 0],
    [0, 1e6, 2, 0],
  ],
  exp: [
    [-1, 1, 8, 0],
    [-30, 30, 8, 0],
    [-85, 85, 8, 0],
  ],
  log: [
    [0, 1, 8, 1],
    [0.99, 1.01, 8, 1],
    [1, 1e6, 8, 1],
  ],
  sin: [
    [-3.2, 3.2, 4, 4],
    [-30, 30, 4, 32],
  ],
  cos: [
    [-3.2, 3.2, 4, 4],
    [-30, 30, 4, 32],
  ],
  tanh: [
    [-1, 1, 8, 2],
    [-20, 20, 8, 2],
  ],
  acos: [
    [-1.2, 1.2, 8, 4],
    [0.999, 1, 8, 4],
  ],
  arcCosine0: [
    [-1.2, 1.2, 8, 4],
    [0.999, 1, 8, 4],
  ],
  arcCosine1: [
    [-1.2, 1.2, 8, 4],
    [0.999, 1, 8, 4],
  ],
};

/** [left, right, result, allowed error in rounding units]. */
const binaryPoints: Readonly<
  Record<BinaryOperator, readonly (readonly [number, number, number, number?])[]>
> = {
  add: [
    [1, 2, 3],
    [inf, 1, inf],
    [inf, -inf, nan],
    [nan, 1, nan],
  ],
  sub: [
    [1, 2, -1],
    [inf, inf, nan],
    [1, nan, nan],
  ],
  mul: [
    [3, -2, -6],
    [0, inf, nan],
    [0, nan, nan],
    [-inf, 2, -inf],
  ],
  div: [
    [1, 4, 0.25],
    [1, 0, inf],
    [-1, 0, -inf],
    [0, 0, nan],
    [inf, inf, nan],
    [1, inf, 0],
    [nan, 1, nan],
  ],
  min: [
    [1, 2, 1],
    [2, 1, 1],
    [-inf, 0, -inf],
    [nan, 1, nan],
    [1, nan, nan],
  ],
  max: [
    [1, 2, 2],
    [2, 1, 2],
    [inf, 0, inf],
    [nan, 1, nan],
    [1, nan, nan],
  ],
  pow: [
    [0, 0, 1],
    [2, 0, 1],
    [inf, 0, 1],
    [0, 3, 0],
    [0, 0.5, 0],
    [0, -1, inf],
    [1, 7, 1],
    [4, 0.5, 2, 4],
    [3, 1, 3, 4],
    [2, -2, 0.25, 4],
    [10, 3, 1000, 8],
    [-2, 2, nan],
    [-2, 3, nan],
    [-2, 0.5, nan],
    [nan, 2, nan],
    [2, nan, nan],
    [inf, 2, inf],
    [inf, -1, 0],
    [2, inf, inf],
    [2, -inf, 0],
    [0.5, inf, 0],
    [0.5, -inf, inf],
  ],
};

/** Elements per range: more than the tiles of an engine, and no multiple of anything. */
const count = 5003;

export const operatorCases: readonly ConformanceCase[] = [
  ...Object.entries(unaryPoints).map(([name, points]) =>
    defineCase('operators', `${name}: special points`, async (t) => {
      const operator = name as UnaryOperator;
      for (const [x, expected, units = 0] of points) {
        // Five elements: a vector of an engine and one that is left over.
        const result = t.ops.map(input('x')[operator](), { x: t.tensor([x, x, x, x, x]) });
        const all = new Array<number>(5).fill(expected);
        await t.close(`${name}(${x})`, result, [5], all, units * t.epsilon * Math.max(1, Math.abs(expected)));
      }
    }),
  ),

  ...Object.entries(unaryRanges).map(([name, ranges]) =>
    defineCase('operators', `${name}: over its range`, async (t) => {
      const operator = name as UnaryOperator;
      for (const [from, to, relative, absolute] of ranges) {
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

  ...Object.entries(binaryPoints).map(([name, points]) =>
    defineCase('operators', `${name}: special points`, async (t) => {
      const operator = name as BinaryOperator;
      for (const [x, y, expected, units = 0] of points) {
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
