import { createCpuBackend } from '@agop/backend-cpu';
import { type DeviceMemory, type FloatDType, OptionError, OutOfMemoryError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import {
  checkGrokkingMemory,
  grokkingMemory,
  type MemoryCheck,
  type ModularTaskOptions,
  modularTask,
  modularTaskSizes,
  runGrokking,
} from '@agop/grokking';
import { describe, expect, it } from 'vitest';

const GiB = 2 ** 30;
const sizesOf = (p: number, fraction = 0.5) => modularTaskSizes({ operation: '+', p, fraction });
const device = (engine: string, memory: DeviceMemory): MemoryCheck['backend'] => ({
  name: engine,
  device: { engine, description: '', memory, details: {} },
  dtypes: ['float64', 'float32'],
  preferredDType: 'float64',
});

describe('memory of a run', () => {
  const cases: [ModularTaskOptions, FloatDType, boolean][] = [
    [{ operation: '+', p: 7, fraction: 0.5 }, 'float64', false],
    [{ operation: '+', p: 17, fraction: 0.75 }, 'float64', false],
    [{ operation: '+', p: 17, fraction: 0.75 }, 'float64', true],
    [{ operation: '/', p: 31, fraction: 0.4 }, 'float32', false],
    [{ operation: '+', p: 31, fraction: 0.02 }, 'float64', false],
    [{ operation: ['+', '/'], p: 31, fraction: 0.1 }, 'float64', false],
    [{ operation: '+', p: 61, fraction: 0.02 }, 'float64', false],
    [{ operation: '+', p: 61, fraction: 0.2 }, 'float64', false],
    [{ operation: '+', p: 31, fraction: 0.75 }, 'float64', false],
    [{ operation: '*', p: 61, fraction: 0.5 }, 'float64', false],
  ];
  it.each(cases)('is foretold: %o, %s, eigenvalues %s', async (options, dtype, kernelEigenvalues) => {
    using backend = await createCpuBackend();
    const task = modularTask(options);
    await runGrokking({ backend, task, iterations: 1, dtype, kernelEigenvalues });
    const foretold = grokkingMemory(modularTaskSizes(options), dtype, kernelEigenvalues);
    expect(foretold / backend.memory().peakBytes).toBeGreaterThan(0.99);
    expect(foretold / backend.memory().peakBytes).toBeLessThan(1.2);
  });
});

describe('memory there is', () => {
  const wasm = device('wasm', { space: 'host', limit: 4 * GiB });

  it('is at most what the device states, however much is allowed or free', () => {
    for (const sizes of [sizesOf(251), sizesOf(199, 0.6)]) {
      for (const more of [{}, { memoryBudget: 100 * GiB }, { freeHostBytes: 100 * GiB }]) {
        const check = () => checkGrokkingMemory({ backend: wasm, sizes, ...more });
        expect(check).toThrow(OutOfMemoryError);
        expect(check).toThrow(/^Backend 'wasm' cannot allocate \d.* GiB, 4\.0 GiB are free\./);
      }
    }
    expect(() => checkGrokkingMemory({ backend: wasm, sizes: sizesOf(97) })).not.toThrow();
  });

  it('has room for the engine itself', () => {
    const sizes = sizesOf(97);
    const exact = grokkingMemory(sizes, 'float64');
    const check = (memoryBudget: number) => () => checkGrokkingMemory({ backend: wasm, sizes, memoryBudget });
    expect(check(exact + 2 ** 20)).toThrow(OutOfMemoryError);
    expect(check(exact + 2 ** 27)).not.toThrow();
  });

  it('is at most what is free, on a CPU', () => {
    const check = () => checkGrokkingMemory({ backend: wasm, sizes: sizesOf(113), freeHostBytes: GiB / 4 });
    expect(check).toThrow(/^Backend 'host' cannot allocate .* MiB, 256 MiB are free\./);
  });

  it('of a GPU is its own: the host has only rows, outputs and metrics', () => {
    const sizes = sizesOf(199);
    const gpu = (free: number) => device('cuda', { space: 'device', limit: 80 * GiB, free });
    const check = (freeBytes: number, freeHostBytes: number) => () =>
      checkGrokkingMemory({ backend: gpu(freeBytes), sizes, freeHostBytes });
    expect(check(70 * GiB, GiB)).not.toThrow();
    expect(check(2 * GiB, 100 * GiB)).toThrow(/^Backend 'cuda' cannot allocate .*, 2\.0 GiB are free\./);
    expect(check(70 * GiB, GiB / 16)).toThrow(/^Backend 'host' cannot allocate .*, 64 MiB are free\./);
  });

  it.each([
    [251, 0.5, /of it for the kernel matrix \[31500, 31500\]\. Use a smaller p, a smaller fraction or dtype/],
    [
      1009,
      0.001,
      /of it for the one-hot rows of the test pairs \[1017063, 2018\] .*\. Use a smaller p; with/,
    ],
    [5003, 0.5, /cannot allocate 1100 TiB, 4\.0 GiB are free\./],
    [1e9, 0.5, /cannot allocate 1\.8e\+24 TiB, 4\.0 GiB are free\..* 500000000000000000 training/],
  ])('too small for p = %d, fraction %d: names the largest part and what helps', (p, fraction, message) => {
    const sizes = sizesOf(p, fraction);
    const check = (of: typeof sizes) => () => checkGrokkingMemory({ backend: wasm, sizes: of });
    expect(check(sizes)).toThrow(message);
    let said = '';
    try {
      check(sizes)();
    } catch (error) {
      said = String(error);
    }
    const largest = Number(/it fits up to p = (\d+)\.$/.exec(said)?.[1]);
    expect(check(sizesOf(largest, fraction))).not.toThrow();
    expect(check(sizesOf(largest + 1, fraction))).toThrow(OutOfMemoryError);
  });

  it('may be short because of many iterations', () => {
    const check = (iterations: number) => () =>
      checkGrokkingMemory({ backend: wasm, sizes: sizesOf(61), iterations, freeHostBytes: GiB });
    expect(check(29)).not.toThrow();
    expect(check(10_000)).toThrow(/the AGOPs and metrics of 10000 iterations .* or fewer iterations/);
  });

  it('is looked at before anything is made', async () => {
    using backend = createNaiveBackend();
    const task = modularTask({ operation: '+', p: 17 });
    for (const limit of [{ memoryBudget: 1000 }, { freeHostBytes: 1000 }]) {
      const refused = runGrokking({ backend, task, ...limit });
      await expect(refused).rejects.toThrow(/cannot allocate .* MiB, 1000 B are free/);
    }
    expect(backend.memory().peakBytes).toBe(0);
  });
});

it.each([['trainSize'], ['testSize'], ['columns'], ['p']])('%s that is no number is an error', (name) => {
  for (const odd of [undefined, '1', Number.NaN, -1]) {
    const sizes = { ...sizesOf(97), [name]: odd };
    const backend = createNaiveBackend();
    expect(() => Reflect.apply(checkGrokkingMemory, undefined, [{ backend, sizes }])).toThrow(OptionError);
  }
});
