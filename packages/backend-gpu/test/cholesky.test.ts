import { type Backend, type FloatDType, NotPositiveDefiniteError, randomArray } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { identityMetric, kernelMatrix, laplace, refinedCholeskySolver } from '@agop/rfm';
import { describe, expect, test } from 'vitest';
import type { CudaBackendOptions } from '../src/cuda/create.ts';
import { emulatedBackend } from './emulator/backend.ts';
import { buildEmulator } from './emulator/build.ts';

const { folder, missing } = buildEmulator();

if (folder === undefined) test.skip(`LEFT OUT, Cholesky in panels on emulated libraries: ${missing}`);
else describe('Cholesky in panels, on emulated libraries', () => panels(folder));

/** More than three panels, the last of which is smaller. */
const order = 200;
const choleskyBlock = 48;

function panels(emulator: string): void {
  const make = (options: CudaBackendOptions): Promise<Backend> => emulatedBackend(emulator, options);

  /** ‖L Lᵀ - A‖ / ‖A‖ of a Laplace kernel matrix with ridge 1e-3, the entries in the dtype. */
  async function factorError(options: CudaBackendOptions, dtype: FloatDType): Promise<number> {
    using backend = await make(options);
    using naive = createNaiveBackend();
    const points = randomArray(order * 10, 'normal', { seed: 3 }, 'float64');
    using x = naive.tensor(points, [order, 10], 'float64');
    using exact = kernelMatrix(naive, laplace({ bandwidth: 10 }), x, x, identityMetric);
    using a = backend.tensor(await exact.read(), [order, order], dtype);
    using factor = await backend.cholesky(a, { ridge: 1e-3 });
    const l = await factor.read();
    const rounded = await a.read();
    let [difference, size] = [0, 0];
    for (let i = 0; i < order; i++) {
      for (let j = 0; j <= i; j++) {
        let sum = 0;
        for (let k = 0; k <= j; k++) sum += (l[i * order + k] as number) * (l[j * order + k] as number);
        const expected = (rounded[i * order + j] as number) + (i === j ? 1e-3 : 0);
        difference += (sum - expected) ** 2;
        size += expected ** 2;
        if (j < i) expect(l[j * order + i]).toBe(0);
      }
    }
    return Math.sqrt(difference / size);
  }

  test('is as exact as cuSOLVER alone, in both dtypes', async () => {
    for (const [dtype, epsilon] of [
      ['float32', 2 ** -23],
      ['float64', 2 ** -52],
    ] as const) {
      expect(await factorError({ choleskyBlock }, dtype)).toBeLessThan(2 * epsilon);
      expect(await factorError({}, dtype)).toBeLessThan(2 * epsilon);
    }
  });

  test('updates in three TF32 products are as good as float32; one alone is not', async () => {
    const inFloat32 = await factorError({ choleskyBlock }, 'float32');
    const inThree = await factorError({ choleskyBlock, precision: '3xtf32' }, 'float32');
    const inOne = await factorError({ choleskyBlock, precision: 'tf32' }, 'float32');
    expect(inThree).toBeLessThan(2 * inFloat32);
    expect(inOne).toBeGreaterThan(100 * inFloat32);
  });

  test('a failing pivot is named, whichever panel it is in', async () => {
    for (const precision of ['float32', '3xtf32'] as const) {
      using backend = await make({ choleskyBlock, precision });
      for (const pivot of [0, 47, 48, 100, 199]) {
        const entries = Float64Array.from({ length: order ** 2 }, (_, at) => {
          const [i, j] = [Math.floor(at / order), at % order];
          if (i !== j) return 1 / order;
          return i === pivot ? -3 : 2;
        });
        using a = backend.tensor(entries, [order, order], 'float32');
        const attempt = backend.cholesky(a);
        await expect(attempt).rejects.toThrow(NotPositiveDefiniteError);
        await expect(attempt).rejects.toMatchObject({ pivot, order });
      }
    }
  });

  test('float64 systems are solved with a float32 factor only where that is faster', async () => {
    // The first device is 9.0, with tensor cores for float64; the second one computes in it 64 times as
    // slowly.
    for (const [options, dtype] of [
      [{ device: 0 }, 'float64'],
      [{ device: 1 }, 'float32'],
      [{ device: 0, precision: '3xtf32' }, 'float32'],
    ] as const) {
      using backend = await make(options);
      const factored: string[] = [];
      const spied: Backend = {
        ...backend,
        cholesky(a, settings) {
          factored.push(a.dtype);
          return backend.cholesky(a, settings);
        },
        solvePositiveDefinite(a, b, settings) {
          factored.push(a.dtype);
          return backend.solvePositiveDefinite(a, b, settings);
        },
      };
      using matrix = backend.identity(800, 'float64');
      using targets = backend.full([800, 1], 2, 'float64');
      const solution = await refinedCholeskySolver().solve(spied, { matrix, targets, ridge: 1 });
      expect((await solution.read())[799]).toBeCloseTo(1, 12);
      solution.dispose();
      expect(factored).toEqual([dtype]);
    }
  });
}
