import {
  constant,
  derivative,
  type Expression,
  input,
  inputNames,
  selectLess,
  selectLessEqual,
} from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { errorBound, reference, type Values } from '../reference/evaluate.ts';
import { samples } from '../reference/samples.ts';
import type { Trial } from '../trial.ts';

const [x, y, z] = [input('x'), input('y'), input('z')];
const nan = Number.NaN;

/** Expressions of x, y, z, to be evaluated with x on (-1, 1), y on (0.5, 2), z on (0.1, 4). */
const formulas: Readonly<Record<string, Expression>> = {
  'a polynomial': x.pow(3).mul(2).sub(x.mul(y)).add(z).sub(0.25),
  'the Laplace kernel of a squared distance': z.sqrt().div(y).neg().exp(),
  'the Gaussian kernel of a squared distance': z.div(y.mul(y).mul(2)).neg().exp(),
  'the generalised kernel exp(-s^(g/2) / L^g)': z.pow(0.7).div(y.pow(1.4)).neg().exp(),
  'a logistic function': x.mul(y).neg().exp().add(1).reciprocal(),
  'a norm': x.mul(x).add(y.mul(y)).add(z.mul(z)).sqrt(),
  trigonometry: x.sin().mul(y.cos()).add(z.sin().mul(x.cos())),
  'all of min, max, abs and sign': x.min(y).max(z.sub(2)).add(x.abs().mul(x.sign())),
  'an arc-cosine kernel': x.mul(0.9).arcCosine1().add(x.mul(0.9).arcCosine0().mul(x)),
  'a constant alone in a branch': selectLess(x, 0.1, 3, z).mul(y),
  'the derivative of the Laplace kernel': derivative(z.sqrt().div(y).neg().exp(), 'z'),
  'the derivative of a power': derivative(y.pow(z), 'z').add(derivative(y.pow(z), 'y')),
};

/** x, y, where the comparison is decided, and what `select(x, y, log(x), y / x)` gives. */
const chosen: readonly (readonly [number, number, number, number])[] = [
  // [x, y, result of select x < y ? x : y / 0 * 0, result with <=]
  [1, 2, 1, 1],
  [2, 2, nan, 2],
  [3, 2, nan, nan],
  [nan, 2, nan, nan],
];

