import { hostArray, randomArray, type Shape, sizeOf, type Tensor } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import type { Trial } from '../trial.ts';

const shapes: readonly Shape[] = [[], [0], [1], [3], [1, 1], [2, 3], [0, 4], [4, 0], [2, 3, 4], [129, 65]];

export const makeCases: readonly ConformanceCase[] = [
  defineCase('make', 'tensor() and read() keep shape, dtype and elements', async (t) => {
    for (const shape of shapes) {
      const values = Array.from({ length: sizeOf(shape) }, (_, i) => t.round((i - 3) / 7));
      await t.equal(`float [${shape.join()}]`, t.tensor(values, shape), shape, values);
      const integers = values.map((_, i) => ((i * 1_000_003) % 2_000_000_011) - 1_000_000_000);
      await t.equal('int32', t.ops.tensor(integers, shape, 'int32'), shape, integers, 'int32');
    }
  }),

  defineCase('make', 'tensor() takes every kind of array and copies it', async (t) => {
    const expected = [0, 1, 2, 3, 200, 5];
    const arrays = [
      Float64Array.from(expected),
      Float32Array.from(expected),
      Int32Array.from(expected),
      Uint8Array.from(expected),
      [...expected],
    ];
    for (const data of arrays) {
      const tensor = t.tensor(data, [2, 3]);
      data[0] = 77;
      await t.equal(data.constructor.name, tensor, [2, 3], expected);
      const read = await tensor.read();
      read[1] = 55;
      await t.equal('after writing into what read() gave', tensor, [2, 3], expected);
    }
  }),

  defineCase('make', 'a tensor does not follow the array that gave its shape', async (t) => {
    const shape = [2, 3];
    const made = t.ops.full(shape, 1, t.dtype);
    shape[0] = 9;
    await t.equal('full', made, [2, 3], [1, 1, 1, 1, 1, 1]);
  }),

  defineCase('make', 'special values survive: NaN, infinities, -0, extremes', async (t) => {
    const largest = t.dtype === 'float64' ? Number.MAX_VALUE : (2 - 2 ** -23) * 2 ** 127;
    const values = [Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -0, largest, -largest];
    const tensor = t.tensor(values);
    await t.equal('values', tensor, [6], values);
    demand(Object.is((await tensor.read())[3], -0), '-0 must not become 0.');
  }),

  defineCase('make', 'full()', async (t) => {
    for (const value of [0, -2.5, Number.NaN, Number.NEGATIVE_INFINITY]) {
      for (const shape of shapes) {
        const expected = new Array<number>(sizeOf(shape)).fill(value);
        await t.equal(`full ${value}`, t.ops.full(shape, value, t.dtype), shape, expected);
      }
    }
    await t.equal('int32', t.ops.full([5], -7, 'int32'), [5], [-7, -7, -7, -7, -7], 'int32');
  }),

  defineCase('make', 'identity()', async (t) => {
    for (const n of [0, 1, 2, 17, 65]) {
      const expected = Array.from({ length: n * n }, (_, i) => (i % (n + 1) === 0 ? 1 : 0));
      await t.equal(`identity ${n}`, t.ops.identity(n, t.dtype), [n, n], expected);
    }
  }),

  defineCase('make', 'random() gives the numbers of randomArray(), bit for bit', async (t) => {
    const keys = [{ seed: 0 }, { seed: 1, stream: 3 }, { seed: 2 ** 40 + 5, stream: 2 ** 35 }];
    for (const distribution of ['uniform', 'normal', 'cauchy'] as const) {
      for (const key of keys) {
        for (const shape of [[], [0], [1], [7], [33, 31]]) {
          const expected = randomArray(sizeOf(shape), distribution, key, t.dtype);
          const made = t.ops.random(shape, distribution, key, t.dtype);
          await t.equal(`${distribution}, seed ${key.seed}`, made, shape, expected);
        }
      }
    }
  }),

  defineCase('make', 'cast() rounds to float32, and truncates to int32 towards zero', async (t) => {
    const values = [0, 1.75, -1.75, 2.5, -0.99, 1e6 + 0.3].map((value) => t.round(value));
    await castTo(t, t.tensor(values, [2, 3]), values);
    for (const dtype of t.ops.dtypes) {
      const expected = Array.from(hostArray(dtype, 6).fill(0), (_, i) => i - 2);
      const integers = t.ops.tensor(expected, [2, 3], 'int32');
      await t.equal(`int32 to ${dtype}`, t.ops.cast(integers, dtype), [2, 3], expected, dtype);
    }
  }),
];

async function castTo(t: Trial, source: Tensor, values: readonly number[]): Promise<void> {
  for (const dtype of t.ops.dtypes) {
    const expected = dtype === 'float32' ? values.map(Math.fround) : values;
    await t.equal(`to ${dtype}`, t.ops.cast(source, dtype), [2, 3], expected, dtype);
  }
  const integers = values.map(Math.trunc);
  const truncated = t.ops.cast(source, 'int32');
  await t.equal('to int32', truncated, [2, 3], integers, 'int32');
  await t.equal('int32 to int32', t.ops.cast(truncated, 'int32'), [2, 3], integers, 'int32');
}
