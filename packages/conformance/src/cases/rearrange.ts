import { AgopError, type Tensor } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { cell, type Grid, grid, transposed } from '../reference/grid.ts';
import { pairs } from '../reference/tuples.ts';

const sizes = pairs('1 1, 1 5, 5 1, 3 7, 64 64, 65 33, 129 257, 0 3, 3 0');

export const rearrangeCases: readonly ConformanceCase[] = [
  defineCase('rearrange', 'int32 goes through every operation that takes it', async (t) => {
    const values = [3, -1, 2, 7, 0, 5, -8, 4, 2147483647];
    const a = t.ops.tensor(values, [3, 3], 'int32');
    const turned = [3, 7, -8, -1, 0, 4, 2, 5, 2147483647];
    await t.equal('clone', t.ops.clone(a), [3, 3], values, 'int32');
    await t.equal('reshape', t.ops.reshape(a, [9]), [9], values, 'int32');
    await t.equal('transpose', t.ops.transpose(a), [3, 3], turned, 'int32');
    await t.equal('rows', t.ops.rows(a, 2, 3), [1, 3], [-8, 4, 2147483647], 'int32');
    await t.equal(
      'gather',
      t.ops.gather(a, t.indices([2, 2])),
      [2, 3],
      [-8, 4, 2147483647, -8, 4, 2147483647],
      'int32',
    );
    await t.equal('diagonal', t.ops.diagonal(a), [3], [3, 0, 2147483647], 'int32');
    await t.equal('cast', t.ops.cast(a, 'int32'), [3, 3], values, 'int32');
    const beside = t.ops.concat([t.ops.reshape(a, [9, 1]), t.ops.full([9, 1], 6, 'int32')], 1);
    await t.equal(
      'concat',
      beside,
      [9, 2],
      values.flatMap((value) => [value, 6]),
      'int32',
    );
  }),

  defineCase('rearrange', 'transpose()', async (t) => {
    for (const [rows, columns] of sizes) {
      const a = t.sample(rows, columns, 1);
      const expected = transposed(a).data;
      await t.equal(`${rows} x ${columns}`, t.ops.transpose(t.upload(a)), [columns, rows], expected);
    }
    const integers = t.ops.transpose(t.ops.tensor([1, 2, 3, 4, 5, 6], [2, 3], 'int32'));
    await t.equal('int32', integers, [3, 2], [1, 4, 2, 5, 3, 6], 'int32');
  }),

  defineCase('rearrange', 'clone() and reshape() copy', async (t) => {
    const a = t.sample(6, 4, 2);
    const source = t.upload(a);
    const results: [Tensor, readonly number[]][] = [
      [t.ops.clone(source), [6, 4]],
      [t.ops.reshape(source, [24]), [24]],
      [t.ops.reshape(source, [2, 3, 4]), [2, 3, 4]],
      [t.ops.reshape(source, [6, 4]), [6, 4]],
    ];
    for (const [result] of results) demand(result !== source, 'The result must be a new tensor.');
    source.dispose();
    for (const [result, shape] of results) await t.equal(`[${shape.join(', ')}]`, result, shape, a.data);
    await t.equal('scalar', t.ops.reshape(t.tensor([3], [1, 1]), []), [], [3]);
    await t.equal('empty', t.ops.reshape(t.tensor([], [0, 5]), [3, 0]), [3, 0], []);
  }),

  defineCase('rearrange', 'reshape() with consume takes over the memory', async (t) => {
    const a = t.sample(6, 4, 2);
    const source = t.upload(a);
    const before = t.ops.memory();
    t.ops.resetPeak();
    const read = source.read();
    const result = t.ops.reshape(source, [3, 8], { consume: true });
    demand(result !== source && source.disposed, 'The result must be new, and the operand disposed.');
    const { tensors, bytes, peakBytes } = t.ops.memory();
    demand(tensors === before.tensors && bytes === before.bytes, 'Nothing may be allocated or left.');
    demand(peakBytes === before.bytes, 'Nothing may be copied.');
    source.dispose();
    demand((await read).length === 24, 'A read that has begun must complete.');
    await t.equal('[3, 8]', result, [3, 8], a.data);
    const whole = t.upload(a);
    await t.fails('another size', 'SHAPE', () => t.ops.reshape(whole, [5, 5], { consume: true }));
    await t.equal('after the failure', whole, [6, 4], a.data);
  }),

  defineCase('rearrange', 'rows()', async (t) => {
    const a = t.sample(17, 5, 3);
    const source = t.upload(a);
    for (const [begin, end] of pairs('0 17, 0 1, 16 17, 3 12, 4 4, 17 17')) {
      const expected = a.data.slice(begin * 5, end * 5);
      await t.equal(`${begin} to ${end}`, t.ops.rows(source, begin, end), [end - begin, 5], expected);
    }
    const integers = t.ops.tensor([1, 2, 3, 4], [4, 1], 'int32');
    await t.equal('int32', t.ops.rows(integers, 1, 3), [2, 1], [2, 3], 'int32');
  }),

  defineCase('rearrange', 'gather() takes rows in any order, also repeatedly', async (t) => {
    const a = t.sample(19, 7, 4);
    const source = t.upload(a);
    for (const order of [[], [0], [18], [5, 5, 5], [18, 0, 7, 7, 3, 1]]) {
      const expected = grid(order.length, 7, (i, j) => cell(a, order[i] as number, j));
      await t.equal(
        `rows ${order.join()}`,
        t.ops.gather(source, t.indices(order)),
        [order.length, 7],
        expected.data,
      );
    }
    const integers = t.ops.gather(t.ops.tensor([10, 20, 30], [3, 1], 'int32'), t.indices([2, 0]));
    await t.equal('int32', integers, [2, 1], [30, 10], 'int32');
  }),

  defineCase('rearrange', 'gather() by indices out of range says so, or gives NaN', async (t) => {
    const source = t.upload(t.sample(5, 3, 9));
    const known = t.indices([1, 5]);
    for (const list of [known, t.indices([-1]), t.ops.clone(known), t.ops.reshape(t.ops.clone(known), [2])]) {
      await t.fails('a list from the host', 'SHAPE', () => t.ops.gather(source, list));
    }
    const expected = await t.read(t.ops.rows(source, 1, 2));
    for (const beyond of [5, -1, 1e6]) {
      const computed = t.ops.cast(t.tensor([1, beyond]), 'int32');
      let rows: Tensor;
      try {
        rows = t.ops.gather(source, computed);
      } catch (error) {
        if (AgopError.isInstance(error) && error.code === 'SHAPE') continue;
        throw error;
      }
      const nothing = new Array<number>(3).fill(Number.NaN);
      await t.equal(`a computed index ${beyond}`, rows, [2, 3], [...expected.data, ...nothing]);
    }
  }),

  defineCase('rearrange', 'concat() along both axes', async (t) => {
    const parts = [t.sample(3, 4, 5), t.sample(1, 4, 6), t.sample(0, 4, 7), t.sample(17, 4, 8)];
    const below = t.ops.concat(
      parts.map((part) => t.upload(part)),
      0,
    );
    await t.equal(
      'axis 0',
      below,
      [21, 4],
      parts.flatMap((part) => Array.from(part.data)),
    );
    const sideways = t.ops.concat(
      parts.map((part) => t.upload(transposed(part))),
      1,
    );
    await t.equal('axis 1', sideways, [4, 21], joined(parts.map(transposed)));
    const one = parts[0] as Grid;
    await t.equal('one part', t.ops.concat([t.upload(one)], 1), [3, 4], one.data);
    const twice = t.upload(one);
    await t.equal('the same part twice', t.ops.concat([twice, twice], 0), [6, 4], [...one.data, ...one.data]);
    const integers = [t.ops.tensor([1, 2], [1, 2], 'int32'), t.ops.tensor([3, 4], [1, 2], 'int32')];
    await t.equal('int32', t.ops.concat(integers, 0), [2, 2], [1, 2, 3, 4], 'int32');
  }),

  defineCase('rearrange', 'diagonal()', async (t) => {
    for (const n of [0, 1, 2, 65]) {
      const a = t.sample(n, n, 9);
      const expected = Array.from({ length: n }, (_, i) => cell(a, i, i));
      await t.equal(`${n} x ${n}`, t.ops.diagonal(t.upload(a)), [n], expected);
    }
  }),
];

function joined(parts: readonly Grid[]): number[] {
  const rows = parts[0]?.rows ?? 0;
  return Array.from({ length: rows }, (_, i) =>
    parts.flatMap((part) => Array.from(part.data.subarray(i * part.columns, (i + 1) * part.columns))),
  ).flat();
}
