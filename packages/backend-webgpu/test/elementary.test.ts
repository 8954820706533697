import { type Backend, type BinaryOperator, input, type UnaryOperator } from '@agop/core';
import { binaryOperators, unaryOperators } from '@agop/core/engine';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWebGpuBackend } from '../src/index.ts';
import { missingDevice } from './device-at-hand.ts';

// Every operator against float64, over all numbers that float32 has: numbers of random bits, those near where
// a function changes its way, and those that are special.

/** Largest error in units of eps · |f|. */
const unary: Readonly<Record<UnaryOperator, number>> = {
  neg: 0,
  abs: 0,
  sign: 0,
  reciprocal: 1,
  sqrt: 1,
  exp: 2,
  log: 2,
  sin: 2,
  cos: 2,
  tanh: 3,
  acos: 2,
  arcCosine0: 3,
  arcCosine1: 4,
};

const binary: Readonly<Record<BinaryOperator, number>> = {
  add: 0.5,
  sub: 0.5,
  mul: 0.5,
  div: 1,
  min: 0,
  max: 0,
  pow: 3,
};

const special = [0, -0, 1, -1, 0.5, -0.5, 2, 3, 10, 1e-30, 1e30, 3.4e38, -3.4e38].concat([
  Number.POSITIVE_INFINITY,
  Number.NEGATIVE_INFINITY,
  Number.NaN,
]);

/** Numbers of random bits, and numbers between bounds where functions do most of what they do. */
function arguments_(count: number, seed: number): Float32Array {
  const words = new Uint32Array(count);
  let state = seed;
  for (let i = 0; i < count; i++) {
    state = Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9;
    words[i] = state ^ (state >>> 13);
  }
  const numbers = new Float32Array(words.buffer);
  for (let i = 0; i < count; i++) {
    const place = (words[i] ?? 0) / 2 ** 32;
    if (i % 4 === 1) numbers[i] = 2 * place - 1;
    else if (i % 4 === 2) numbers[i] = 200 * place - 100;
    else if (i % 4 === 3 && i % 3 === 0) numbers[i] = 1 + (place - 0.5) / 256;
  }
  numbers.set(special, 0);
  return numbers.map((x) => (Math.abs(x) < 2 ** -126 ? 0 : x));
}

/** In units of the last place of the result; results below the smallest normal number may be 0. */
function errorOf(actual: number, exact: number): number {
  if (Number.isNaN(exact)) return Number.isNaN(actual) ? 0 : Number.POSITIVE_INFINITY;
  const rounded = Math.fround(exact);
  if (actual === rounded) return 0;
  if (Math.abs(exact) < 2 ** -126) return Math.abs(actual) <= 2 ** -126 ? 0 : Number.POSITIVE_INFINITY;
  const largest = (2 - 2 ** -23) * 2 ** 127;
  if (!Number.isFinite(actual))
    return Math.abs(exact) > largest * (1 - 2 ** -20) ? 0 : Number.POSITIVE_INFINITY;
  return Math.abs(actual - exact) / (2 ** -23 * Math.abs(exact));
}

const missing = await missingDevice();

if (missing) test.skip(`LEFT OUT, tests on a device: ${missing}`);
else describe('operators over the whole range', onDevice);

function onDevice(): void {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createWebGpuBackend();
  });
  afterAll(() => backend.dispose());
  const count = 40_000;

  test.each(Object.entries(unary))('%s: within %d units', async (name, allowed) => {
    const operator = name as UnaryOperator;
    const x = arguments_(count, 7);
    using on = backend.tensor(x, [count], 'float32');
    using result = backend.map(input('x')[operator](), { x: on });
    const worst = worstOf(await result.read(), (i) => unaryOperators[operator](x[i] as number));
    expect(worst.units, `at ${x[worst.at]}`).toBeLessThanOrEqual(allowed);
  });

  test.each(Object.entries(binary))('%s: within %d units', async (name, allowed) => {
    const operator = name as BinaryOperator;
    const x = arguments_(count, 11);
    const y = arguments_(count, 13);
    // All pairs of special numbers.
    for (const [i, a] of special.entries()) {
      for (const [j, b] of special.entries()) [x[i * special.length + j], y[i * special.length + j]] = [a, b];
    }
    using left = backend.tensor(x, [count], 'float32');
    using right = backend.tensor(y, [count], 'float32');
    using result = backend.map(input('x')[operator](input('y')), { x: left, y: right });
    const exact = (i: number): number => binaryOperators[operator](x[i] as number, y[i] as number);
    const worst = worstOf(await result.read(), exact);
    expect(worst.units, `at ${x[worst.at]}, ${y[worst.at]}`).toBeLessThanOrEqual(allowed);
  });
}

function worstOf(actual: ArrayLike<number>, exact: (i: number) => number): { units: number; at: number } {
  let worst = { units: 0, at: 0 };
  for (let i = 0; i < actual.length; i++) {
    const units = errorOf(actual[i] as number, exact(i));
    if (units > worst.units) worst = { units, at: i };
  }
  return worst;
}
