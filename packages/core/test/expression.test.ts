import {
  compileScalar,
  constant,
  constantValue,
  type Expression,
  evaluationOrder,
  input,
  inputNames,
  OptionError,
  selectLess,
  selectLessEqual,
  substitute,
} from '@agop/core';
import { describe, expect, it } from 'vitest';

const [x, y, z] = [input('x'), input('y'), input('z')];

describe('interning', () => {
  it('makes equal structure one object', () => {
    expect(input('x')).toBe(x);
    expect(constant(0.1)).toBe(constant(0.1));
    expect(x.add(y).sqrt()).toBe(x.add(y).sqrt());
    expect(selectLess(x, y, x, z)).toBe(selectLess(x, y, x, z));
  });

  it('does not see the order of sums, products, minima and maxima', () => {
    for (const operator of ['add', 'mul', 'min', 'max'] as const) expect(x[operator](y)).toBe(y[operator](x));
    for (const operator of ['sub', 'div', 'pow'] as const) expect(x[operator](y)).not.toBe(y[operator](x));
  });

  it('tells 0 from -0, comparisons and operators apart', () => {
    expect(constant(0)).not.toBe(constant(-0));
    expect(constant(Number.NaN)).toBe(constant(Number.NaN));
    expect(selectLess(x, y, x, z)).not.toBe(selectLessEqual(x, y, x, z));
    expect(x.sin()).not.toBe(x.cos());
  });

  it('gives operands smaller ids than their users', () => {
    for (const e of evaluationOrder(x.add(y).mul(z.exp()))) {
      for (const operand of evaluationOrder(e).slice(0, -1)) expect(operand.id).toBeLessThan(e.id);
    }
  });
});

describe('simplification', () => {
  const same: readonly (readonly [string, Expression, Expression])[] = [
    ['x + 0', x.add(0), x],
    ['0 + x', constant(0).add(x), x],
    ['x - 0', x.sub(0), x],
    ['x - x', x.sub(x), constant(0)],
    ['0 - x', constant(0).sub(x), x.neg()],
    ['x * 1', x.mul(1), x],
    ['x * 0', x.mul(0), constant(0)],
    ['x * -1', x.mul(-1), x.neg()],
    ['x / 1', x.div(1), x],
    ['1 / x', constant(1).div(x), x.reciprocal()],
    ['0 / x', constant(0).div(x), constant(0)],
    ['x ^ 0', x.pow(0), constant(1)],
    ['x ^ 1', x.pow(1), x],
    ['x ^ 2', x.pow(2), x.mul(x)],
    ['x ^ 4', x.pow(4), x.mul(x).mul(x.mul(x))],
    ['x ^ -1', x.pow(-1), x.reciprocal()],
    ['x ^ 0.5', x.pow(0.5), x.sqrt()],
    ['-(-x)', x.neg().neg(), x],
    ['min(x, x)', x.min(x), x],
    ['max(x, x)', x.max(x), x],
    ['x < y ? z : z', selectLess(x, y, z, z), z],
    ['1 < 2 ? x : y', selectLess(1, 2, x, y), x],
    ['2 < 2 ? x : y', selectLess(2, 2, x, y), y],
    ['2 <= 2 ? x : y', selectLessEqual(2, 2, x, y), x],
    ['NaN <= 2 ? x : y', selectLessEqual(Number.NaN, 2, x, y), y],
  ];
  it.each(same)('%s', (_, actual, expected) => expect(actual).toBe(expected));

  it('computes with constants', () => {
    expect(constantValue(constant(2).add(3).mul(4).sqrt())).toBeCloseTo(Math.sqrt(20), 15);
    expect(constantValue(constant(2).pow(-3))).toBe(0.125);
    expect(constantValue(x)).toBeUndefined();
  });
});

describe('expressions', () => {
  it('are listed with operands before their users, each once', () => {
    const shared = x.add(y);
    const e = shared.sin().mul(shared.cos());
    const order = evaluationOrder(e);
    expect(order.at(-1)).toBe(e);
    expect(order).toHaveLength(6);
    expect(new Set(order).size).toBe(6);
    expect(order.indexOf(shared)).toBeGreaterThan(order.indexOf(y));
  });

  it('name their inputs in order of first use', () => {
    expect(inputNames(z.add(x).mul(z.sub(y)))).toEqual(
      evaluationOrder(z.add(x).mul(z.sub(y))).flatMap(({ node }) =>
        node.kind === 'input' ? [node.name] : [],
      ),
    );
    expect(inputNames(constant(3))).toEqual([]);
  });

  it('are written out', () => {
    expect(`${x.sqrt().div(y).neg().exp()}`).toBe('exp(neg(div(sqrt(x), y)))');
    expect(`${selectLess(x, 1, 0, y)}`).toBe('select(less(x, 1), 0, y)');
  });

  it('refuse names that are no identifiers', () => {
    for (const name of ['', '1x', 'a b', 'x;', 'é']) expect(() => input(name)).toThrow(OptionError);
    expect(() => input('_x9')).not.toThrow();
  });

  it('have their inputs replaced', () => {
    const e = x.mul(y).add(x.sin());
    expect(substitute(e, { x: y })).toBe(y.mul(y).add(y.sin()));
    expect(substitute(e, { x: y, y: x })).toBe(x.mul(y).add(y.sin()));
    expect(substitute(e, {})).toBe(e);
    expect(substitute(input('constructor'), {})).toBe(input('constructor'));
    expect(substitute(selectLess(x, y, z, x), { z: constant(4) })).toBe(selectLess(x, y, 4, x));
  });
});

describe('compileScalar', () => {
  it('takes values in the order of inputNames', () => {
    const e = z.sub(x.mul(10)).add(y.mul(100));
    const values = inputNames(e).map((name) => ({ x: 1, y: 2, z: 3 })[name] as number);
    expect(compileScalar(e)(values)).toBe(193);
  });

  it('may be called again and again, and is independent of other functions', () => {
    const [f, g] = [compileScalar(x.exp()), compileScalar(x.exp().add(1))];
    expect([f([0]), g([0]), f([1]), f([0])]).toEqual([1, 2, Math.E, 1]);
  });

  it('clamps cosines, and follows the definitions at the ends', () => {
    expect(compileScalar(x.acos())([1.5])).toBe(0);
    expect(compileScalar(x.arcCosine0())([1])).toBe(1);
    expect(compileScalar(x.arcCosine1())([1])).toBe(1);
    expect(compileScalar(x.arcCosine0())([0])).toBe(0.5);
    expect(compileScalar(x.arcCosine1())([0])).toBeCloseTo(1 / Math.PI, 15);
    expect(compileScalar(x.arcCosine1())([-1])).toBeCloseTo(0, 15);
  });

  it('has powers of negative numbers only for the exponents that become products', () => {
    expect(compileScalar(x.pow(3))([-2])).toBe(-8);
    expect(compileScalar(x.pow(y))([-2, 3])).toBeNaN();
    expect(compileScalar(x.pow(5))([-2])).toBeNaN();
  });
});
