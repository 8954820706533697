import { chmodSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { input } from '@agop/core';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { createCudaBackend } from '../src/cuda/create.ts';
import { defaultCacheFolder, imageCache } from '../src/kernels/image-cache.ts';
import { FakeLibraries } from './fake/libraries.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'agop-cache-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const image = Uint8Array.of(1, 2, 3);

describe('compiled kernels on disk', () => {
  it('are found by all that they depend on', () => {
    const cache = imageCache(join(folder, 'new'));
    expect(cache.read('a')).toBeUndefined();
    cache.write('a', image);
    expect([...(cache.read('a') ?? [])]).toEqual([1, 2, 3]);
    expect(cache.read('b')).toBeUndefined();
  });

  it('count as missing when damaged or cut off', () => {
    const cache = imageCache(folder);
    cache.write('a', image);
    const file = join(folder, readdirSync(folder)[0] ?? '');
    const content = readFileSync(file);
    for (const damaged of [
      content.subarray(0, 34),
      content.subarray(0, 10),
      Buffer.concat([content, content]),
    ]) {
      writeFileSync(file, damaged);
      expect(cache.read('a')).toBeUndefined();
    }
    cache.write('a', image);
    expect([...(cache.read('a') ?? [])]).toEqual([1, 2, 3]);
  });

  it('are written at once: no partial file is seen, none is left', () => {
    const caches = Array.from({ length: 8 }, () => imageCache(folder));
    for (const cache of caches) cache.write('a', image);
    expect(readdirSync(folder)).toHaveLength(1);
  });

  it('a folder that cannot be written to is no failure', () => {
    writeFileSync(join(folder, 'file'), '');
    const cache = imageCache(join(folder, 'file', 'below'));
    cache.write('a', image);
    expect(cache.read('a')).toBeUndefined();
    chmodSync(folder, 0o755);
  });

  it('are in the folder that the environment names', () => {
    expect(defaultCacheFolder({ AGOP_CACHE: '/x' })).toBe('/x/cuda');
    expect(defaultCacheFolder({ XDG_CACHE_HOME: '/c' })).toBe('/c/agop/cuda');
    expect(defaultCacheFolder({})).toMatch(/\.cache\/agop\/cuda$/);
  });
});

describe('the engine', () => {
  it('compiles a kernel once, for all programs and all values of its constants', async () => {
    const compiled = async (): Promise<number> => {
      const libraries = new FakeLibraries();
      using backend = await createCudaBackend({ libraries, cacheFolder: folder });
      using a = backend.full([4], 1, 'float64');
      for (const factor of [2, 3, 4]) backend.map(input('a').mul(factor), { a }).dispose();
      return libraries.calls.filter((name) => name === 'nvrtcCompileProgram').length;
    };
    expect(await compiled()).toBe(2); // fill, and one expression
    expect(await compiled()).toBe(0);
  });
});
