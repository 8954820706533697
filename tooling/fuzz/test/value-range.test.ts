import { type Expression, input, selectLess } from '@agop/core';
import { describe, expect, test } from 'vitest';
import { isTight, isWithin, rangeAt } from '../src/targets/value-range.ts';

const [x, y] = [input('x'), input('y')];

/** The range, and whether it tells wrong numbers from right ones. */
function at(expression: Expression, a: number, b = 0): { low: number; high: number; nan: boolean } {
  return rangeAt(expression, a, b);
}

describe('the values that an expression may have', () => {
  test('what IEEE 754 fixes is one number, to the last bit', () => {
    const e = x.add(x).add(y).sqrt().sub(x.neg().abs()).max(-7).min(9).sign().add(x);
    const value = Math.sign(Math.min(9, Math.max(-7, Math.sqrt(0.1 + 0.1 + 0.7) - 0.1))) + 0.1;
    expect(at(e, 0.1, 0.7)).toEqual({ low: value, high: value, nan: false });
  });

  test('a product may be fused with the sum that it is part of, a quotient may be two operations', () => {
    const left = at(x.mul(x).sub(y), 0.1, 0.01);
    for (const value of [0.1 * 0.1 - 0.01, 8.326672684688674e-19]) expect(isWithin(left, value)).toBe(true);
    expect(isWithin(left, 1e-17)).toBe(false);
    expect(at(x.mul(y), 0.1, 0)).toEqual({ low: 0, high: 0, nan: false });
    expect(isWithin(at(x.div(y), 5, 49), 5 * (1 / 49))).toBe(true);
    expect(isWithin(at(x.div(y), 5, 49), 0.102041)).toBe(false);
  });

  test.each<[string, Expression, number]>([
    ['exp', x.exp(), Math.exp(0.3)],
    ['log', x.log(), Math.log(0.3)],
    ['sin', x.sin(), Math.sin(0.3)],
    ['cos', x.cos(), Math.cos(0.3)],
    ['tanh', x.tanh(), Math.tanh(0.3)],
    ['acos', x.acos(), Math.acos(0.3)],
    ['arcCosine0', x.arcCosine0(), 1 - Math.acos(0.3) / Math.PI],
    ['pow', x.pow(1.7), 0.3 ** 1.7],
  ])('%s may be off by roundings, not by more', (_, e, value) => {
    const range = at(e, 0.3);
    expect(isTight(range)).toBe(true);
    expect(isWithin(range, value)).toBe(true);
    expect(isWithin(range, value * (1 + 1e-15))).toBe(true);
    for (const wrong of [value * (1 + 1e-8), value * (1 - 1e-8), Number.NaN]) {
      expect(isWithin(range, wrong)).toBe(false);
    }
  });

  test('NaN is demanded where only NaN is right, and allowed where the last digit decides', () => {
    for (const e of [x.sqrt(), x.log(), x.add(1).div(y), x.pow(y.add(0.5))]) {
      expect(isWithin(at(e, -1), Number.NaN)).toBe(true);
      expect(isWithin(at(e, -1), 0)).toBe(false);
    }
    const lastDigit = y.div(x.tanh().sub(x));
    for (const value of [0, Number.NaN]) expect(isWithin(at(lastDigit, -4e-9), value)).toBe(true);
    expect(isWithin(at(lastDigit, -0.5), 0)).toBe(true);
    expect(isWithin(at(lastDigit, -0.5), Number.NaN)).toBe(false);
  });

  test('a comparison keeps both branches where rounding decides it, one where it does not', () => {
    const e = selectLess(x.exp(), y, 1, 2);
    const near = at(e, 1, Math.E);
    expect([isWithin(near, 1), isWithin(near, 2)]).toEqual([true, true]);
    expect(at(e, 1, 3)).toEqual({ low: 1, high: 1, nan: false });
    expect(at(e, 1, 2)).toEqual({ low: 2, high: 2, nan: false });
    expect(at(selectLess(x.sqrt(), y, 1, 2), -1, 3)).toEqual({ low: 2, high: 2, nan: false });
  });

  test('angles and their cosines stay bounded however large the argument', () => {
    const range = at(x.sin(), 1e300);
    expect([isWithin(range, 1), isWithin(range, 1.1)]).toEqual([true, false]);
  });
});
