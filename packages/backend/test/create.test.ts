import { type Backend, DeviceError, OptionError, UnavailableError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { createBackend, createBackendPool } from '../src/index.ts';

/** What the WebGPU backend does in a test. */
const webgpu = vi.hoisted(() => ({ create: (_options?: object): Promise<unknown> => Promise.reject() }));
vi.mock('@agop/backend-webgpu', () => ({ createWebGpuBackend: (options: object) => webgpu.create(options) }));

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

const noAdapter = new UnavailableError('There is no WebGPU adapter.');

/** An adapter, of hardware or not. */
function thereIsWebGpu(software: boolean): { options: object | undefined; backend: Backend } {
  const naive = createNaiveBackend();
  const backend = { ...naive, device: { ...naive.device, details: { software } } };
  const seen: ReturnType<typeof thereIsWebGpu> = { options: undefined, backend };
  webgpu.create = async (options) => {
    seen.options = options;
    return backend;
  };
  return seen;
}

beforeEach(() => {
  webgpu.create = () => Promise.reject(noAdapter);
});
afterEach(() => vi.unstubAllEnvs());

/** What is told of what was passed over. */
function passedOver(onFallback: ReturnType<typeof vi.fn>): unknown {
  return onFallback.mock.calls.map(([reason]) => reason.attempts);
}

const noCuda = { what: 'CUDA', reason: missing.message };

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
  expect(passedOver(onFallback)).toEqual([[noCuda, { what: 'WebGPU', reason: noAdapter.message }]]);
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
  await expect(createBackend({ on: 'cuda' })).rejects.toBe(missing);
  await expect(createBackend({ on: 'webgpu' })).rejects.toBe(noAdapter);
  await expect(createBackend({ on: 'gpu', dtype: 'float64' })).rejects.toBe(missing);
  const neither = createBackend({ on: 'gpu' });
  await expect(neither).rejects.toThrow(
    /CUDA: No GPU engine works here.\n.*WebGPU: There is no WebGPU adapter/,
  );
});

it('takes WebGPU where there is no CUDA, with its options, and says why', async () => {
  thereIsNoGpu();
  const seen = thereIsWebGpu(false);
  const onFallback = vi.fn();
  const options = { webgpu: { powerPreference: 'low-power' }, onFallback } as const;
  expect(await createBackend(options)).toBe(seen.backend);
  expect(seen.options).toEqual({ powerPreference: 'low-power' });
  expect(passedOver(onFallback)).toEqual([[noCuda]]);
  using pool = await createBackendPool();
  expect(await pool.run((backend) => backend)).toBe(seen.backend);
});

it('passes over WebGPU where float64 is needed, and where it is software, but not by its name', async () => {
  thereIsNoGpu();
  thereIsWebGpu(false);
  const onFallback = vi.fn();
  const cpu = { threads: 1 };
  using precise = await createBackend({ dtype: 'float64', cpu, onFallback });
  expect(precise.name).toBe('wasm');
  expect(passedOver(onFallback)).toEqual([
    [noCuda, { what: 'WebGPU', reason: 'It does not compute in float64.' }],
  ]);
  const { backend } = thereIsWebGpu(true);
  using beside = await createBackend({ cpu, onFallback });
  expect(beside.name).toBe('wasm');
  expect(onFallback.mock.lastCall?.[0].message).toMatch(/WebGPU: .* computed by the processor/);
  thereIsWebGpu(true);
  expect((await createBackend({ on: 'webgpu' })).name).toBe(backend.name);
  vi.stubEnv('AGOP_BACKEND', 'webgpu');
  expect((await createBackend()).name).toBe(backend.name);
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
  expect(pool.size).toBe(1);
  expect(passedOver(onFallback)).toEqual([[noCuda, { what: 'WebGPU', reason: noAdapter.message }]]);
  await expect(createBackendPool({ on: 'gpu' })).rejects.toThrow(UnavailableError);
});
