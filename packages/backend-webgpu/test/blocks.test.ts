import { type Backend, input, type Tensor } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { createWebGpuBackend } from '../src/index.ts';
import { missingDevice } from './device-at-hand.ts';
import { faultyDevice } from './faulty-device.ts';

// A device shows a kernel some part of a matrix at most. With a limit of 256 KiB, which is 65,472 elements,
// the matrices here are computed with in blocks; all must be as on a device that shows them whole.

const missing = await missingDevice();

if (missing) test.skip(`LEFT OUT, tests on a device: ${missing}`);
else describe('matrices larger than a binding', { timeout: 120_000 }, onDevice);

type Operation = (ops: Backend, random: (rows: number, columns: number, seed?: number) => Tensor) => Tensor;

const [u, x, row, column] = [input('u'), input('x'), input('row'), input('column')];

const operations: Readonly<Record<string, Operation>> = {
  'matmul, rows of both in blocks': (ops, random) =>
    ops.matmul(random(700, 150), random(500, 150, 2), { transposeB: true }),
  'matmul, terms in blocks': (ops, random) =>
    ops.matmul(random(900, 100), random(900, 90), { transposeA: true }),
  'matmul with a right factor that is too long': (ops, random) =>
    ops.matmul(random(60, 800), random(800, 120)),
  'matmul by a column': (ops, random) => ops.matmul(random(700, 301), random(301, 1)),
  'matmul by columns, transposed': (ops, random) =>
    ops.matmul(random(700, 301), random(700, 3), { transposeA: true }),
  'matmul into out with beta': (ops, random) =>
    ops.matmul(random(350, 40), random(40, 300), { out: random(350, 300, 5), alpha: 2, beta: 0.5 }),
  'matmul in batches': (ops, random) => ops.matmul(random(5 * 200, 30), random(5 * 30, 100), { batches: 5 }),
  gram: (ops, random) => ops.gram(random(400, 30)),
  'gram of columns': (ops, random) => ops.gram(random(900, 100), { transpose: true }),
  'pairwise, symmetric': (ops, random) => {
    const points = random(380, 20);
    return ops.pairwise(points, points, u.mul(0.1).exp(), { symmetric: true });
  },
  'pairwise with rows and columns': (ops, random) =>
    ops.pairwise(random(380, 20), random(400, 20, 4), u.add(row.mul(column)), {
      inputs: { row: random(1, 400), column: random(380, 1, 3) },
    }),
  'pairwise with a full input': (ops, random) =>
    ops.pairwise(random(380, 20), random(400, 20), u.mul(x), { inputs: { x: random(380, 400) } }),
  'map of rows and columns': (ops, random) =>
    ops.map(x.mul(row).add(column), { x: random(300, 400), row: random(1, 400), column: random(300, 1) }),
  'map along rows that are too long': (ops, random) =>
    ops.map(x.mul(row).add(column), { x: random(3, 70_000), row: random(1, 70_000), column: random(3, 1) }),
  'sum of all': (ops, random) => ops.sum(random(500, 300), 'all'),
  'sum of rows': (ops, random) => ops.sum(random(500, 300), 1),
  'sum of rows that are too long': (ops, random) => ops.sum(random(3, 70_000), 1),
  'mean of columns': (ops, random) => ops.mean(random(500, 300), 0),
  'maxima of columns of rows that are too long': (ops, random) => ops.max(random(3, 70_000), 0),
  'norm of rows': (ops, random) => ops.norm(random(500, 300), 1),
  'argmax of columns': (ops, random) => ops.argmax(random(500, 300), 0),
  'argmax of rows': (ops, random) => ops.argmax(random(500, 300), 1),
  transpose: (ops, random) => ops.transpose(random(500, 300)),
  diagonal: (ops, random) => ops.diagonal(random(400, 400)),
  identity: (ops) => ops.identity(400, 'float32'),
  'full and a cast': (ops) => ops.cast(ops.full([500, 300], 7.5, 'float32'), 'int32'),
  gather: (ops, random) => {
    const indices = Int32Array.from({ length: 600 }, (_, i) => (i * 37) % 500);
    return ops.gather(random(500, 300), ops.tensor(indices, [600], 'int32'));
  },
  'concat side by side': (ops, random) => ops.concat([random(400, 120), random(400, 100)], 1),
  patches: (ops, random) => ops.patches(ops.reshape(random(6, 30 * 30 * 20), [6, 30, 30, 20]), { size: 3 }),
  windowSums: (ops, random) => ops.windowSums(random(20 * 20 * 4, 50), { height: 20, width: 20, size: 3 }),
  'windowSums of rows that are too long': (ops, random) =>
    ops.windowSums(random(6 * 6 * 40, 130), { height: 6, width: 6, size: 3, padding: 1 }),
  powerDistances: (ops, random) => ops.powerDistances(random(300, 10), random(350, 10, 2), 1.5),
  powerDistanceGradients: (ops, random) =>
    ops.powerDistanceGradients(random(300, 350), random(300, 10), random(350, 10, 2), 1),
};

function onDevice(): void {
  let blocks: Backend;
  let wholes: Backend;
  beforeAll(async () => {
    blocks = await createWebGpuBackend({ bindingBytes: 2 ** 18 });
    wholes = await createWebGpuBackend();
  });
  afterAll(() => {
    blocks.dispose();
    wholes.dispose();
  });

  test.each(Object.keys(operations))('%s', async (name) => {
    const run = operations[name] as Operation;
    const results = await Promise.all([blocks, wholes].map((backend) => resultOf(backend, run)));
    const [inBlocks = [], atOnce = []] = results.map((result) => [...result]);
    const worst = inBlocks.reduce(
      (most, value, i) => Math.max(most, Math.abs(value - (atOnce[i] as number))),
      0,
    );
    expect(inBlocks).toHaveLength(atOnce.length);
    expect(worst / Math.max(...atOnce.map(Math.abs).slice(0, 100_000))).toBeLessThan(1e-5);
  });

  test('more groups than a dispatch has in one dimension', async () => {
    const { device, close } = await faultyDevice(7);
    try {
      using backend = await createWebGpuBackend({ device });
      const values = Float32Array.from({ length: 200 }, (_, i) => (i % 2 === 0 ? i % 3 : 1.5));
      using matrix = backend.tensor(values, [100, 2], 'float32');
      using places = backend.argmax(matrix, 1);
      const expected = Array.from({ length: 100 }, (_, i) => ((2 * i) % 3 > 1.5 ? 0 : 1));
      expect([...(await places.read())]).toEqual(expected);
    } finally {
      close();
    }
  });

  test('a kernel that cannot see enough at once says so', () => {
    using images = blocks.full([1, 300, 300, 1], 1, 'float32');
    expect(() => blocks.patches(images, { size: 3 })).toThrow(/needs .* of its operand images/);
  });
}

async function resultOf(backend: Backend, run: Operation): Promise<ArrayLike<number> & Iterable<number>> {
  const made: Tensor[] = [];
  const random = (rows: number, columns: number, seed = 1): Tensor => {
    const tensor = backend.random([rows, columns], 'uniform', { seed }, 'float32');
    made.push(tensor);
    return tensor;
  };
  using result = run(backend, random);
  const read = await result.read();
  for (const tensor of made) tensor.dispose();
  return read;
}
