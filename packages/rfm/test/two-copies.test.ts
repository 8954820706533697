import { AgopError, NotPositiveDefiniteError } from '@agop/core';
import { choleskySolver, refinedCholeskySolver } from '@agop/rfm';
import { beforeAll, describe, expect, test, vi } from 'vitest';

// Two packages that depend on different versions of core load two copies of it.
describe('a backend that stands on a second copy of core', () => {
  let other: typeof import('@agop/core');
  let createBackend: typeof import('@agop/backend-cpu').createCpuBackend;
  beforeAll(async () => {
    vi.resetModules();
    other = await import('@agop/core');
    ({ createCpuBackend: createBackend } = await import('@agop/backend-cpu'));
  });

  test('throws errors of other classes, recognized by their code', async () => {
    using backend = await createBackend({ threads: 1 });
    using indefinite = backend.full([2, 2], 1, 'float64');
    const error = await backend.cholesky(indefinite).catch((thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(other.NotPositiveDefiniteError);
    expect(error).not.toBeInstanceOf(AgopError);
    expect(NotPositiveDefiniteError.isInstance(error)).toBe(true);
  });

  test('has its systems solved in float64 where float32 does not suffice', async () => {
    using backend = await createBackend({ threads: 1 });
    const n = 800;
    using x = backend.random([n, 100], 'normal', { seed: 1 }, 'float64');
    using targets = backend.random([n, 1], 'normal', { seed: 2 }, 'float64');
    // Of rank 100: only the ridge makes it positive definite.
    using matrix = backend.gram(x);
    using same = backend.gram(x);
    const ridge = 1e-6;
    using rounded = backend.cast(matrix, 'float32');
    await expect(backend.cholesky(rounded, { ridge })).rejects.toThrow(other.NotPositiveDefiniteError);

    using solution = await refinedCholeskySolver().solve(backend, { matrix, targets, ridge });
    using expected = await choleskySolver.solve(backend, { matrix: same, targets, ridge });
    expect(await solution.read()).toEqual(await expected.read());
  });
});
