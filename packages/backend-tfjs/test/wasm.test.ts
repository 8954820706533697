import { conformanceCases, lifecycleCases } from '@agop/conformance';
import { type Backend, OptionError, OutOfMemoryError, UnavailableError } from '@agop/core';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTfjsBackend } from '../src/index.ts';
import { createTfjsWasmBackend } from '../src/wasm.ts';

let backend: Backend;
beforeAll(async () => {
  backend = await createTfjsWasmBackend();
});

let before: tf.MemoryInfo;
beforeEach(() => {
  before = tf.memory();
});
afterEach(() => {
  expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
  expect(tf.memory()).toEqual(before);
});

describe('the contract', () => {
  for (const { group, name, run } of conformanceCases) it(`${group}: ${name}`, () => run(backend));
  for (const { name, run } of lifecycleCases) {
    it(name, () => run(() => createTfjsWasmBackend()));
  }
});

describe('tfjs-wasm', () => {
  it('says what it runs on', () => {
    expect(backend.name).toBe('tfjs-wasm');
    expect(backend.device.details).toMatchObject({ tfjsBackend: 'wasm', threads: 1, simd: true });
    expect(backend.device.description).toContain('1 thread, SIMD');
  });

  it('sums a million equal numbers to float32 accuracy', async () => {
    using a = backend.full([1000, 1003], 0.1, 'float32');
    for (const axis of [0, 1, 'all'] as const) {
      using sum = backend.sum(a, axis);
      const expected = Math.fround(0.1) * (axis === 0 ? 1000 : axis === 1 ? 1003 : 1_003_000);
      for (const value of await sum.read()) expect(Math.abs(value / expected - 1)).toBeLessThan(1e-6);
    }
  });

  it('refuses to grow beyond its memory, and goes on', async () => {
    expect(() => backend.full([2 ** 15, 2 ** 15], 0, 'float32')).toThrow(OutOfMemoryError);
    using a = backend.full([3], 1, 'float32');
    expect([...(await a.read())]).toEqual([1, 1, 1]);
  });

  it('refuses bad options with typed errors', async () => {
    await expect(createTfjsWasmBackend({ threads: 0 })).rejects.toThrow(OptionError);
    const misspelt = [{ thread: 1 }];
    await expect(Reflect.apply(createTfjsWasmBackend, undefined, misspelt)).rejects.toThrow(
      /Did you mean threads\?/,
    );
    await expect(Reflect.apply(createTfjsBackend, undefined, [{ backendname: 'cpu' }])).rejects.toThrow(
      /Did you mean backendName\?/,
    );
    await expect(Reflect.apply(createTfjsBackend, undefined, [{ name: 'x' }])).rejects.toThrow(
      /backendName must be the name of a backend of TensorFlow.js/,
    );
    await expect(createTfjsWasmBackend({ wasmPaths: { 'other.wasm': 'x' } })).rejects.toThrow(
      UnavailableError,
    );
  });
});
