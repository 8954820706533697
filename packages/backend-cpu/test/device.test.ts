import { createCpuBackend } from '@agop/backend-cpu';
import { OptionError, OutOfMemoryError } from '@agop/core';
import { describe, expect, test } from 'vitest';
import { inNode } from './in-node.ts';

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

  test('where threads are refused it runs on one, and says why', async () => {
    const program = `const { createCpuBackend } = await import('@agop/backend-cpu');
      const backend = await createCpuBackend({ threads: 3 });
      console.log(JSON.stringify([backend.device.description, backend.device.details.noMoreThreads]));`;
    const [description, reason] = JSON.parse(await inNode(program, '--permission', '--allow-fs-read=*'));
    expect(reason).toBe("Node's permission model refuses threads, start Node with --allow-worker");
    expect(description).toMatch(/^WebAssembly, 1 thread, .*; no more threads: Node's permission model/);
    const granted = await inNode(program, '--permission', '--allow-fs-read=*', '--allow-worker');
    expect(JSON.parse(granted)).toEqual([expect.stringMatching(/^WebAssembly, 3 threads, [^;]*$/), null]);
  });

  test('a fusion is claimed only where V8 was asked for it, and with fused multiply-add', async () => {
    const program = (options: object) => `const { createCpuBackend } = await import('@agop/backend-cpu');
      const claims = [];
      for (const simd of ['relaxed', 'baseline']) {
        const backend = await createCpuBackend({ threads: 1, simd, ...${JSON.stringify(options)} });
        claims.push(/fused/.test(backend.device.description), /256/.test(backend.device.details.simd));
      }
      console.log(claims.join());`;
    expect(await inNode(program({}))).toBe('false,false,false,false');
    expect(await inNode(program({}), '--experimental-wasm-revectorize')).toMatch(/,false,false$/);
    expect(await inNode(program({ widenSimd: true }))).toMatch(/,false,false$/);
  });

  test('where compiling WebAssembly is forbidden, the error names the directive', async () => {
    const program = `const { createCpuBackend } = await import('@agop/backend-cpu');
      WebAssembly.compile = async () => { throw new WebAssembly.CompileError('refused by policy'); };
      await createCpuBackend().catch(({ code, message }) => console.log(code, message));`;
    expect(await inNode(program)).toMatch(/^UNAVAILABLE .*'wasm-unsafe-eval' in its script-src.*refused/s);
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
