import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { OptionError, OutOfMemoryError } from '@agop/core';
import { describe, expect, test } from 'vitest';

const run = promisify(execFile);

/** Runs a program in a Node process of its own. */
async function inNode(program: string, ...flags: string[]): Promise<string> {
  const args = ['--conditions=@agop/source', ...flags, '--input-type=module', '--eval', program];
  const { stdout } = await run(process.execPath, args, { cwd: import.meta.dirname, timeout: 60_000 });
  return stdout.trim();
}

const print =
  'const { threads, simd, sharedMemory } = backend.device.details; console.log(JSON.stringify({ threads, simd, sharedMemory }));';

describe('device', () => {
  test('one thread needs no shared memory', async () => {
    using backend = await createCpuBackend({ threads: 1 });
    expect(backend.device.details).toMatchObject({ threads: 1, sharedMemory: false });
    expect(backend.device.description).toMatch(/^WebAssembly, 1 thread, relaxed SIMD/);
  });

  test('several threads share it', async () => {
    using backend = await createCpuBackend({ threads: 3 });
    expect(backend.device.details).toMatchObject({ threads: 3, sharedMemory: true });
  });

  test('baseline SIMD on request', async () => {
    using backend = await createCpuBackend({ threads: 1, simd: 'baseline' });
    expect(backend.device.details['simd']).toMatch(/^baseline/);
  });

  test.each([{ threads: 0 }, { threads: 1.5 }, { threads: 1000 }, { maximumBytes: 1 }])(
    '%o is refused',
    async (options) => {
      await expect(createCpuBackend(options)).rejects.toBeInstanceOf(OptionError);
    },
  );

  test('without shared memory it runs on one thread', async () => {
    const program = `delete globalThis.SharedArrayBuffer;
      const { createCpuBackend } = await import('@agop/backend-cpu');
      const backend = await createCpuBackend({ threads: 4 }); ${print}`;
    expect(JSON.parse(await inNode(program))).toMatchObject({ threads: 1, sharedMemory: false });
  });

  test('a program that forgets dispose() ends', async () => {
    const program = `const { createCpuBackend } = await import('@agop/backend-cpu');
      const backend = await createCpuBackend({ threads: 3 });
      const a = backend.random([300, 300], 'normal', { seed: 1 }, 'float64');
      backend.matmul(a, a); ${print}`;
    expect(JSON.parse(await inNode(program))).toMatchObject({ threads: 3, sharedMemory: true });
  });

  test('a program that disposes twice ends', async () => {
    const program = `const { createCpuBackend } = await import('@agop/backend-cpu');
      const backend = await createCpuBackend({ threads: 2 }); ${print} backend.dispose(); backend.dispose();`;
    expect(JSON.parse(await inNode(program))).toMatchObject({ threads: 2 });
  });
});

describe('memory', () => {
  test('what does not fit is an OutOfMemoryError that names both numbers; the backend stays usable', async () => {
    using backend = await createCpuBackend({ threads: 1, maximumBytes: 128 * 2 ** 20 });
    expect(() => backend.full([5000, 5000], 0, 'float64')).toThrow(OutOfMemoryError);
    expect(() => backend.full([5000, 5000], 0, 'float64')).toThrow(/191 MiB.*free/);
    expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
    using small = backend.full([100], 2, 'float64');
    expect((await small.read())[99]).toBe(2);
  });

  test('memory is used again: a hundred rounds of a quarter of it', async () => {
    using backend = await createCpuBackend({ threads: 1, maximumBytes: 128 * 2 ** 20 });
    for (let round = 0; round < 100; round++) backend.full([4 * 2 ** 20], 1, 'float64').dispose();
    expect(backend.memory()).toEqual({ tensors: 0, bytes: 0, peakBytes: 32 * 2 ** 20 });
  });
});
