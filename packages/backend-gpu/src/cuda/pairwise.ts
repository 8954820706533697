import { bytesPerElement, type Expression, inputNames } from '@agop/core';
import { type Inputs, inputsFrom, map, mapBlock } from './elementwise.ts';
import { multiply } from './products.ts';
import { mirror } from './rearrangement.ts';
import { type DeviceMatrix, type Runtime, rowAddress } from './runtime.ts';

/** Rows of a block are a multiple of the smaller tiles of cuBLAS. */
const tile = 64;
/**
 * Part of the second-level cache for a block: on the largest devices it is in two halves, and X, Z and the
 * inputs need some of it. Not measured.
 */
const cacheShare = 0.35;

/**
 * out_ij = e(u = x_i · z_j, inputs). In blocks of rows that stay in the second-level cache: the products go
 * into `out`, and the expression is evaluated over them in place before they leave the cache. Of a symmetric
 * result only the blocks up to the diagonal are computed, then mirrored.
 */
export function pairwise(
  runtime: Runtime,
  x: DeviceMatrix,
  z: DeviceMatrix,
  expression: Expression,
  inputs: Inputs,
  symmetric: boolean,
  out: DeviceMatrix,
): void {
  if (!inputNames(expression).includes('u')) {
    map(runtime, expression, inputs, out);
    return;
  }
  const step = blockRows(runtime, out);
  // Without terms there is no product to save.
  const onlyLower = symmetric && x.columns > 0;
  for (let begin = 0; begin < out.rows; begin += step) {
    const end = Math.min(begin + step, out.rows);
    const block: DeviceMatrix = {
      ...out,
      buffer: rowAddress(out, begin),
      rows: end - begin,
      columns: onlyLower ? end : out.columns,
    };
    const rows = { ...x, buffer: rowAddress(x, begin), rows: end - begin };
    const terms = { transposeA: false, transposeB: true, alpha: 1, beta: 0 };
    multiply(runtime, rows, z, x.columns, terms, block, out.columns);
    const bound: Inputs = [
      ...inputsFrom(inputs, begin),
      { name: 'u', kind: 'full', matrix: { ...block, columns: out.columns } },
    ];
    mapBlock(runtime, expression, bound, block, out.columns);
  }
  if (symmetric) mirror(runtime, out, 'upwards');
}

/** As many rows as stay in the cache between the product and the expression. */
function blockRows(runtime: Runtime, out: DeviceMatrix): number {
  const budget = runtime.context.facts.l2CacheBytes * cacheShare;
  const rows = budget / Math.max(1, out.columns * bytesPerElement(out.dtype));
  return Math.max(1, Math.floor(rows / tile)) * tile;
}
