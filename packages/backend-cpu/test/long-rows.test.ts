import { createHash } from 'node:crypto';
import { createCpuBackend } from '@agop/backend-cpu';
import { Scope, type Tensor } from '@agop/core';
import { expect, test } from 'vitest';

/**
 * Gram products of few long rows are cut along their sums, those of many rows are not. Rows must have the
 * same bits in both, whatever the number of threads.
 */
test.each([
  ['float32', 1],
  ['float64', 1],
  ['float64', 3],
] as const)('few long rows have the bits of many: %s, %d threads', async (dtype, threads) => {
  using backend = await createCpuBackend({ threads });
  using scope = new Scope(backend);
  const { ops } = scope;
  const many = 230;
  for (const k of [2048, 4001]) {
    const whole = ops.random([many, k], 'normal', { seed: 1 }, dtype);
    for (const [alpha, beta] of [
      [0.7, 0],
      [-1, 0.5],
    ] as const) {
      const before = ops.gram(ops.random([many, many], 'normal', { seed: 2 }, dtype));
      const expected = ops.gram(whole, { alpha, beta, out: ops.clone(before) });
      for (const n of [7, 122, 192]) {
        const rows = ops.rows(whole, 0, n);
        const own = ops.gram(rows, { alpha, beta, out: block(before, n) });
        const columns = ops.gram(ops.transpose(rows), {
          transpose: true,
          alpha,
          beta,
          out: block(before, n),
        });
        expect(await bits(own), `${n} x ${k}`).toBe(await bits(block(expected, n)));
        expect(await bits(columns), `${k} x ${n}`).toBe(await bits(own));
      }
    }
  }

  /** The first rows and columns. */
  function block(matrix: Tensor, count: number): Tensor {
    const rows = ops.rows(matrix, 0, count);
    return ops.transpose(ops.rows(ops.transpose(rows), 0, count));
  }
});

async function bits(tensor: Tensor): Promise<string> {
  const { buffer } = await tensor.read();
  return createHash('sha1').update(new Uint8Array(buffer)).digest('hex');
}
