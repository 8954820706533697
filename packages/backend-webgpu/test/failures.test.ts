import { type Backend, DeviceError, input, OptionError, OutOfMemoryError } from '@agop/core';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openDevice } from '../src/device/open.ts';
import { createWebGpuBackend, deviceCounters, deviceTime } from '../src/index.ts';
import { missingDevice } from './device-at-hand.ts';
import { type Faults, faultyDevice } from './faulty-device.ts';

const missing = await missingDevice();
const x = input('x');
const mebibyte = 2 ** 20;

if (missing) test.skip(`LEFT OUT, tests on a device: ${missing}`);
else describe('on a device', { timeout: 120_000 }, onDevice);

function onDevice(): void {
  const closers: (() => void)[] = [];
  afterEach(() => {
    for (const close of closers.splice(0).reverse()) close();
  });

  async function onFaultyDevice(): Promise<{ backend: Backend; faults: Faults }> {
    const { device, faults, close } = await faultyDevice();
    closers.push(close);
    const backend = await createWebGpuBackend({ device });
    closers.push(() => backend.dispose());
    return { backend, faults };
  }

  describe('memory runs out', () => {
    test('read() of what could not be computed rejects, and of what depends on it; all else goes on', async () => {
      const { backend, faults } = await onFaultyDevice();
      const small = backend.full([100], 2, 'float32');
      await small.read();
      faults.memoryBytes = mebibyte;
      const large = backend.full([1000, 1000], 1, 'float32');
      const sum = backend.sum(large, 'all');
      const other = backend.map(x.add(1), { x: small });
      await expect(sum.read()).rejects.toSatisfy(OutOfMemoryError.isInstance);
      await expect(large.read()).rejects.toThrow(/cannot allocate 4\.\d MiB/);
      expect((await other.read())[99]).toBe(3);
      large.dispose();
      faults.memoryBytes = 100 * mebibyte;
      const again = backend.full([1000, 1000], 1, 'float32');
      expect((await again.read())[999_999]).toBe(1);
    });

    test('memory that waits for reuse is given back first', async () => {
      const { backend, faults } = await onFaultyDevice();
      for (const size of [300_000, 400_000, 500_000]) {
        using tensor = backend.full([size], 1, 'float32');
        await tensor.read();
      }
      faults.memoryBytes = 8 * mebibyte;
      const large = backend.full([1_500_000], 3, 'float32');
      expect((await backend.sum(large, 'all').read())[0]).toBe(4_500_000);
    });

    test('a limit of our own, and the largest buffer, are met at the call', async () => {
      using backend = await createWebGpuBackend({ memoryBytes: mebibyte });
      expect(() => backend.full([1000, 1000], 1, 'float32')).toThrow(OutOfMemoryError);
      using a = backend.full([400, 400], 1, 'float32');
      expect(backend.device.memory.limit).toBe(mebibyte);
      expect((await a.read())[0]).toBe(1);
      using free = await createWebGpuBackend();
      expect(() => free.full([2 ** 20, 2 ** 12], 1, 'float32')).toThrow(/at most/);
    });
  });

  describe('a device is lost', () => {
    test('in the middle of work: a typed error of all that waits and comes, and a new backend works', async () => {
      const { gpu } = await openDevice(undefined, 'high-performance');
      const backend = await createWebGpuBackend({ device: gpu });
      const a = backend.full([200, 200], 1, 'float32');
      const first = a.read();
      const product = backend.matmul(a, a);
      const reading = product.read();
      gpu.destroy();
      const outcomes = await Promise.allSettled([first, reading]);
      const reasons = outcomes.flatMap((one) => (one.status === 'rejected' ? [one.reason] : []));
      expect(reasons).not.toEqual([]);
      expect(reasons.every(DeviceError.isInstance), String(reasons)).toBe(true);
      await gpu.lost;
      expect(() => backend.matmul(a, a)).toThrow(/its loss .* Make a new backend/);
      await expect(product.read()).rejects.toSatisfy(DeviceError.isInstance);
      backend.dispose();
      using next = await createWebGpuBackend();
      using one = next.full([3], 1, 'float32');
      expect([...(await one.read())]).toEqual([1, 1, 1]);
    });

    test('in the middle of a factorization', async () => {
      const { gpu } = await openDevice(undefined, 'high-performance');
      using backend = await createWebGpuBackend({ device: gpu });
      const factor = backend.cholesky(backend.identity(300, 'float32'), { ridge: 1 });
      gpu.destroy();
      await expect(factor).rejects.toSatisfy(DeviceError.isInstance);
    });
  });

  test('a submission that the device finds wrong ends the backend, with its words', async () => {
    const { backend, faults } = await onFaultyDevice();
    faults.submission = 'a binding is too large';
    const a = backend.full([3], 1, 'float32');
    await expect(a.read()).rejects.toThrow(/a submission reports a binding is too large/);
    expect(() => backend.full([3], 1, 'float32')).toThrow(DeviceError);
  });

  test('a kernel that does not compile is an error of what it should have computed', async () => {
    const { backend, faults } = await onFaultyDevice();
    faults.kernel = 'transpose';
    const a = backend.tensor([1, 2, 3, 4], [2, 2], 'float32');
    const turned = backend.transpose(a);
    const sum = backend.sum(a, 'all');
    await expect(turned.read()).rejects.toThrow(/compiling the kernel 'transpose' reports .*too long/);
    expect((await sum.read())[0]).toBe(10);
  });

  test('a device that was handed in stays open, and without our memory', async () => {
    const { device, close } = await faultyDevice();
    closers.push(close);
    for (let round = 0; round < 3; round++) {
      using backend = await createWebGpuBackend({ device });
      using a = backend.full([5], round, 'float32');
      expect((await a.read())[4]).toBe(round);
    }
  });

  test('what is no device, or no provider, is refused', async () => {
    await expect(createWebGpuBackend({ device: {} })).rejects.toSatisfy(OptionError.isInstance);
    const gpu = { requestAdapter: async () => ({}) };
    await expect(createWebGpuBackend({ gpu })).rejects.toSatisfy(OptionError.isInstance);
    const none = { requestAdapter: async () => null };
    await expect(createWebGpuBackend({ gpu: none })).rejects.toThrow(/no WebGPU adapter/);
  });

  test('without an adapter, Node is told what to install, and a browser where to look', async () => {
    const none = { requestAdapter: async () => null };
    const inNode = /libvulkan1 and mesa-vulkan-drivers.*--backend cpu/;
    await expect(createWebGpuBackend({ gpu: none })).rejects.toThrow(inNode);
    vi.stubGlobal('process', undefined);
    const failed = createWebGpuBackend({ gpu: none }).catch(String);
    await failed.finally(() => vi.unstubAllGlobals());
    expect(await failed).toMatch(/chrome:\/\/gpu/);
    expect(await failed).not.toMatch(/Vulkan|Node/);
  });

  test('memory is used again, and the counters say what was asked for', async () => {
    using backend = await createWebGpuBackend();
    const a = backend.full([64, 64], 2, 'float32');
    await a.read();
    const before = deviceCounters(backend);
    for (let k = 1; k <= 1000; k++) backend.map(x.add(k), { x: a }).dispose();
    using product = backend.matmul(a, a);
    expect((await product.read())[0]).toBe(256);
    const after = deviceCounters(backend);
    expect(after.dispatches - before.dispatches).toBe(1001);
    expect(after.downloadedBytes - before.downloadedBytes).toBe(4 * 64 * 64);
    expect(after.pipelines - before.pipelines).toBe(2);
    expect(after.kernelBytes - before.kernelBytes).toBe(1000 * 2 * 16_384 + 3 * 16_384);
    expect(after.submissions - before.submissions).toBeLessThan(10);
    expect(backend.memory().tensors).toBe(2);
    expect(() => deviceCounters({ ...backend })).toThrow(OptionError);
  });

  test('the device measures its own time, where it does', async () => {
    using backend = await createWebGpuBackend();
    using a = backend.full([300, 300], 1, 'float32');
    const time = await deviceTime(backend, () => backend.matmul(a, a).dispose());
    if (backend.device.details['timestamps'] === true) expect(time).toBeGreaterThan(0);
    else expect(time).toBeUndefined();
  });
}
