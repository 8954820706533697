import { deviceTime } from '@agop/backend-gpu';
import type { Backend, FloatDType } from '@agop/core';

/** Median, after warm-up, of the milliseconds that the device spends on `work`. */
export async function medianTime(
  backend: Backend,
  work: () => unknown,
  { warmUp, repeats }: { readonly warmUp: number; readonly repeats: number },
): Promise<number> {
  for (let i = 0; i < warmUp; i++) await work();
  const times: number[] = [];
  for (let i = 0; i < repeats; i++) times.push(await deviceTime(backend, work));
  return median(times);
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const [low, high] = [sorted[middle - (1 - (sorted.length % 2))], sorted[middle]];
  return ((low ?? Number.NaN) + (high ?? Number.NaN)) / 2;
}

/** The rate in bytes per second at which the device copies `bytes` within its memory: read and written. */
export async function copyRate(backend: Backend, bytes: number): Promise<number> {
  using a = backend.full([Math.ceil(bytes / 4)], 1, 'float32');
  const time = await medianTime(backend, () => backend.clone(a).dispose(), { warmUp: 2, repeats: 7 });
  return (2 * bytes) / (time / 1000);
}

/**
 * The device's rate of square matrix products in operations per second: the roof that steps are compared
 * with.
 */
export async function productRate(backend: Backend, dtype: FloatDType, n: number): Promise<number> {
  using a = backend.random([n, n], 'uniform', { seed: 1 }, dtype);
  using b = backend.random([n, n], 'uniform', { seed: 2 }, dtype);
  using out = backend.full([n, n], 0, dtype);
  const time = await medianTime(backend, () => backend.matmul(a, b, { out }), { warmUp: 3, repeats: 7 });
  return (2 * n ** 3) / (time / 1000);
}
