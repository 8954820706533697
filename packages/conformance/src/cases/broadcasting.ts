import { input, type Shape, sizeOf } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { pairs } from '../reference/tuples.ts';
import type { Trial } from '../trial.ts';

/** Shapes of the inputs → that of the result. */
const combinations: readonly string[] = [
  '[] → []',
  '[5] → [5]',
  '[3,5] → [3,5]',
  '[3,5] [5] → [3,5]',
  '[5] [3,5] → [3,5]',
  '[3,5] [1,5] → [3,5]',
  '[3,5] [3,1] → [3,5]',
  '[3,5] [] → [3,5]',
  '[3,5] [1,1] → [3,5]',
  '[3,5] [1] → [3,5]',
  '[3,1] [1,5] → [3,5]',
  '[3,1] [5] → [3,5]',
  '[3,1] [] → [3,1]',
  '[5] [] → [5]',
  '[5] [1] → [5]',
  '[1] [] → [1]',
  '[1,1] [] → [1,1]',
  '[1] [1,1] → [1,1]',
  '[] [] → []',
  '[2,3,4] [2,3,4] → [2,3,4]',
  '[2,3,4] [] → [2,3,4]',
  '[1,1] [2,3,4] → [2,3,4]',
  '[67,131] [131] [67,1] [] → [67,131]',
  '[1,131] [67,1] → [67,131]',
  '[67,1] [67,131] [67,1] → [67,131]',
  '[0,5] [5] → [0,5]',
  '[0,1] [5] → [0,5]',
  '[3,0] [3,1] → [3,0]',
  '[0] [] → [0]',
  '[0] → [0]',
];

export const broadcastingCases: readonly ConformanceCase[] = [
  ...combinations.map((combination) => {
    const shapes = combination.split(/ (?:→ )?/).map((one): Shape => JSON.parse(one));
    const result = shapes.pop() ?? [];
    return defineCase('map', `broadcasts ${shapes.map(text).join(', ')} to ${text(result)}`, async (t) => {
      const values = shapes.map((shape, k) => t.sample(1, sizeOf(shape), k + 1).data);
      const tensors = shapes.map((shape, k) => t.tensor(values[k] as Float64Array, shape));
      // x0 + 2 x1 + 4 x2 + 8 x3: exact up to one rounding per sum, and different for each input.
      const expression = shapes
        .map((_, k) => input(`x${k}`).mul(2 ** k))
        .reduce((sum, term) => sum.add(term));
      const bindings = Object.fromEntries(tensors.map((tensor, k) => [`x${k}`, tensor]));
      const expected = Float64Array.from({ length: sizeOf(result) }, (_, at) =>
        shapes.reduce(
          (sum, shape, k) => sum + 2 ** k * elementFor(values[k] as Float64Array, shape, result, at),
          0,
        ),
      );
      const made = t.ops.map(expression, bindings);
      await t.close('map', made, result, expected, 32 * t.epsilon);
      const out = t.ops.full(result, Number.NaN, t.dtype);
      demand(t.ops.map(expression, bindings, { out }) === out, '`out` itself must be returned.');
      await t.close('map into out', out, result, expected, 32 * t.epsilon);
    });
  }),

  defineCase('map', 'numbers are bound like scalars', async (t) => {
    const x = t.sample(7, 9, 1);
    const expression = input('x').mul(input('a')).add(input('b'));
    const result = t.ops.map(expression, { x: t.upload(x), a: -3, b: 0.5 });
    await t.close(
      '-3 x + 0.5',
      result,
      [7, 9],
      x.data.map((value) => -3 * value + 0.5),
      8 * t.epsilon,
    );
  }),

  defineCase('map', 'out may be an input of the full shape', async (t) => {
    for (const [rows, columns] of pairs('3 5, 70 130')) {
      const [x, y] = [t.sample(rows, columns, 2), t.sample(rows, columns, 3)];
      const row = t.sample(1, columns, 4);
      const expected = x.data.map(
        (v, i) => v * (y.data[i] as number) + (row.data[i % columns] as number) * v,
      );
      const expression = input('x')
        .mul(input('y'))
        .add(input('row').mul(input('x')));
      for (const target of ['x', 'y'] as const) {
        const bindings = { x: t.upload(x), y: t.upload(y), row: t.upload(row) };
        t.ops.map(expression, bindings, { out: bindings[target] });
        await t.close(`into ${target}`, bindings[target], [rows, columns], expected, 8 * t.epsilon);
      }
    }
  }),

  defineCase('map', 'one tensor may be bound to several inputs, and be out as well', async (t) => {
    const x = t.sample(33, 35, 5);
    const tensor = t.upload(x);
    const expression = input('a').mul(input('b')).sub(input('c'));
    t.ops.map(expression, { a: tensor, b: tensor, c: tensor }, { out: tensor });
    await t.close(
      'x x - x',
      tensor,
      [33, 35],
      x.data.map((value) => value * value - value),
      8 * t.epsilon,
    );
  }),

  defineCase('map', 'an expression may be just an input', async (t) => {
    await demandInput(t);
  }),
];

async function demandInput(t: Trial): Promise<void> {
  const x = t.sample(5, 6, 6);
  const tensor = t.upload(x);
  const copy = t.ops.map(input('x'), { x: tensor });
  demand(copy !== tensor, 'The result must be a new tensor.');
  await t.equal('x', copy, [5, 6], x.data);
}

/** The element of an input that belongs to element `at` of the result. */
function elementFor(values: Float64Array, shape: Shape, result: Shape, at: number): number {
  if (values.length === 1) return values[0] as number;
  if (result.length !== 2) return values[at] as number;
  const columns = result[1] as number;
  const [i, j] = [Math.floor(at / columns), at % columns];
  const [rows, width] = shape.length === 2 ? [shape[0] as number, shape[1] as number] : [1, values.length];
  return values[(rows === 1 ? 0 : i) * width + (width === 1 ? 0 : j)] as number;
}

function text(shape: Shape): string {
  return `[${shape.join(', ')}]`;
}
