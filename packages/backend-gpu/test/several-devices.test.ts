import { BackendPool, OptionError } from '@agop/core';
import { expect, test } from 'vitest';
import { createGpuPool } from '../src/index.ts';
import { FakeLibraries } from './fake/libraries.ts';

const settings = { engine: 'cuda', cacheFolder: false } as const;

test('a pool has a backend on each device, and pieces of work take the next free one', async () => {
  const libraries = new FakeLibraries({ devices: 3 });
  const pool = await createGpuPool({ ...settings, libraries });
  expect(pool).toBeInstanceOf(BackendPool);
  expect(pool.backends.map(({ device }) => device.details['device'])).toEqual([0, 1, 2]);
  // The fake driver refuses work on a stream of another context than the current one.
  const results = await Promise.all(
    Array.from({ length: 9 }, (_, piece) =>
      pool.run(async (backend) => {
        using made = backend.full([4], piece, 'float64');
        await Promise.resolve();
        using copy = backend.clone(made);
        return { device: backend.device.details['device'], values: [...(await copy.read())] };
      }),
    ),
  );
  expect(results.map(({ values }) => values[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8]);
  expect(new Set(results.map(({ device }) => device))).toEqual(new Set([0, 1, 2]));
  pool.dispose();
  expect(libraries.leaks()).toEqual({});
});

test('devices can be named, each once', async () => {
  const libraries = new FakeLibraries({ devices: 3 });
  using pool = await createGpuPool({ ...settings, libraries, devices: [2, 0] });
  expect(pool.backends.map(({ device }) => device.details['device'])).toEqual([2, 0]);
  for (const devices of [[], [1, 1], [0, 7]]) {
    await expect(createGpuPool({ ...settings, libraries, devices }), `[${devices}]`).rejects.toThrow(
      OptionError,
    );
  }
});

test('where a device cannot be used, those made before it end', async () => {
  const libraries = new FakeLibraries({ devices: 2 });
  libraries.fail('cublasCreate_v2', 1, { after: 1 });
  await expect(createGpuPool({ ...settings, libraries })).rejects.toThrow(/CUBLAS_STATUS_NOT_INITIALIZED/);
  expect(libraries.leaks()).toEqual({});
});
