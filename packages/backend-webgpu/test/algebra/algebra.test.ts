import { type Backend, type NotPositiveDefiniteError, randomArray } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWebGpuBackend, deviceCounters, type WebGpuBackendOptions } from '../../src/index.ts';
import { missingDevice } from '../device-at-hand.ts';
import { factorError, laplaceMatrix, residual } from './systems.ts';

const missing = await missingDevice();
const epsilon = 2 ** -23;

/** Both sides of strips and blocks; the second device shows kernels 256 KiB at a time, in blocks of rows. */
const settings: readonly [string, WebGpuBackendOptions, readonly number[]][] = [
  ['whole matrices', {}, [1, 64, 545]],
  ['blocks of rows', { bindingBytes: 2 ** 18 }, [33, 300]],
];

if (missing) test.skip(`LEFT OUT, linear algebra on a device: ${missing}`);
else {
  describe.each(settings)('%s', (_, options, sizes) => {
    let backend: Backend;
    beforeAll(async () => {
      backend = await createWebGpuBackend(options);
    });
    afterAll(() => backend.dispose());

    test.each(sizes.map((n) => [n]))('factor and solutions of order %d', async (n) => {
      const [a, ridge] = [laplaceMatrix(n, n), 1e-3];
      using matrix = backend.tensor(a, [n, n], 'float32');
      using factor = await backend.cholesky(matrix, { ridge });
      const l = await factor.read();
      expect(factorError(l, a, n, ridge)).toBeLessThan((n + 4) * epsilon);
      for (const sides of n > 500 ? [6, 70] : [1, 6, 70]) {
        const b = randomArray(n * sides, 'normal', { seed: sides }, 'float32');
        using right = backend.tensor(b, [n, sides], 'float32');
        for (const transpose of [false, true]) {
          using solution = backend.solveTriangular(factor, right, { transpose });
          const error = residual(l, await solution.read(), b, { n, sides, transpose });
          expect(error).toBeLessThan(30 * epsilon);
        }
      }
    });

    test('the first pivot that is not positive and finite, in whatever block', async () => {
      const n = Math.min(300, sizes.at(-1) as number);
      for (const [pivot, value] of [
        [0, -3],
        [n - 1, -4],
        [n - 90, Number.NaN],
        [70, Number.POSITIVE_INFINITY],
      ] as const) {
        const a = laplaceMatrix(n, 1);
        a[pivot * n + pivot] = value;
        using matrix = backend.tensor(a, [n, n], 'float32');
        const error = await backend
          .cholesky(matrix, { ridge: 1 })
          .then(undefined, (failure: unknown) => failure);
        expect(error).toMatchObject({ code: 'NOT_POSITIVE_DEFINITE', pivot, order: n });
        const named = (error as NotPositiveDefiniteError).value;
        if (Number.isFinite(value)) expect(named).toBeLessThan(0);
        else expect(named).toBe(value);
      }
    });
  });

  test('a factorization is one submission with one read, and its bytes are counted', async () => {
    using backend = await createWebGpuBackend();
    const n = 600;
    using matrix = backend.tensor(laplaceMatrix(n, 2), [n, n], 'float32');
    await matrix.read();
    const before = deviceCounters(backend);
    using _factor = await backend.cholesky(matrix, { ridge: 1e-3, overwrite: true });
    const after = deviceCounters(backend);
    expect(after.dispatches - before.dispatches).toBe(5);
    expect(after.passes - before.passes).toBe(1);
    expect(after.downloadedBytes - before.downloadedBytes).toBe(8);
  });
}
