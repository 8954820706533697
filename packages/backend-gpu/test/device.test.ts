import { conformanceCases, lifecycleCases } from '@agop/conformance';
import { type Backend, OptionError } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createGpuBackend, createGpuPool } from '../src/index.ts';
import { missingDevice } from './device-at-hand.ts';

const missing = await missingDevice();

if (missing) test.skip(`LEFT OUT, tests on a device: ${missing}`);
else describe('on a device', deviceTests);

function deviceTests(): void {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createGpuBackend({ engine: 'cuda' });
  });
  afterAll(() => backend.dispose());

  for (const { group, name, run } of conformanceCases) test(`${group}: ${name}`, () => run(backend));
  for (const { name, run } of lifecycleCases) {
    test(name, () => run(() => createGpuBackend({ engine: 'cuda' })));
  }

  test('Cholesky in panels, also in 3xTF32: factors as exact as those of cuSOLVER', async () => {
    const n = 300;
    for (const [dtype, epsilon] of [
      ['float32', 2 ** -23],
      ['float64', 2 ** -52],
    ] as const) {
      for (const precision of ['float32', '3xtf32'] as const) {
        using own = await createGpuBackend({ engine: 'cuda', precision, choleskyBlock: 64 });
        using x = own.random([n, n], 'normal', { seed: 5 }, dtype);
        using a = own.gram(x, { alpha: 1 / n });
        using l = await own.cholesky(a, { ridge: 1 });
        using difference = own.clone(a);
        own.gram(l, { alpha: 1, beta: -1, out: difference });
        using shifted = own.identity(n, dtype);
        const error = await deviation(own, difference, shifted);
        expect(error).toBeLessThan(20 * epsilon);
      }
    }
  });

  test('a pool has all devices, each with its memory', async () => {
    using pool = await createGpuPool({ engine: 'cuda' });
    const sums = await Promise.all(
      pool.backends.map((_, i) =>
        pool.run(async (own) => {
          using a = own.full([1000], i + 1, 'float64');
          using sum = own.sum(a, 'all');
          return (await sum.read())[0];
        }),
      ),
    );
    expect(sums).toEqual(pool.backends.map((_, i) => 1000 * (i + 1)));
    const absent = await createGpuPool({ engine: 'cuda', devices: [1000] }).catch((error: unknown) => error);
    expect(absent).toBeInstanceOf(OptionError);
  });
}

/** ‖D - I‖ / √n, the norm of what is left of L Lᵀ - A - I. */
async function deviation(
  backend: Backend,
  d: ReturnType<Backend['clone']>,
  identity: typeof d,
): Promise<number> {
  using rest = backend.gram(identity, { alpha: -1, beta: 1, out: backend.clone(d) });
  using norm = backend.norm(rest, 'all');
  return ((await norm.read())[0] as number) / Math.sqrt(d.shape[0] as number);
}
