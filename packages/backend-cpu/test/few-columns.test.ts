import { createHash } from 'node:crypto';
import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, type FloatDType, Scope, type TypedArray } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** More columns than are multiplied without packing. */
const MANY = 300;

/**
 * Rows of A with few columns are multiplied as they lie, with many they are packed. Columns of both products
 * must be the same, to the bit.
 */
describe('a column of a product has the same bits among few columns and among many', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createCpuBackend({ threads: 2 });
  });
  afterAll(() => backend.dispose());

  const rows = [9, 13, 48, 101, 500];
  const depths = [32, 255, 257, 700];
  const columns = [6, 8, 9, 16, 20, 33, 255];
  for (const dtype of ['float32', 'float64'] as const) {
    for (const [alpha, beta] of [
      [1, 0],
      [-1, 1],
      [1, -0.5],
    ] as const) {
      test(`${dtype}, ${alpha} A B + ${beta} C`, async () => {
        for (const m of rows) {
          for (const k of depths) {
            const whole = await product(m, k, MANY, dtype, alpha, beta);
            for (const n of columns) {
              const part = await product(m, k, n, dtype, alpha, beta);
              expect(bits(part), `${m} x ${k} x ${n}`).toBe(bits(firstColumns(whole, m, n)));
            }
          }
        }
      });
    }
  }

  test.each(['float32', 'float64'] as const)('few rows have the bits of more rows: %s', async (dtype) => {
    const [k, n] = [700, 10];
    const more = await product(13, k, n, dtype, 1, 0);
    for (const m of [6, 7, 8]) expect(await product(m, k, n, dtype, 1, 0)).toEqual(more.slice(0, m * n));
  });

  /** The first n of MANY columns. */
  async function product(
    m: number,
    k: number,
    n: number,
    dtype: FloatDType,
    alpha: number,
    beta: number,
  ): Promise<TypedArray> {
    using scope = new Scope(backend);
    const { ops } = scope;
    const a = ops.random([m, k], 'normal', { seed: 1 }, dtype);
    const first = (count: number, seed: number) => {
      const all = ops.random([MANY, count], 'normal', { seed }, dtype);
      return ops.transpose(ops.rows(all, 0, n));
    };
    const out = first(m, 3);
    return await ops.matmul(a, first(k, 2), { alpha, beta, out }).read();
  }
});

function firstColumns(values: TypedArray, rows: number, count: number): TypedArray {
  const columns = values.length / rows;
  const first = values.slice(0, rows * count);
  for (let row = 0; row < rows; row++)
    first.set(values.subarray(row * columns, row * columns + count), row * count);
  return first;
}

/** Comparing long arrays by their elements takes seconds. */
function bits({ buffer, byteOffset, byteLength }: TypedArray): string {
  return createHash('sha1')
    .update(new Uint8Array(buffer, byteOffset, byteLength))
    .digest('hex');
}
