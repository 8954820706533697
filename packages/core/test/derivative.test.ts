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
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';

const [x, y, z] = [input('x'), input('y'), input('z')];
type Point = Readonly<Record<string, number>>;

function value(e: Expression, point: Point): number {
  return compileScalar(e)(inputNames(e).map((name) => point[name] as number));
}

/** Central differences at two steps, and their extrapolation; the gap between them tells how good it is. */
function difference(e: Expression, name: string, point: Point): { slope: number; doubt: number } {
  const central = (step: number): number => {
    const at = point[name] as number;
    return (
      (value(e, { ...point, [name]: at + step }) - value(e, { ...point, [name]: at - step })) / (2 * step)
    );
  };
  const [coarse, fine] = [central(2e-4), central(1e-4)];
  return { slope: fine + (fine - coarse) / 3, doubt: Math.abs(fine - coarse) };
}

/** Smooth expressions of x, y and z: arguments are kept inside the domains. */
const smooth = fc.letrec<{ tree: Expression; leaf: Expression }>((tie) => {
  const tree = tie('tree');
  const pair = fc.tuple(tree, tree);
  const positive = (e: Expression): Expression => e.mul(e).add(0.5);
  const inside = (e: Expression): Expression => e.tanh().mul(0.9);
  return {
    leaf: fc.oneof(
      fc.constantFrom(x, y, z),
      fc.double({ min: -2, max: 2, noNaN: true }).map((c) => constant(Math.round(c * 64) / 64)),
    ),
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      tie('leaf'),
      pair.map(([a, b]) => a.add(b)),
      pair.map(([a, b]) => a.sub(b)),
      pair.map(([a, b]) => a.tanh().mul(b)),
      pair.map(([a, b]) => a.div(positive(b))),
      pair.map(([a, b]) => positive(a).pow(b.tanh())),
      tree.map((e) => e.neg()),
      tree.map((e) => e.sin()),
      tree.map((e) => e.cos()),
      tree.map((e) => e.tanh().exp()),
      tree.map((e) => positive(e).log()),
      tree.map((e) => positive(e).sqrt()),
      tree.map((e) => positive(e).reciprocal()),
      tree.map((e) => inside(e).acos()),
      tree.map((e) => inside(e).arcCosine0()),
      tree.map((e) => inside(e).arcCosine1()),
    ),
  };
}).tree;

const coordinate = fc.double({ min: -1.5, max: 1.5, noNaN: true }).map((v) => Math.round(v * 1024) / 1024);
const points = fc.record({ x: coordinate, y: coordinate, z: coordinate });

describe('the derivative', () => {
  it('agrees with finite differences for any smooth expression', () => {
    let checked = 0;
    fc.assert(
      fc.property(smooth, points, (e, point) => {
        for (const name of ['x', 'y', 'z']) {
          const exact = value(derivative(e, name), point);
          const { slope, doubt } = difference(e, name, point);
          // Rounding of f, divided by the step, and what the extrapolation leaves.
          const allowed = 1e-10 * (1 + Math.abs(value(e, point))) + 1e-6 * Math.abs(slope) + 0.1 * doubt;
          expect(Math.abs(exact - slope), `d/d${name} of ${e}`).toBeLessThanOrEqual(allowed);
          checked += 1;
        }
      }),
      { numRuns: 400, seed: 20261120 },
    );
    expect(checked).toBeGreaterThanOrEqual(1200);
  });

  it('agrees in second order as well', () => {
    fc.assert(
      fc.property(smooth, points, (e, point) => {
        const first = derivative(e, 'x');
        const { slope, doubt } = difference(first, 'y', point);
        const allowed = 1e-9 * (1 + Math.abs(value(first, point))) + 1e-6 * Math.abs(slope) + 0.1 * doubt;
        expect(Math.abs(value(derivative(first, 'y'), point) - slope)).toBeLessThanOrEqual(allowed);
      }),
      { numRuns: 100, seed: 7 },
    );
  });

  const kinds: readonly (readonly [string, Expression, Point, number])[] = [
    ['x²', x.pow(2), { x: 3 }, 6],
    ['x ^ 2.5', x.pow(2.5), { x: 4 }, 20],
    ['2 ^ x', constant(2).pow(x), { x: 3 }, 8 * Math.log(2)],
    ['x ^ x', x.pow(x), { x: 2 }, 4 * (Math.log(2) + 1)],
    ['|x| below 0', x.abs(), { x: -3 }, -1],
    ['sign(x)', x.sign().mul(x), { x: -3 }, -1],
    ['min, left taken', x.mul(2).min(5), { x: 1 }, 2],
    ['min, right taken', x.mul(2).min(5), { x: 9 }, 0],
    ['max, left taken', x.mul(2).max(5), { x: 9 }, 2],
    ['max, right taken', x.mul(2).max(5), { x: 1 }, 0],
    ['select, first branch', selectLess(x, 2, x.mul(3), x.mul(7)), { x: 1 }, 3],
    ['select, second branch', selectLess(x, 2, x.mul(3), x.mul(7)), { x: 2 }, 7],
    ['another input', y.mul(3), { y: 2 }, 0],
  ];
  it.each(kinds)('of %s', (_, e, point, expected) => {
    expect(value(derivative(e, 'x'), point)).toBeCloseTo(expected, 12);
  });

  it('is 0 where a function is finite and its slope is not', () => {
    expect(value(derivative(x.sqrt(), 'x'), { x: 0 })).toBe(0);
    expect(value(derivative(x.pow(0.7), 'x'), { x: 0 })).toBe(0);
    for (const operator of ['acos', 'arcCosine0'] as const) {
      for (const end of [1, -1, 1.25])
        expect(value(derivative(x[operator](), 'x'), { x: end })).toBeCloseTo(0, 15);
    }
    expect(value(derivative(x.abs(), 'x'), { x: 0 })).toBe(0);
  });

  it('of the Laplace kernel is -k / (2 L √s), and 0 at coincident points', () => {
    const laplace = x.sqrt().div(y).neg().exp();
    const slope = derivative(laplace, 'x');
    expect(value(slope, { x: 4, y: 1.6 })).toBeCloseTo(-Math.exp(-2 / 1.6) / (2 * 1.6 * 2), 15);
    expect(value(slope, { x: 0, y: 1.6 })).toBeCloseTo(0, 15);
  });

  it('of k1 is k0', () => expect(derivative(x.arcCosine1(), 'x')).toBe(x.arcCosine0()));

  it('shares what the function has computed already', () => {
    const e = x.exp();
    expect(derivative(e, 'x')).toBe(e);
    expect(derivative(selectLessEqual(x, 0, 1, 2), 'x')).toBe(constant(0));
  });
});
