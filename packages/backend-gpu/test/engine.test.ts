import {
  type Backend,
  DeviceError,
  DisposedError,
  input,
  OptionError,
  OutOfMemoryError,
  UnavailableError,
} from '@agop/core';
import { describe, expect, it } from 'vitest';
import { createCudaBackend } from '../src/cuda/create.ts';
import { deviceMemory, deviceTime } from '../src/measure.ts';
import { FakeLibraries, libraryOf } from './fake/libraries.ts';

function backendOn(
  libraries: FakeLibraries,
  options: { device?: number; tf32?: boolean } = {},
): Promise<Backend> {
  return createCudaBackend({ libraries, cacheFolder: false, ...options });
}

const counting = (length: number): Float64Array => Float64Array.from({ length }, (_, i) => i + 0.5);

describe('work is done in the order of the calls, late', () => {
  it('reads what was written, after the kernels in between', async () => {
    using backend = await backendOn(new FakeLibraries());
    using a = backend.tensor(counting(7), [7], 'float64');
    using filled = backend.full([3, 3], 2, 'float64');
    using diagonal = backend.diagonal(backend.identity(4, 'float64'));
    expect([...(await a.read())]).toEqual([...counting(7)]);
    expect([...(await filled.read())]).toEqual(new Array(9).fill(2));
    expect([...(await diagonal.read())]).toEqual([1, 1, 1, 1]);
  });

  it('an upload larger than the whole ring of pinned memory arrives, and its array may change at once', async () => {
    const libraries = new FakeLibraries();
    using backend = await backendOn(libraries);
    const data = counting(3_000_001); // 24 MB through 16 MB
    using a = backend.tensor(data, [data.length], 'float64');
    data.fill(-1);
    const read = await a.read();
    expect(read.every((value, i) => value === i + 0.5)).toBe(true);
    expect(libraries.calls).toContain('cuEventSynchronize');
    expect(libraries.host.usedBytes).toBeLessThan(80e6);
  });

  it('uploads take every kind of array, in pieces', async () => {
    using backend = await backendOn(new FakeLibraries());
    const plain = Array.from({ length: 700_000 }, (_, i) => i % 1000);
    const bytes = Uint8Array.from({ length: 700_000 }, (_, i) => i % 251);
    for (const data of [plain, bytes, { length: 3, 0: 1, 1: 2, 2: 3 }]) {
      using a = backend.tensor(data, [data.length], 'float64');
      expect([...(await a.read())]).toEqual(Array.from(data));
    }
  });

  it('memory that is freed while kernels still use it is not spoilt', async () => {
    using backend = await backendOn(new FakeLibraries());
    const a = backend.tensor(counting(5), [5], 'float64');
    const reading = a.read();
    a.dispose();
    backend.full([5], -1, 'float64').dispose();
    expect([...(await reading)]).toEqual([...counting(5)]);
  });

  it('a long read is made of one piece', async () => {
    using backend = await backendOn(new FakeLibraries());
    const length = 2 ** 23 + 1;
    using a = backend.full([length], 3, 'float64');
    const read = await a.read();
    expect([read.length, read[0], read[length - 1]]).toEqual([length, 3, 3]);
  });

  it('waits for nothing but what is read', async () => {
    const libraries = new FakeLibraries();
    using backend = await backendOn(libraries);
    const before = libraries.calls.length;
    using a = backend.tensor(counting(100), [10, 10], 'float64');
    using b = backend.matmul(a, a);
    using c = backend.map(input('b').exp(), { b });
    using sum = backend.sum(c, 0);
    expect(sum.shape).toEqual([1, 10]);
    const waits = libraries.calls.slice(before).filter((name) => /Synchronize|Query/.test(name));
    expect(waits).toEqual([]);
  });
});

