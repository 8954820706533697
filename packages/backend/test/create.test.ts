import { type Backend, DeviceError, OptionError, UnavailableError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { afterEach, expect, it, vi } from 'vitest';
import { createBackend, createBackendPool } from '../src/index.ts';

/** What the GPU backend does in a test. */
const gpu = vi.hoisted(() => ({ create: (_options?: object): Promise<unknown> => Promise.reject() }));
vi.mock('@agop/backend-gpu', () => ({
  createGpuBackend: (options: object) => gpu.create(options),
  createGpuPool: (options: object) => gpu.create(options),
}));

const missing = new UnavailableError('No GPU engine works here.');

function thereIsNoGpu(): void {
  gpu.create = async () => {
    throw missing;
  };
}

function thereIsAGpu(): { options: object | undefined } {
  const seen: { options: object | undefined } = { options: undefined };
  gpu.create = async (options): Promise<Backend> => {
    seen.options = options;
    return createNaiveBackend();
  };
  return seen;
}

afterEach(() => vi.unstubAllEnvs());

it('takes the GPU if there is one, with its options', async () => {
  const seen = thereIsAGpu();
  using backend = await createBackend({ gpu: { device: 1 } });
  expect(backend.name).toBe('naive');
  expect(seen.options).toEqual({ device: 1 });
});

it('takes the CPU if there is none, with its options, and says why', async () => {
  thereIsNoGpu();
  const onFallback = vi.fn();
  using backend = await createBackend({ cpu: { threads: 1 }, onFallback });
  expect(backend.name).toBe('wasm');
  expect(backend.device.details['threads']).toBe(1);
  expect(onFallback.mock.calls).toEqual([[missing]]);
});

it('obeys the option, then the variable AGOP_BACKEND', async () => {
  thereIsAGpu();
  vi.stubEnv('AGOP_BACKEND', 'cpu');
  using byVariable = await createBackend({ cpu: { threads: 1 } });
  expect(byVariable.name).toBe('wasm');
  using byOption = await createBackend({ on: 'gpu' });
  expect(byOption.name).toBe('naive');
  vi.stubEnv('AGOP_BACKEND', 'abacus');
  await expect(createBackend()).rejects.toThrow(OptionError);
});

it('is an error where the GPU is asked for and there is none', async () => {
  thereIsNoGpu();
  await expect(createBackend({ on: 'gpu' })).rejects.toBe(missing);
});

it('is an error where the GPU is there and fails', async () => {
  const broken = new DeviceError('cuda', 'cuCtxSetCurrent', 'CUDA_ERROR_UNKNOWN');
  gpu.create = () => Promise.reject(broken);
  await expect(createBackend()).rejects.toBe(broken);
});

it('a pool has all GPUs, or the CPU alone', async () => {
  const seen = thereIsAGpu();
  await createBackendPool({ gpu: { devices: [0, 1] } });
  expect(seen.options).toEqual({ devices: [0, 1] });
  thereIsNoGpu();
  const onFallback = vi.fn();
  using pool = await createBackendPool({ cpu: { threads: 1 }, onFallback });
  expect(await pool.run((backend) => backend.name)).toBe('wasm');
  expect([pool.size, onFallback.mock.calls]).toEqual([1, [[missing]]]);
  await expect(createBackendPool({ on: 'gpu' })).rejects.toThrow(UnavailableError);
});
