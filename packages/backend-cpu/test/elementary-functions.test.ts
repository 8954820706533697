import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, type Expression, type FloatDType, input } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

const x = input('x');
const tiny = 2 ** -1074;

/** Arguments over many orders of magnitude, both signs, and around the ends of the float ranges. */
function arguments_(low: number, high: number): number[] {
  const values = [0, -0, 1, -1, 0.5, -0.5, 2, Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  values.push(
    tiny,
    -tiny,
    2 ** -1022,
    2 ** -1030,
    2 ** -126,
    2 ** -140,
    2 ** -149,
    2 ** 127,
    3e38,
    1e300,
    -1e300,
  );
  for (let i = 0; i <= 20000; i++) values.push(low + ((high - low) * i) / 20000);
  for (let e = -300; e <= 300; e += 0.37) values.push(10 ** e, -(10 ** e));
  return values;
}

interface Case {
  readonly name: string;
  readonly expression: Expression;
  readonly exact: (x: number) => number;
  readonly range: readonly [number, number];
  /** Units in the last place, in float64 and float32. */
  readonly ulps: readonly [number, number];
  /** Differences below this count as none (results that cancel). */
  readonly absolute?: number;
}

const acos = (v: number): number => Math.acos(Math.max(-1, Math.min(1, v)));
const cases: readonly Case[] = [
  { name: 'exp', expression: x.exp(), exact: Math.exp, range: [-760, 720], ulps: [2, 1.5] },
  { name: 'log', expression: x.log(), exact: Math.log, range: [0, 20], ulps: [2, 1.5] },
  { name: 'sqrt', expression: x.sqrt(), exact: Math.sqrt, range: [0, 1e6], ulps: [0, 0.5] },
  { name: 'sin', expression: x.sin(), exact: Math.sin, range: [-100, 100], ulps: [2, 2] },
  { name: 'cos', expression: x.cos(), exact: Math.cos, range: [-100, 100], ulps: [2, 2] },
  { name: 'tanh', expression: x.tanh(), exact: Math.tanh, range: [-25, 25], ulps: [3, 2.5] },
  { name: 'acos', expression: x.acos(), exact: acos, range: [-1.01, 1.01], ulps: [3, 2.5] },
  {
    name: 'arcCosine0',
    expression: x.arcCosine0(),
    exact: (v) => acos(-v) / Math.PI,
    range: [-1.01, 1.01],
    ulps: [4, 3],
  },
  {
    name: 'arcCosine1',
    expression: x.arcCosine1(),
    exact: (v) => {
      const c = Math.max(-1, Math.min(1, v));
      return (Math.sqrt((1 - c) * (1 + c)) + c * acos(-c)) / Math.PI;
    },
    range: [-1.01, 1.01],
    ulps: [4, 4],
    absolute: 1,
  },
  {
    name: 'pow 1.75',
    expression: x.pow(1.75),
    exact: (v) => (v < 0 ? Number.NaN : v ** 1.75),
    range: [0, 50],
    ulps: [3, 1.5],
  },
  {
    name: 'pow -12.25',
    expression: x.pow(-12.25),
    exact: (v) => (v < 0 ? Number.NaN : v ** -12.25),
    range: [0, 3],
    ulps: [3, 1.5],
  },
  {
    name: 'pow 150.5',
    expression: x.pow(150.5),
    exact: (v) => (v < 0 ? Number.NaN : v ** 150.5),
    range: [0.01, 100],
    ulps: [3, 1.5],
  },
  {
    name: '1.0001 pow',
    expression: powerOf(1.0001),
    exact: (v) => 1.0001 ** v,
    range: [-8e6, 8e6],
    ulps: [3, 1.5],
  },
];

function powerOf(base: number): Expression {
  // A base that is a tensor's element, so that nothing is folded.
  return x.mul(0).add(base).pow(x);
}

for (const simd of ['relaxed', 'baseline'] as const) {
  describe(`${simd} SIMD`, () => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await createCpuBackend({ threads: 1, simd });
    });
    afterAll(() => backend.dispose());

    for (const { name, expression, exact, range, ulps, absolute = 0 } of cases) {
      test.each(['float64', 'float32'] as const)(`${name} in %s`, async (dtype) => {
        const ofType = dtype === 'float64' ? Float64Array : Float32Array;
        const values = ofType.from(arguments_(...range));
        using given = backend.tensor(values, [values.length], dtype);
        using result = backend.map(expression, { x: given });
        const computed = await result.read();
        const worst = { error: 0, at: Number.NaN, got: Number.NaN, wanted: Number.NaN };
        values.forEach((v, i) => {
          const base = name === '1.0001 pow' && dtype === 'float32' ? Math.fround(1.0001) ** v : exact(v);
          const got = computed[i] as number;
          const error = errorInUlps(got, base, dtype, absolute);
          if (!(error <= worst.error)) Object.assign(worst, { error, at: v, got, wanted: base });
        });
        expect(worst.error, JSON.stringify(worst)).toBeLessThanOrEqual(ulps[dtype === 'float64' ? 0 : 1]);
      });
    }

    test('exact values', async () => {
      for (const dtype of ['float64', 'float32'] as const) {
        const at = async (e: Expression, v: number): Promise<number> => {
          using given = backend.tensor([v], [1], dtype);
          using result = backend.map(e, { x: given });
          return (await result.read())[0] as number;
        };
        expect(await at(x.exp(), 0)).toBe(1);
        expect(await at(x.log(), 1)).toBe(0);
        expect(await at(x.log(), 0)).toBe(Number.NEGATIVE_INFINITY);
        expect(await at(x.acos(), 1)).toBe(0);
        expect(await at(x.arcCosine0(), 1)).toBe(1);
        expect(await at(x.arcCosine0(), -1)).toBe(0);
        expect(await at(x.arcCosine1(), 1)).toBe(1);
        expect(await at(x.sin(), 0)).toBe(0);
        expect(await at(x.cos(), 0)).toBe(1);
        expect(await at(x.pow(2.5), 0)).toBe(0);
        expect(await at(x.pow(-2.5), 0)).toBe(Number.POSITIVE_INFINITY);
        expect(await at(x.exp(), -1e9)).toBe(0);
        expect(await at(x.exp(), 1e9)).toBe(Number.POSITIVE_INFINITY);
      }
    });
  });
}

/** |got - wanted| in units of the last place of `wanted`; 0 where both are the same infinity, zero or NaN. */
function errorInUlps(got: number, wanted: number, dtype: FloatDType, absolute: number): number {
  const rounded = dtype === 'float32' ? Math.fround(wanted) : wanted;
  if (Object.is(got, rounded) || got === rounded) return 0;
  if (!Number.isFinite(got) || !Number.isFinite(rounded)) {
    // Next to the overflow threshold either side of it is a rounding.
    const largest = dtype === 'float32' ? 3.4028234e38 : Number.MAX_VALUE;
    return Math.abs(got) > largest * (1 - 1e-6) && Math.abs(rounded) > largest * (1 - 1e-6)
      ? 0
      : Number.POSITIVE_INFINITY;
  }
  const [bits, smallest] = dtype === 'float32' ? [23, -126] : [52, -1022];
  const exponent = Math.max(Math.floor(Math.log2(Math.max(Math.abs(wanted), absolute))), smallest);
  return Math.abs(got - wanted) / 2 ** (exponent - bits);
}
