import type { Tensor, WindowOptions } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { demand } from '../failure.ts';
import { cell, grid } from '../reference/grid.ts';
import type { Trial } from '../trial.ts';

/** The grid with its windows, rows per point, columns of the matrix. */
const geometries: readonly (readonly [WindowOptions, number, number])[] = [
  [{ height: 1, width: 1, size: 1 }, 1, 1],
  [{ height: 4, width: 5, size: 1 }, 2, 3],
  [{ height: 5, width: 4, size: 3 }, 1, 7],
  [{ height: 5, width: 4, size: 3, padding: 1 }, 3, 5],
  [{ height: 6, width: 6, size: 2 }, 4, 16],
  [{ height: 8, width: 9, size: 3 }, 16, 16],
  [{ height: 8, width: 9, size: 3, padding: 2 }, 16, 16],
  [{ height: 26, width: 26, size: 3 }, 5, 33],
  [{ height: 7, width: 12, size: 5, padding: 2 }, 1, 130],
  [{ height: 9, width: 9, size: 9 }, 2, 9],
  [{ height: 1, width: 2, size: 3, padding: 1 }, 1, 4],
  [{ height: 3, width: 3, size: 2, padding: 4 }, 1, 1],
  [{ height: 4, width: 4, size: 3 }, 2, 0],
  [{ height: 4, width: 4, size: 3 }, 0, 2],
];

export const windowSumCases: readonly ConformanceCase[] = [
  ...geometries.map(([options, rowsPerPoint, columns]) => {
    const { height, width, size, padding = 0 } = options;
    const name = `${height} x ${width} points of ${rowsPerPoint} x ${columns}, size ${size}, padding ${padding}`;
    return defineCase('windowSums', name, async (t) => {
      const a = t.sample(height * width * rowsPerPoint, columns, 1);
      const [outHeight, outWidth] = [height + 2 * padding - size + 1, width + 2 * padding - size + 1];
      const rows = outHeight * outWidth * rowsPerPoint;
      const expected = grid(rows, columns, (row, column) => {
        const point = Math.floor(row / rowsPerPoint);
        const [top, left] = [Math.floor(point / outWidth) - padding, (point % outWidth) - padding];
        let sum = 0;
        for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
          for (let x = Math.max(0, left); x < Math.min(width, left + size); x++) {
            sum += cell(a, (y * width + x) * rowsPerPoint + (row % rowsPerPoint), column);
          }
        }
        return sum;
      });
      const tolerance = 2 * size * size * t.epsilon;
      const operand = t.upload(a);
      await t.close(
        'sums',
        t.ops.windowSums(operand, options),
        [rows, columns],
        expected.data,
        tolerance * size,
      );
      const out = t.ops.full([rows, columns], Number.NaN, t.dtype);
      demand(t.ops.windowSums(operand, { ...options, out }) === out, '`out` itself must be returned.');
      await t.close('into out', out, [rows, columns], expected.data, tolerance * size);
    });
  }),

  defineCase('windowSums', 'the transposed operation is that with padding size - 1 - padding', async (t) => {
    const [height, width, size, padding] = [7, 6, 4, 1];
    const [outHeight, outWidth] = [height + 2 * padding - size + 1, width + 2 * padding - size + 1];
    const x = t.upload(t.sample(height * width, 5, 1));
    const y = t.upload(t.sample(outHeight * outWidth, 5, 2));
    const forward = t.ops.windowSums(x, { height, width, size, padding });
    const back = t.ops.windowSums(y, {
      height: outHeight,
      width: outWidth,
      size,
      padding: size - 1 - padding,
    });
    const left = await innerProduct(t, forward, y);
    const right = await innerProduct(t, x, back);
    demand(
      Math.abs(left - right) <= 500 * t.epsilon,
      `⟨W x, y⟩ is ${left}, but ⟨x, Wᵀ y⟩ is ${right}; they must be equal.`,
    );
  }),

  defineCase('windowSums', 'NaN reaches the windows that contain it, and no other', async (t) => {
    const a = t.tensor([1, 2, 3, Number.NaN], [4, 1]);
    const sums = t.ops.windowSums(a, { height: 2, width: 2, size: 2, padding: 1 });
    const n = Number.NaN;
    await t.equal('sums', sums, [9, 1], [1, 3, 2, 4, n, n, 3, n, n]);
  }),
];

async function innerProduct(t: Trial, a: Tensor, b: Tensor): Promise<number> {
  const [x, y] = [await t.read(a), await t.read(b)];
  return x.data.reduce((sum, value, i) => sum + value * (y.data[i] as number), 0);
}