describe('memory', () => {
  it('is kept for reuse, and given back when it runs out', async () => {
    const libraries = new FakeLibraries({ memoryBytes: 100e6 });
    using backend = await backendOn(libraries);
    for (let round = 0; round < 5; round++) backend.full([1000, 1000], 1, 'float64').dispose();
    // The others are a trial at the start, and cuBLAS's workspace.
    expect(libraries.calls.filter((name) => name === 'cuMemAllocAsync')).toHaveLength(3);
    // 8 MB are kept; 60 more do not fit beside the workspace and them.
    using large = backend.full([60e6 / 8], 1, 'float64');
    expect(libraries.calls).toContain('cuMemFreeAsync');
    expect(large.size).toBe(7.5e6);
  });

  it('running out is an error with both sizes, after which the backend goes on', async () => {
    const libraries = new FakeLibraries({ memoryBytes: 100e6 });
    using backend = await backendOn(libraries);
    using held = backend.full([5e6], 1, 'float64');
    const before = backend.memory();
    let error: unknown;
    try {
      backend.full([5e6], 1, 'float64');
    } catch (caught) {
      error = caught;
    }
    expect(error).toBeInstanceOf(OutOfMemoryError);
    const { requestedBytes, availableBytes } = error as OutOfMemoryError;
    expect(requestedBytes).toBe(40e6);
    expect(availableBytes).toBeLessThan(40e6);
    expect(availableBytes).toBeGreaterThan(0);
    expect(backend.memory()).toEqual(before);
    expect((await held.read())[0]).toBe(1);
    using small = backend.full([3], 2, 'float64');
    expect([...(await small.read())]).toEqual([2, 2, 2]);
  });

  it('a library that finds none gets what the pool keeps', async () => {
    const libraries = new FakeLibraries();
    using backend = await backendOn(libraries);
    backend.full([1000], 1, 'float64').dispose();
    libraries.fail('cuLaunchKernel', 2, { times: 1 });
    using a = backend.full([10], 4, 'float64');
    expect((await a.read())[9]).toBe(4);
    libraries.fail('cublasDgemm_v2', 3);
    const square = backend.identity(3, 'float64');
    expect(() => backend.matmul(square, square)).toThrow(OutOfMemoryError);
    libraries.recover();
    backend.matmul(square, square);
  });

  it('works without the driver’s memory pools', async () => {
    const libraries = new FakeLibraries({ hasMemoryPools: false });
    const backend = await backendOn(libraries);
    using a = backend.full([4], 2, 'float64');
    expect([...(await a.read())]).toEqual([2, 2, 2, 2]);
    backend.dispose();
    expect(libraries.calls).toContain('cuMemAlloc_v2');
    expect(libraries.calls).not.toContain('cuMemAllocAsync');
    expect(libraries.leaks()).toEqual({});
  });

  it('works where the driver claims to have memory pools and refuses them', async () => {
    for (const [name, status] of [
      ['cuMemAllocAsync', 801],
      ['cuMemFreeAsync', 801],
    ] as const) {
      const libraries = new FakeLibraries();
      libraries.fail(name, status);
      const backend = await backendOn(libraries);
      using a = backend.full([4], 2, 'float64');
      expect([...(await a.read())]).toEqual([2, 2, 2, 2]);
      expect(libraries.calls).toContain('cuMemAlloc_v2');
      backend.dispose();
    }
    const full = new FakeLibraries();
    full.fail('cuMemAllocAsync', 2, { times: 1 });
    using backend = await backendOn(full);
    expect(backend.memory().tensors).toBe(0);
    expect(full.calls).not.toContain('cuMemAlloc_v2');
  });

  it('a library that says something else where there is little memory gets what the pool keeps', async () => {
    const libraries = new FakeLibraries({ memoryBytes: 2 ** 28 });
    using backend = await backendOn(libraries);
    const square = backend.identity(3, 'float64');
    const operations = [
      ['cublasDgemm_v2', 13, () => backend.matmul(square, square)],
      ['cublasDgemm_v2', 14, () => backend.matmul(square, square)],
      ['cublasDgemm_v2', 1, () => backend.matmul(square, square)],
      ['cusolverDnXpotrf', 7, () => backend.cholesky(square)],
    ] as const;
    for (const [name, status, operation] of operations) {
      backend.full([5e5], 1, 'float64').dispose();
      libraries.fail(name, status, { times: 1 });
      (await operation()).dispose();
      // Without anything to give back it is an error, and of memory.
      libraries.fail(name, status);
      await expect((async () => operation())(), `${name} ${status}`).rejects.toThrow(OutOfMemoryError);
      libraries.recover();
    }
    // What adds to its result is not done twice: it may have been done in part.
    backend.full([5e5], 1, 'float64').dispose();
    libraries.fail('cublasDgemm_v2', 13, { times: 1 });
    const out = backend.identity(3, 'float64');
    expect(() => backend.matmul(square, square, { beta: 1, out })).toThrow(OutOfMemoryError);
    // With memory to spare it is what it says.
    using other = await backendOn(new FakeLibraries({ memoryBytes: 2 ** 30 }));
    expect(other.memory().tensors).toBe(0);
  });

  it('host memory of cuSOLVER lives until its work is done', async () => {
    const libraries = new FakeLibraries({ hostWorkspaceBytes: 1000 });
    using backend = await backendOn(libraries);
    using factor = await backend.cholesky(backend.identity(3, 'float64'));
    using decomposition = (await backend.eigh(backend.identity(3, 'float64'))).values;
    expect([factor.size, decomposition.size]).toEqual([9, 3]);
    expect(libraries.collectedTooEarly).toEqual([]);
    expect(libraries.calls.filter((name) => name === 'cuEventQuery').length).toBeGreaterThan(4);
  });

  it('deviceMemory() and deviceTime() ask the device', async () => {
    using backend = await backendOn(new FakeLibraries());
    using a = backend.full([2 ** 16], 2, 'float64');
    const { freeBytes, totalBytes, reservedBytes } = deviceMemory(backend);
    expect(freeBytes + reservedBytes).toBe(totalBytes);
    expect(await deviceTime(backend, () => backend.clone(a))).toBe(2.5);
  });
});

