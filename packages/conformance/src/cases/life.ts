import { bytesPerElement, input, type Tensor } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { ConformanceFailure, demand, messageOf } from '../failure.ts';
import { grid, product, transposed } from '../reference/grid.ts';
import { positiveDefinite } from '../reference/samples.ts';
import type { Trial } from '../trial.ts';

export const lifeCases: readonly ConformanceCase[] = [
  defineCase('life', 'memory() counts tensors and bytes, and keeps the peak', async (t) => {
    const width = bytesPerElement(t.dtype);
    const start = t.ops.memory();
    t.ops.resetPeak();
    const big = t.ops.full([10, 20], 1, t.dtype);
    const indices = t.indices([1, 2, 3]);
    demandMemory(t, 'two tensors', start.tensors + 2, start.bytes + 200 * width + 12);
    big.dispose();
    demandMemory(t, 'one disposed', start.tensors + 1, start.bytes + 12);
    const { peakBytes } = t.ops.memory();
    demand(peakBytes === start.bytes + 200 * width + 12, `The peak must be kept, but is ${peakBytes}.`);
    t.ops.resetPeak();
    demand(t.ops.memory().peakBytes === start.bytes + 12, 'resetPeak() must start at the present use.');
    indices.dispose();
    demandMemory(t, 'all disposed', start.tensors, start.bytes);
  }),

  defineCase('life', 'dispose() may be called again, and ends read()', async (t) => {
    const tensor = t.tensor([1, 2]);
    const before = t.ops.memory();
    demand(!tensor.disposed, 'A new tensor must not be disposed.');
    tensor.dispose();
    tensor.dispose();
    demand(tensor.disposed, 'It must be disposed now.');
    demand(t.ops.memory().tensors === before.tensors - 1, 'It must be counted out once.');
    await t.fails('read()', 'DISPOSED', () => tensor.read());
    const { shape, dtype, size } = tensor;
    demand(shape.join() === '2' && dtype === t.dtype && size === 2, 'Shape, dtype and size must remain.');
  }),

  defineCase('life', 'a tensor knows its backend and its size', async (t) => {
    const [a, b] = [t.tensor([1, 2, 3, 4], [2, 2]), t.tensor([5], [])];
    demand(a.backend === b.backend && a.backend.name === t.ops.name, 'Both must name the backend.');
    demand(a.size === 4 && b.size === 1, 'The size must be the number of elements.');
  }),

  defineCase('life', 'operands may be disposed as soon as an operation has returned', async (t) => {
    const a = t.sample(70, 70, 1);
    const expected = product(a, transposed(a));
    const tolerance = expected.magnitude.data.map((size) => 100 * t.epsilon * size);
    const kernel = input('u').mul(input('s'));
    const operations: Readonly<Record<string, (x: Tensor) => Tensor>> = {
      matmul: (x) => t.ops.matmul(x, x, { transposeB: true }),
      gram: (x) => t.ops.gram(x),
      pairwise: (x) => t.ops.pairwise(x, x, kernel, { inputs: { s: 1 } }),
    };
    for (const [name, operation] of Object.entries(operations)) {
      const operand = t.upload(a);
      const result = operation(operand);
      operand.dispose();
      // Whatever comes next may reuse the memory.
      t.ops.full([70, 70], Number.NaN, t.dtype).dispose();
      await t.close(name, result, [70, 70], expected.value.data, tolerance);
    }
  }),

  defineCase('life', 'a read() that has begun completes even if the tensor is disposed', async (t) => {
    const values = Array.from({ length: 5000 }, (_, i) => i);
    const tensor = t.tensor(values);
    const reading = tensor.read();
    tensor.dispose();
    t.ops.full([5000], -1, t.dtype).dispose();
    const rule = 'read() must copy the elements before it first waits: dispose() may come meanwhile';
    const read = await reading.catch((cause: unknown) => {
      throw new ConformanceFailure(`${rule}. It failed with ${messageOf(cause)}`, { cause });
    });
    demand(
      values.every((value, i) => read[i] === value),
      `${rule}. The elements are not those from before dispose().`,
    );
  }),

  defineCase('life', 'no operation keeps memory beyond its result', async (t) => {
    const spd = t.upload(t.rounded(positiveDefinite(20, 2)));
    const [x, z] = [t.upload(t.sample(20, 6, 3)), t.upload(t.sample(9, 6, 4))];
    const calls: Readonly<Record<string, () => Tensor | Promise<Tensor>>> = {
      clone: () => t.ops.clone(x),
      cast: () => t.ops.cast(x, 'int32'),
      transpose: () => t.ops.transpose(x),
      concat: () => t.ops.concat([x, z], 0),
      matmul: () => t.ops.matmul(x, z, { transposeB: true }),
      gram: () => t.ops.gram(x),
      cholesky: () => t.ops.cholesky(spd),
      solvePositiveDefinite: () => t.ops.solvePositiveDefinite(spd, x),
      solveTriangular: () => t.ops.solveTriangular(spd, x),
      map: () => t.ops.map(input('x').exp().add(1), { x }),
      sum: () => t.ops.sum(x, 'all'),
      argmax: () => t.ops.argmax(x, 1),
      pairwise: () => t.ops.pairwise(x, z, input('u').exp()),
      powerDistances: () => t.ops.powerDistances(x, z, 1.5),
      powerDistanceGradients: () => t.ops.powerDistanceGradients(t.ops.gram(x), x, x, 1.5),
    };
    for (const [name, call] of Object.entries(calls)) {
      const before = t.ops.memory().tensors;
      const result = await call();
      const extra = name === 'powerDistanceGradients' ? 1 : 0;
      demand(
        t.ops.memory().tensors === before + 1 + extra,
        `${name}: exactly one tensor must be added, but ${t.ops.memory().tensors - before - extra} are.`,
      );
      result.dispose();
    }
  }),

  defineCase('life', 'many tensors come and go', async (t) => {
    const start = t.ops.memory();
    for (let round = 0; round < 300; round++) {
      const a = t.ops.full([1 + (round % 37), 40], round, t.dtype);
      const b = t.ops.map(input('a').add(1), { a });
      a.dispose();
      const sum = await t.ops.max(b, 'all').read();
      demand(sum[0] === round + 1, `Round ${round}: ${round + 1} is expected, but ${sum[0]} came.`);
      b.dispose();
    }
    demand(t.ops.memory().tensors <= start.tensors + 300, 'Only the results of max() may be left.');
  }),

  defineCase('life', 'results do not depend on what memory held before', async (t) => {
    const [a, b] = [t.sample(33, 17, 5), t.sample(17, 29, 6)];
    const { value } = product(a, b);
    for (const junk of [Number.NaN, 1e30]) {
      for (let k = 0; k < 4; k++) t.ops.full([33, 29], junk, t.dtype).dispose();
      const result = t.ops.matmul(t.upload(a), t.upload(b));
      await t.close(`after ${junk}`, result, [33, 29], value.data, 100 * t.epsilon);
      for (let k = 0; k < 4; k++) t.ops.full([29, 29], junk, t.dtype).dispose();
      const identity = grid(29, 29, (i, j) => (i === j ? 1 : 0));
      await t.equal('identity', t.ops.identity(29, t.dtype), [29, 29], identity.data);
    }
  }),
];

function demandMemory(t: Trial, what: string, tensors: number, bytes: number): void {
  const now = t.ops.memory();
  demand(
    now.tensors === tensors && now.bytes === bytes,
    `${what}: ${tensors} tensors and ${bytes} bytes are expected, but memory() says ${now.tensors} and ${now.bytes}.`,
  );
}
