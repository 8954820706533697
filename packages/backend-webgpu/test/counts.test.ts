import { type Backend, randomArray } from '@agop/core';
import { fitKernelMachine, laplace } from '@agop/rfm';
import { expect, test } from 'vitest';
import { type Counters, newCounters } from '../src/device/counters.ts';
import { createWebGpuBackend, deviceCounters } from '../src/index.ts';
import { countingDevice } from './counting-device.ts';
import { missingDevice } from './device-at-hand.ts';

// What a solve and a fit ask of the device, counted. The device of most of these computes nothing.

/** What `work` asks for. */
async function counted(backend: Backend, work: () => Promise<unknown>): Promise<Counters> {
  const before = deviceCounters(backend);
  await work();
  const counts: Counters = { ...deviceCounters(backend) };
  for (const name of Object.keys(before).filter(isCounter)) counts[name] -= before[name];
  return counts;
}

function isCounter(name: string): name is keyof Counters {
  return name in newCounters();
}

/** (A + λ I) X = B with one right-hand side. */
async function solve(backend: Backend, n: number): Promise<Counters> {
  using a = backend.full([n, n], 1, 'float32');
  using b = backend.full([n, 1], 1, 'float32');
  await b.read();
  return await counted(backend, async () => {
    using x = await backend.solvePositiveDefinite(a, b, { ridge: 1, overwrite: true });
    await x.read();
  });
}

/** Plain kernel regression of n points with d features, to the end of the solve. */
async function fit(backend: Backend, n: number, d: number): Promise<Counters> {
  using x = backend.tensor(randomArray(n * d, 'uniform', { seed: 1 }, 'float32'), [n, d], 'float32');
  using y = backend.full([n, 1], 1, 'float32');
  await y.read();
  const kernel = laplace({ bandwidth: 10 });
  return await counted(backend, async () => {
    using machine = await fitKernelMachine({ backend, kernel, x, y, centered: true });
    await machine.coefficients.read();
  });
}

/**
 * Bytes that a solve must move, elements of 4 bytes: the lower triangle of what remains is read and written
 * for each diagonal block of 512, its panel read, written, and read for the update; then each solution reads
 * the factor.
 */
function leastSolveBytes(n: number): number {
  let elements = 0;
  for (let base = 0; base < n; base += 512) {
    const size = Math.min(512, n - base);
    const rest = n - base - size;
    elements += size * (size + 1) + 3 * rest * size + rest * (rest + 1);
  }
  return 4 * (elements + n * (n + 1));
}

/** That of a fit: the kernel matrix is written besides, of its inputs. */
function leastFitBytes(n: number, d: number): number {
  return leastSolveBytes(n) + 4 * (n * n + n * d);
}

test('a solve takes at most 3 n / 256 kernels, and where it is large 1.3 times the bytes that it must', async () => {
  using backend = await createWebGpuBackend({ device: countingDevice() });
  for (const n of [1024, 2048, 5000, 10_000, 20_000]) {
    const { dispatches, kernelBytes, copiedBytes, downloadedBytes } = await solve(backend, n);
    expect(dispatches, `n = ${n}`).toBeLessThanOrEqual((3 * n) / 256);
    // Zeros above the diagonal and a second copy of each panel are more of a small matrix.
    const most = n < 5000 ? 1.65 : 1.3;
    expect((kernelBytes + copiedBytes) / leastSolveBytes(n), `n = ${n}`).toBeLessThan(most);
    expect(downloadedBytes, 'the outcome and the solution').toBe(8 + 4 * n);
  }
});

test('so does a fit of 10,000 points with 50 features', async () => {
  using backend = await createWebGpuBackend({ device: countingDevice() });
  const [n, d] = [10_000, 50];
  const { dispatches, kernelBytes, copiedBytes } = await fit(backend, n, d);
  expect(dispatches).toBeLessThanOrEqual((3 * n) / 256);
  expect((kernelBytes + copiedBytes) / leastFitBytes(n, d)).toBeLessThan(1.3);
});

const missing = await missingDevice();

test('a device that computes is asked for the same', async (context) => {
  if (missing) context.skip(`LEFT OUT, counts on a device: ${missing}`);
  using device = await createWebGpuBackend();
  using counting = await createWebGpuBackend({ device: countingDevice() });
  expect(await fit(device, 530, 5)).toEqual(await fit(counting, 530, 5));
});
