import { input } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { type InnerProductKernel, ntk } from '@agop/rfm';
import { expect, test } from 'vitest';
import { generateKernel } from '../src/expression/cuda-expression.ts';
import { emulatedBackend } from './emulator/backend.ts';
import { buildEmulator } from './emulator/build.ts';

const { folder, missing } = buildEmulator();
const kinds = { u: 'full', p: 'column', q: 'row' } as const;

function expressionOf(depth: number) {
  const kernel: InnerProductKernel = ntk({ depth });
  return kernel.value;
}

test('an expression of many functions is written once for one element, its functions apart', () => {
  const { source, elements } = generateKernel(expressionOf(20), kinds, 'float64', 'grid');
  expect(elements).toBe(256);
  expect(source).toContain('#define PLACE __noinline__');
  expect(source).not.toMatch(/r < 4/);
  // Its length grows with that of the expression, nothing more.
  const shorter = generateKernel(expressionOf(10), kinds, 'float64', 'grid').source;
  expect(source.length).toBeLessThan(2.5 * shorter.length);
});

test('a short one has four elements at a time, and everything inline', () => {
  const { source, elements } = generateKernel(input('u').exp(), { u: 'full' }, 'float32', 'flat');
  expect(elements).toBe(1024);
  expect(source).toContain('#define PLACE inline');
});

test.skipIf(folder === undefined)(
  `a long expression has the values of a loop${missing ? ` (LEFT OUT: ${missing})` : ''}`,
  async () => {
    using device = await emulatedBackend(folder ?? '');
    using host = createNaiveBackend();
    const values = await Promise.all(
      [device, host].map(async (backend) => {
        using u = backend.random([40, 30], 'uniform', { seed: 1 }, 'float64');
        using p = backend.full([40, 1], 1.5, 'float64');
        using q = backend.full([1, 30], 1.25, 'float64');
        const rounding = { roundingP: 0, roundingQ: 0 };
        using out = backend.map(expressionOf(8), { u, p, q, ...rounding });
        return await out.read();
      }),
    );
    const [actual = [], expected = []] = values;
    expect(actual).toHaveLength(1200);
    for (const [i, value] of expected.entries()) expect(actual[i]).toBeCloseTo(value, 10);
  },
);