describe('every status is checked', () => {
  it('names the call and its status', async () => {
    // There is memory: no status is taken for a lack of it.
    const libraries = new FakeLibraries({ memoryBytes: 2 ** 30 });
    using backend = await backendOn(libraries);
    using a = backend.identity(3, 'float64');
    const cases: readonly [string, number, string, () => unknown][] = [
      ['cuLaunchKernel', 701, 'CUDA_ERROR_LAUNCH_OUT_OF_RESOURCES', () => backend.full([2], 0, 'float64')],
      ['cuMemcpyHtoDAsync_v2', 1, 'CUDA_ERROR_INVALID_VALUE', () => backend.tensor([1], [1], 'float64')],
      ['cuMemcpyDtoDAsync_v2', 999, 'CUDA_ERROR_UNKNOWN', () => backend.clone(a)],
      ['cublasDgemm_v2', 13, 'CUBLAS_STATUS_EXECUTION_FAILED', () => backend.matmul(a, a)],
      ['cusolverDnXpotrf', 7, 'CUSOLVER_STATUS_INTERNAL_ERROR', () => backend.cholesky(a)],
      ['cusolverDnXsyevd', 12345, 'status 12345 of cuSOLVER', () => backend.eigh(a)],
      ['cuMemcpyDtoHAsync_v2', 1, 'CUDA_ERROR_INVALID_VALUE', () => a.read()],
    ];
    for (const [name, status, text, action] of cases) {
      backend.resetPeak();
      const { tensors, bytes } = backend.memory();
      libraries.fail(name, status, { times: 1 });
      let error: unknown;
      try {
        await action();
      } catch (caught) {
        error = caught;
      }
      libraries.recover();
      expect(error, name).toBeInstanceOf(DeviceError);
      expect(error).toMatchObject({ operation: name, status: text });
      expect(backend.memory(), `memory after ${name}`).toMatchObject({ tensors, bytes });
    }
    using fine = backend.full([2], 5, 'float64');
    expect((await fine.read())[1]).toBe(5);
  });

  it('a kernel that does not compile says why', async () => {
    const libraries = new FakeLibraries();
    using backend = await backendOn(libraries);
    libraries.fail('nvrtcCompileProgram', 6);
    expect(() => backend.full([2], 0, 'float64')).toThrow(/NVRTC_ERROR_COMPILATION.*line 7!/s);
    libraries.recover();
    backend.full([2], 0, 'float64');
  });

  it('an illegal address is the end of the backend: everything after it says so', async () => {
    const libraries = new FakeLibraries();
    const backend = await backendOn(libraries);
    const a = backend.full([2], 0, 'float64');
    libraries.fail('cuEventQuery', 700);
    await expect(a.read()).rejects.toThrow(/CUDA_ERROR_ILLEGAL_ADDRESS.*Start the program again/);
    libraries.recover();
    for (const action of [() => backend.full([2], 0, 'float64'), () => backend.gram(a)]) {
      expect(action).toThrow(/CUDA_ERROR_ILLEGAL_ADDRESS/);
    }
    await expect(a.read()).rejects.toThrow(DeviceError);
    backend.dispose();
  });
});

describe('calls of the driver', () => {
  it('a context is made current once, until the program returns to the event loop', async () => {
    const libraries = new FakeLibraries({ devices: 2 });
    using backend = await backendOn(libraries);
    using other = await backendOn(libraries, { device: 1 });
    const count = (): number => libraries.calls.filter((name) => name === 'cuCtxSetCurrent').length;
    await Promise.resolve();
    const before = count();
    for (let i = 0; i < 10; i++) backend.full([4], i, 'float64').dispose();
    expect(count() - before).toBe(1);
    // Another one in between is noticed.
    other.full([4], 1, 'float64').dispose();
    backend.full([4], 1, 'float64').dispose();
    expect(count() - before).toBe(3);
    await Promise.resolve();
    backend.full([4], 1, 'float64').dispose();
    expect(count() - before).toBe(4);
  });

  it('long work is asked for a few times, with pauses that grow', async () => {
    const libraries = new FakeLibraries();
    using backend = await backendOn(libraries);
    using a = backend.full([4], 3, 'float64');
    const begin = performance.now();
    libraries.fail('cuEventQuery', 600, { times: 40 });
    expect([...(await a.read())]).toEqual([3, 3, 3, 3]);
    // Sixteen at once, the others a millisecond apart at least.
    expect(performance.now() - begin).toBeGreaterThan(20);
  });
});

