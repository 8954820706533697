import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, input, OptionError, type Tensor, UnavailableError } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { blasFiles } from '../../src/native/places.ts';
import { inNode } from '../in-node.ts';
import { installedLibraries } from './libraries.ts';

const file = installedLibraries().find(({ blas }) => blas)?.blas?.file;

describe('the option blas', () => {
  test('is none by default', async () => {
    using backend = await createCpuBackend({ threads: 1 });
    expect(backend.device.details['blas']).toBe('none');
    expect(backend.device.description).not.toMatch(/products by/);
  });

  test('auto says what it took, or why nothing', async () => {
    using backend = await createCpuBackend({ threads: 1, blas: 'auto' });
    const { blas, noBlas } = backend.device.details;
    if (blas === 'none') expect(noBlas).toMatch(/\w/);
    else expect(backend.device.description).toContain(`; large products by ${blas}, 1 thread`);
  });

  test('a library that is not there is an error that names it', async () => {
    const missing = createCpuBackend({ threads: 1, blas: '/nowhere/libopenblas.so' });
    await expect(missing).rejects.toSatisfy(UnavailableError.isInstance);
    await expect(missing).rejects.toThrow(
      /There is no BLAS in '\/nowhere\/libopenblas.so'.*\n.*cannot open/s,
    );
    await expect(createCpuBackend({ blas: '' })).rejects.toBeInstanceOf(OptionError);
  });

  test('a library of something else is refused', async () => {
    const other = createCpuBackend({
      threads: 1,
      blas: process.platform === 'darwin' ? 'libz.dylib' : 'libm.so.6',
    });
    await expect(other).rejects.toThrow(/no CBLAS/);
  });

  test("without the right of Node's permission model it computes by itself, and says which is missing", async () => {
    const program = `const { createCpuBackend } = await import('@agop/backend-cpu');
      const backend = await createCpuBackend({ threads: 1, blas: 'auto' });
      console.log(backend.device.details.noBlas);`;
    expect(await inNode(program, '--permission', '--allow-fs-read=*', '--no-warnings')).toMatch(
      /start Node with --allow-addons/,
    );
  });
});

describe('where libraries are looked for', () => {
  const files = (platform: string, environment: Record<string, string> = {}, processor = 'AMD EPYC') =>
    blasFiles({
      platform,
      environment,
      processor,
      list: (folder) =>
        folder === '/venv/lib'
          ? ['python3.12', 'pkgconfig']
          : folder === '/venv/lib/python3.12/site-packages/numpy.libs'
            ? ['libgfortran-5.so', 'libscipy_openblas64_-1.so']
            : [],
    });

  test('Accelerate comes first on macOS', () => {
    expect(files('darwin')[0]).toMatch(/Accelerate$/);
  });

  test("Intel's library comes first on its processors, and last on others", () => {
    expect(files('linux', {}, 'Intel(R) Xeon(R)')[0]).toBe('libmkl_rt.so.3');
    expect(files('linux')[0]).toBe('libopenblas.so.0');
    expect(files('linux').indexOf('libmkl_rt.so.3')).toBeGreaterThan(0);
    expect(files('win32', {}, 'Intel')[0]).toBe('mkl_rt.3.dll');
  });

  test("conda's folder and wheels of the active Python are looked into", () => {
    expect(files('linux', { CONDA_PREFIX: '/conda' })).toContain('/conda/lib/libopenblas.so.0');
    expect(files('linux', { VIRTUAL_ENV: '/venv' }).at(-1)).toBe(
      '/venv/lib/python3.12/site-packages/numpy.libs/libscipy_openblas64_-1.so',
    );
    expect(files('win32', { CONDA_PREFIX: 'C:\\conda' })).toContain('C:\\conda\\Library\\bin\\openblas.dll');
  });
});

function random(b: Backend, m: number, n: number): Tensor {
  return b.random([m, n], 'normal', { seed: 7, stream: 1000 * m + n }, 'float64');
}

function positive(b: Backend, n: number): Tensor {
  return b.gram(random(b, n, n + 3), { alpha: 1 / n });
}

const squareRoot = input('u').abs().sqrt();

/** Large enough for the library. */
const works: Record<string, (b: Backend) => Tensor | Promise<Tensor>> = {
  matmul: (b) => b.matmul(random(b, 300, 200), random(b, 300, 150), { transposeA: true, alpha: 0.3 }),
  'matmul in batches': (b) => b.matmul(random(b, 600, 200), random(b, 600, 200), { batches: 3 }),
  gram: (b) => b.gram(random(b, 1500, 203), { transpose: true }),
  pairwise: (b) => b.pairwise(random(b, 300, 140), random(b, 200, 140), squareRoot),
  cholesky: (b) => b.cholesky(positive(b, 611), { ridge: 1 }),
  solveTriangular: (b) => b.solveTriangular(positive(b, 300), random(b, 300, 40), { transpose: true }),
};

describe.skipIf(file === undefined)('large work by the library', () => {
  let backends: Backend[];
  beforeAll(async () => {
    backends = [
      await createCpuBackend({ threads: 2, blas: file as string }),
      await createCpuBackend({ threads: 2, blas: file as string }),
      await createCpuBackend({ threads: 2 }),
    ];
  });
  afterAll(() => {
    for (const backend of backends) backend.dispose();
  });

  test.each(Object.keys(works))('%s: as the engine within roundoff, the same bits again', async (name) => {
    const [first, again, own] = (await Promise.all(
      backends.map(async (b) => (await works[name]?.(b))?.read()),
    )) as [Float64Array, Float64Array, Float64Array];
    expect(first).toEqual(again);
    const size = own.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
    const largest = own.reduce((most, value, i) => Math.max(most, Math.abs(value - (first[i] as number))), 0);
    expect(largest / size).toBeLessThan(1e-11);
    // Roundoff there is, or the library was not asked.
    expect(largest).toBeGreaterThan(0);
  });

  test('a failing pivot behind the first half is named', async () => {
    const [backend] = backends as [Backend];
    const n = 700;
    const wrong = Float64Array.from({ length: n }, (_, row) => (row === 650 ? -1 : 1));
    using diagonal = backend.tensor(wrong, [n, 1], 'float64');
    using a = backend.map(input('i').mul(input('d')), { i: backend.identity(n, 'float64'), d: diagonal });
    const failing = await backend.cholesky(a).catch((error: unknown) => error);
    expect(failing).toMatchObject({ code: 'NOT_POSITIVE_DEFINITE', pivot: 650, value: -1, order: n });
  });
});