export const expressionCases: readonly ConformanceCase[] = [
  ...Object.entries(formulas).map(([name, formula]) =>
    defineCase('expressions', name, async (t) => {
      const count = 2003;
      const values = {
        x: range(t, count, -1, 1, 1),
        y: range(t, count, 0.5, 2, 2),
        z: range(t, count, 0.1, 4, 3),
      };
      await demandValues(t, formula, values, count);
    }),
  ),

  defineCase(
    'expressions',
    'a select takes its branch, also where the other is NaN or infinite',
    async (t) => {
      const points = [-2, -1, 0, 1, 2];
      const guarded = selectLessEqual(x, 0, 0, x.log());
      const expected = points.map((p) => (p <= 0 ? 0 : Math.log(p)));
      await t.close(
        'x <= 0 ? 0 : log(x)',
        t.ops.map(guarded, { x: t.tensor(points) }),
        [5],
        expected,
        2 * t.epsilon,
      );
      const inverse = selectLess(x.abs(), 0.5, 7, x.reciprocal());
      await t.equal(
        '|x| < 0.5 ? 7 : 1 / x',
        t.ops.map(inverse, { x: t.tensor(points) }),
        [5],
        [-0.5, -1, 7, 1, 0.5],
      );
      const infinite = selectLess(x, 0, constant(1e30).mul(x).exp(), x.mul(1e30).exp().mul(0).add(5));
      const first = t.ops.map(infinite, { x: t.tensor([-2, -1]) });
      await t.equal('the taken branch is 0', first, [2], [0, 0]);
    },
  ),

  defineCase('expressions', 'comparisons at equality, and with NaN', async (t) => {
    for (const [left, right, less, lessEqual] of chosen) {
      const bindings = { x: t.tensor([left, left, left]), y: t.tensor([right, right, right]) };
      const strict = t.ops.map(selectLess(x, y, x, y.mul(nan)), bindings);
      await t.equal(`${left} < ${right}`, strict, [3], [less, less, less]);
      const weak = t.ops.map(selectLessEqual(x, y, x, y.mul(nan)), bindings);
      await t.equal(`${left} <= ${right}`, weak, [3], [lessEqual, lessEqual, lessEqual]);
    }
  }),

  defineCase('expressions', 'shared parts are computed once: 2^60 paths through 180 operators', async (t) => {
    let e = x;
    for (let depth = 0; depth < 60; depth++) e = e.mul(0.3).add(e.sin().mul(0.3)).add(y);
    const values = { x: range(t, 97, -1, 1, 4), y: range(t, 97, -0.2, 0.2, 5) };
    const result = t.ops.map(e, { x: t.tensor(values.x), y: t.tensor(values.y) });
    const exact = reference(e);
    const expected = values.x.map((v, i) => exact({ x: v, y: values.y[i] as number }));
    await t.close('e', result, [97], expected, 64 * t.epsilon);
  }),

  defineCase('expressions', 'many inputs and many intermediate values at once', async (t) => {
    const names = Array.from({ length: 40 }, (_, k) => `a${k}`);
    const squares = names.map((name) => input(name).mul(input(name)).add(1).sqrt());
    // All square roots are alive before the first sum of two distant ones.
    const e = squares
      .map((s, k) => s.mul(squares[(k + 20) % 40] as Expression))
      .reduce((sum, term) => sum.add(term));
    const values = Object.fromEntries(names.map((name, k) => [name, range(t, 131, -1, 1, 10 + k)]));
    const bindings = Object.fromEntries(names.map((name) => [name, t.tensor(values[name] as number[])]));
    const exact = reference(e);
    const expected = Array.from({ length: 131 }, (_, i) =>
      exact(Object.fromEntries(names.map((name) => [name, values[name]?.[i] as number]))),
    );
    const tolerance = expected.map((value) => 64 * t.epsilon * value);
    await t.close('e', t.ops.map(e, bindings), [131], expected, tolerance);
  }),

  defineCase('expressions', 'a long chain', async (t) => {
    let e = x;
    for (let k = 0; k < 300; k++) e = e.add(y).mul(0.5);
    const values = { x: range(t, 65, -1, 1, 6), y: range(t, 65, -1, 1, 7) };
    await demandValues(t, e, { ...values, z: values.x }, 65);
  }),

  defineCase('expressions', 'NaN and infinity pass through', async (t) => {
    const points = [nan, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 1];
    const e = x.mul(2).add(1).abs().sqrt();
    await t.close(
      'sqrt|2 x + 1|',
      t.ops.map(e, { x: t.tensor(points) }),
      [5],
      [nan, Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY, 1, Math.sqrt(3)],
      4 * t.epsilon,
    );
  }),
];

async function demandValues(
  t: Trial,
  formula: Expression,
  values: Readonly<Record<string, readonly number[]>>,
  count: number,
): Promise<void> {
  const names = inputNames(formula);
  const at = (i: number): Values =>
    Object.fromEntries(names.map((name) => [name, values[name]?.[i] as number]));
  const bound = errorBound(formula, t.epsilon);
  const exact = reference(formula);
  const expected = Array.from({ length: count }, (_, i) => exact(at(i)));
  const tolerance = expected.map((_, i) => bound(at(i)));
  const bindings = Object.fromEntries(names.map((name) => [name, t.tensor(values[name] as number[])]));
  await t.close(`${formula}`.slice(0, 60), t.ops.map(formula, bindings), [count], expected, tolerance);
}

function range(t: Trial, count: number, from: number, to: number, seed: number): number[] {
  const next = samples(seed);
  return Array.from({ length: count }, () => t.round(from + ((next() + 1) / 2) * (to - from)));
}
