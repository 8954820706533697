import { conformanceCases, engineCases, lifecycleCases } from '@agop/conformance';
import {
  type Backend,
  BackendMismatchError,
  input,
  NotPositiveDefiniteError,
  OutOfMemoryError,
  ShapeError,
  type Tensor,
  UnavailableError,
} from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import * as tf from '@tensorflow/tfjs-core';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Runtime } from '../src/adapter/runtime.ts';
import { tfjsEngine } from '../src/adapter/tfjs-engine.ts';
import { createTfjsBackend } from '../src/index.ts';
import '@tensorflow/tfjs-backend-cpu';

let backend: Backend;
let naive: Backend;

beforeAll(async () => {
  backend = await createTfjsBackend({ backendName: 'cpu', tf });
  naive = createNaiveBackend();
});

// No operation may leave a tf.Tensor behind, besides those that agop tensors hold.
let [tensors, buffers] = [0, 0];
beforeEach(() => {
  [tensors, buffers] = [tf.memory().numTensors, tf.memory().numDataBuffers];
});
afterEach(() => {
  expect(backend.memory()).toMatchObject({ tensors: 0, bytes: 0 });
  expect(tf.memory()).toMatchObject({ numTensors: tensors, numDataBuffers: buffers });
});

/** Positive definite, [n, n]. */
function definite(on: Backend, n: number): Tensor {
  using a = on.random([n, n], 'normal', { seed: 5 }, 'float32');
  using scaled = on.map(input('a').mul(1 / Math.sqrt(n)), { a });
  using one = on.identity(n, 'float32');
  const out = on.gram(scaled);
  return on.map(input('a').add(input('b')), { a: out, b: one }, { out });
}

/** Largest difference of two tensors' elements. */
async function difference(a: Tensor, b: Tensor): Promise<number> {
  expect(a.shape).toEqual(b.shape);
  const [left, right] = [Array.from(await a.read()), Array.from(await b.read())];
  return left.reduce((worst, value, i) => Math.max(worst, Math.abs(value - (right[i] ?? Number.NaN))), 0);
}

describe('the contract', () => {
  for (const { group, name, run } of conformanceCases) it(`${group}: ${name}`, () => run(backend));
  for (const { name, run } of lifecycleCases) {
    it(name, () => run(() => createTfjsBackend({ backendName: 'cpu', tf })));
  }
  for (const { name, run } of engineCases) {
    const runtime = new Runtime({ tf, backendName: 'cpu', name: 'tfjs-cpu', memoryLimit: Infinity });
    it(name, () => run(() => tfjsEngine(runtime, backend.device)));
  }
});

