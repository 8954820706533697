import { createHash } from 'node:crypto';
import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, type FloatDType, Scope, type TypedArray } from '@agop/core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

/** More columns than are multiplied without packing. */
const MANY = 300;

interface ProductCase {
  readonly dtype: FloatDType;
  readonly transposeA: boolean;
  readonly alpha: number;
  readonly beta: number;
}

/**
 * Rows of A, and the lines of a transposed A, are multiplied as they lie by few columns, with many they are
 * packed. Columns of both products must be the same, to the bit.
 */
describe('a column of a product has the same bits among few columns and among many', () => {
  let backend: Backend;
  beforeAll(async () => {
    backend = await createCpuBackend({ threads: 2 });
  });
  afterAll(() => backend.dispose());

  for (const dtype of ['float32', 'float64'] as const) {
    for (const [transposeA, alpha, beta] of [
      [false, 1, 0],
      [false, -1, 1],
      [false, 1, -0.5],
      [true, 1, 0],
      [true, -1, 0.5],
    ] as const) {
      test(`${dtype}, ${alpha} ${transposeA ? 'Aᵀ' : 'A'} B + ${beta} C`, async () => {
        const terms = { dtype, transposeA, alpha, beta };
        for (const m of transposeA ? [32, 33, 101, 500] : [9, 13, 48, 101, 500]) {
          for (const k of transposeA ? [32, 257, 700] : [32, 255, 257, 700]) {
            const whole = await product(m, k, MANY, terms);
            for (const n of transposeA ? [9, 12, 33, 127] : [6, 8, 9, 16, 20, 33, 255]) {
              const part = await product(m, k, n, terms);
              expect(bits(part), `${m} x ${k} x ${n}`).toBe(bits(firstColumns(whole, m, n)));
            }
          }
        }
      });
    }
  }

  test.each(['float32', 'float64'] as const)('few rows have the bits of more rows: %s', async (dtype) => {
    const [k, n] = [700, 10];
    const terms = { dtype, transposeA: false, alpha: 1, beta: 0 };
    const more = await product(13, k, n, terms);
    for (const m of [6, 7, 8]) expect(await product(m, k, n, terms)).toEqual(more.slice(0, m * n));
  });

  /** The first n of MANY columns. */
  async function product(
    m: number,
    k: number,
    n: number,
    { dtype, transposeA, alpha, beta }: ProductCase,
  ): Promise<TypedArray> {
    using scope = new Scope(backend);
    const { ops } = scope;
    const a = ops.random(transposeA ? [k, m] : [m, k], 'normal', { seed: 1 }, dtype);
    const first = (count: number, seed: number) => {
      const all = ops.random([MANY, count], 'normal', { seed }, dtype);
      return ops.transpose(ops.rows(all, 0, n));
    };
    const out = first(m, 3);
    return await ops.matmul(a, first(k, 2), { transposeA, alpha, beta, out }).read();
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