describe('the life of a backend', () => {
  it('gives back everything: memory, pinned memory, streams, events, modules, handles', async () => {
    const libraries = new FakeLibraries();
    const backend = await backendOn(libraries);
    backend.tensor(counting(1000), [1000], 'float64');
    const a = backend.identity(5, 'float64');
    backend.map(input('a').exp(), { a });
    await backend.sum(a, 'all').read();
    expect(Object.keys(libraries.leaks()).length).toBeGreaterThan(5);
    backend.dispose();
    backend.dispose();
    expect(libraries.leaks()).toEqual({});
  });

  it('also where its start fails, whichever call it is', async () => {
    const trial = new FakeLibraries();
    (await backendOn(trial)).dispose();
    const starting = new FakeLibraries();
    await backendOn(starting);
    for (const name of new Set(starting.calls)) {
      const calls = starting.calls.filter((call) => call === name).length;
      for (let after = 0; after < Math.min(calls, 3); after++) {
        // Where the trial of stream-ordered memory fails, the plain allocator is taken: see below.
        if (after === 0 && /^cuMem(Alloc|Free)Async$/.test(name)) continue;
        const libraries = new FakeLibraries();
        libraries.fail(name, 999, { after });
        const outcome = backendOn(libraries);
        await expect(outcome, `${name} of ${libraryOf(name)}`).rejects.toThrow(/reports|does not start/);
        expect(libraries.leaks(), `after ${name}`).toEqual({});
      }
    }
  });

  it('a read that has begun completes when the backend ends', async () => {
    const libraries = new FakeLibraries();
    const backend = await backendOn(libraries);
    const reading = backend.full([4], 3, 'float64').read();
    backend.dispose();
    expect([...(await reading)]).toEqual([3, 3, 3, 3]);
    expect(libraries.leaks()).toEqual({});
  });

  it('a decomposition under way is refused when the backend ends', async () => {
    const libraries = new FakeLibraries();
    const backend = await backendOn(libraries);
    const factor = backend.cholesky(backend.identity(4, 'float64'));
    backend.dispose();
    await expect(factor).rejects.toThrow(DisposedError);
    expect(libraries.leaks()).toEqual({});
  });

  it('two backends on two devices take turns in one process', async () => {
    const libraries = new FakeLibraries({ devices: 2 });
    using first = await backendOn(libraries, { device: 0 });
    using second = await backendOn(libraries, { device: 1 });
    // The fake driver refuses work on a stream of another context than the current one.
    const [a, b] = [first.full([2], 1, 'float64'), second.full([2], 2, 'float64')];
    const [reading, other] = [a.read(), b.read()];
    first.identity(3, 'float64');
    expect([...(await reading), ...(await other)]).toEqual([1, 1, 2, 2]);
    expect(second.device.details['device']).toBe(1);
  });

  it('refuses devices that are not there', async () => {
    for (const device of [2, -1, 0.5]) {
      await expect(backendOn(new FakeLibraries({ devices: 2 }), { device })).rejects.toThrow(OptionError);
    }
    await expect(backendOn(new FakeLibraries({ devices: 0 }))).rejects.toThrow(UnavailableError);
    const none = new FakeLibraries();
    none.fail('cuInit', 100);
    await expect(backendOn(none)).rejects.toThrow(/CUDA_VISIBLE_DEVICES/);
    const mismatched = new FakeLibraries();
    mismatched.fail('cuInit', 803);
    await expect(backendOn(mismatched)).rejects.toThrow(/CUDA_ERROR_SYSTEM_DRIVER_MISMATCH/);
  });

  it('says what it runs on, and TF32 only where it was asked for', async () => {
    const libraries = new FakeLibraries();
    using exact = await backendOn(libraries);
    expect(exact.device.details).toMatchObject({
      tf32: false,
      cublasVersion: '13.1.0',
      cusolverVersion: '12.0.4',
    });
    expect(exact.device.description).not.toContain('TF32');
    using rounded = await backendOn(libraries, { tf32: true });
    expect(rounded.device.description).toContain('TF32');
  });
});