describe('blocked linear algebra', () => {
  it.each([1, 127, 128, 129, 300])('factorises and solves like the host at order %i', async (n) => {
    using a = definite(backend, n);
    using l = await backend.cholesky(a, { ridge: 0.5 });
    using expectedA = definite(naive, n);
    using expectedL = await naive.cholesky(expectedA, { ridge: 0.5 });
    expect(await difference(l, expectedL)).toBeLessThan(2e-6);

    for (const transpose of [false, true]) {
      using b = backend.random([n, 3], 'normal', { seed: 9 }, 'float32');
      using x = backend.solveTriangular(l, b, { transpose });
      using expectedB = naive.random([n, 3], 'normal', { seed: 9 }, 'float32');
      using expectedX = naive.solveTriangular(expectedL, expectedB, { transpose });
      expect(await difference(x, expectedX)).toBeLessThan(1e-5);
    }
  });

  it('names the failing pivot, in a block that is not the first', async () => {
    const values = new Float32Array(200 * 200);
    for (let i = 0; i < 200; i++) values[i * 201] = i === 150 ? -2 : 1;
    using a = backend.tensor(values, [200, 200], 'float32');
    const failure = await backend.cholesky(a, { ridge: 0.5 }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(NotPositiveDefiniteError);
    expect(failure).toMatchObject({ pivot: 150, value: -1.5, order: 200 });
  });
});

describe('elements', () => {
  it('sums many equal numbers to float32 accuracy', async () => {
    using a = backend.full([300, 1003], 0.1, 'float32');
    for (const axis of [0, 1, 'all'] as const) {
      using sum = backend.sum(a, axis);
      const expected = Math.fround(0.1) * (axis === 0 ? 300 : axis === 1 ? 1003 : 300_900);
      for (const value of await sum.read()) expect(Math.abs(value / expected - 1)).toBeLessThan(1e-6);
    }
  });

  it('evaluates large results in row blocks', async () => {
    const e = input('a').mul(input('column')).add(input('row'));
    const [rows, columns] = [4100, 1025];
    using a = backend.random([rows, columns], 'uniform', { seed: 1 }, 'float32');
    using column = backend.random([rows, 1], 'uniform', { seed: 2 }, 'float32');
    using row = backend.random([columns], 'uniform', { seed: 3 }, 'float32');
    using whole = backend.map(e, { a, column, row });
    for (const begin of [0, 2047, 4098]) {
      using part = backend.rows(whole, begin, begin + 2);
      using partA = backend.rows(a, begin, begin + 2);
      using partColumn = backend.rows(column, begin, begin + 2);
      using expected = backend.map(e, { a: partA, column: partColumn, row });
      expect(await difference(part, expected)).toBe(0);
    }
  });

  it('keeps its own copy of host data, and gives copies', async () => {
    const values = Float32Array.of(1, 2, 3);
    using a = backend.tensor(values, [3], 'float32');
    values[0] = 9;
    const read = await a.read();
    expect([...read]).toEqual([1, 2, 3]);
    read[1] = 9;
    expect([...(await a.read())]).toEqual([1, 2, 3]);
  });

  it('joins parts in both directions', async () => {
    using a = backend.tensor([1, 2, 3, 4], [2, 2], 'float32');
    using b = backend.tensor([5, 6], [2, 1], 'float32');
    using beside = backend.concat([a, b, a], 1);
    expect([...(await beside.read())]).toEqual([1, 2, 5, 1, 2, 3, 4, 6, 3, 4]);
    using indices = backend.tensor([7, 8], [2], 'int32');
    using below = backend.concat([indices, indices], 0);
    expect([...(await below.read())]).toEqual([7, 8, 7, 8]);
  });

  it('survives a tf.tidy around it', async () => {
    let made: Tensor | undefined;
    tf.tidy(() => {
      made = backend.full([2, 2], 3, 'float32');
      using one = backend.identity(2, 'float32');
      backend.matmul(one, one, { out: made, beta: 1 });
    });
    expect([...((await made?.read()) ?? [])]).toEqual([4, 3, 3, 4]);
    made?.dispose();
  });

  it('refuses indices that are out of range', () => {
    using a = backend.tensor([1, 2, 3], [3, 1], 'float32');
    for (const index of [-1, 3]) {
      using indices = backend.tensor([0, index], [2], 'int32');
      expect(() => backend.gather(a, indices)).toThrow(ShapeError);
      using computed = backend.cast(indices, 'float32');
      using back = backend.cast(computed, 'int32');
      expect(() => backend.gather(a, back)).toThrow(ShapeError);
    }
  });
});

describe('a tfjs backend with arithmetic of its own', () => {
  // As WebGL on some graphics processors.
  const flawed = {
    ...tf,
    div: (x: tf.Tensor, y: tf.Tensor) => tf.where(tf.equal(x, y), 1, tf.div(x, y)),
    pow: (x: tf.Tensor, y: tf.Tensor) => tf.where(tf.greater(x, 0), tf.pow(x, y), 0),
    max: (x: tf.Tensor2D, axis?: number, keepDims?: boolean) => tf.maximum(tf.max(x, axis, keepDims), -1e20),
    acos: (x: tf.Tensor) => tf.add(tf.acos(x), 7e-5),
    sin: (x: tf.Tensor) => tf.mul(tf.sin(x), 1.0002),
    cos: (x: tf.Tensor) => tf.mul(tf.cos(x), 1.0002),
  } as typeof tf;

  it('is found out, and keeps the contract all the same', async () => {
    using repaired = await createTfjsBackend({ backendName: 'cpu', tf: flawed });
    expect(repaired.device.details).toMatchObject({ repairedFunctions: 'div, pow, max, acos, sin, cos' });
    const concerned = ['operators', 'expressions', 'reductions', 'powerDistances'];
    for (const { group, run } of conformanceCases) if (concerned.includes(group)) await run(repaired);
  });

  it('is left alone where it is sound', () => {
    expect(backend.device.details).toMatchObject({ repairedFunctions: 'none' });
  });
});

describe('the process', () => {
  it('leaves the program its own tfjs backend', async () => {
    tf.registerBackend('second cpu', () => new (Object.getPrototypeOf(tf.backend()).constructor)());
    const cpuKernels = tf.getKernelsForBackend('cpu');
    for (const kernel of cpuKernels) tf.registerKernel({ ...kernel, backendName: 'second cpu' });
    await tf.setBackend('cpu');
    using second = await createTfjsBackend({ backendName: 'second cpu', tf });
    expect(tf.getBackend()).toBe('cpu');
    using a = second.full([2, 2], 1, 'float32');
    using b = second.matmul(a, a);
    expect(tf.getBackend()).toBe('cpu');
    expect([...(await b.read())]).toEqual([2, 2, 2, 2]);
    expect(() => backend.matmul(a, b)).toThrow(BackendMismatchError);
  });

  it('says which tfjs backend is missing', async () => {
    const failure = await createTfjsBackend({ backendName: 'webgl', tf }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(UnavailableError);
    expect(failure).toHaveProperty('message', expect.stringMatching(/'webgl'.*registered: cpu/));
  });

  it('refuses what exceeds its memory limit, and goes on', async () => {
    using small = await createTfjsBackend({
      backendName: 'cpu',
      tf,
      memoryLimit: tf.memory().numBytes + 1000,
    });
    expect(() => small.full([1000], 0, 'float32')).toThrow(OutOfMemoryError);
    using a = small.full([100], 1, 'float32');
    expect(await a.read()).toHaveLength(100);
  });
});
