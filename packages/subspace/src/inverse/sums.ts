import {
  type Backend,
  bytesPerElement,
  eventLoopTurn,
  type FloatDType,
  Scope,
  throwIfAborted,
} from '@agop/core';
import { takeRows, uploadRows } from '@agop/estimators';
import type { HostMatrix } from '../linear/matrix.ts';

/** What the sums over rows need. */
export interface RowSumsOptions {
  readonly dtype: FloatDType;
  /** Bytes that the rows on the backend may take. */
  readonly memory: number;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Σ_i r_i x_i x_iᵀ over some rows, [p, p], in row blocks on the backend.
 *
 * @param x [n, p], counted from the means of the columns
 * @param chosen the rows
 * @param factors r, one for each chosen row; undefined for 1
 */
export async function sumOfSquares(
  backend: Backend,
  x: HostMatrix,
  chosen: Int32Array,
  factors: Float64Array | undefined,
  { dtype, memory, signal }: RowSumsOptions,
): Promise<HostMatrix> {
  const p = x.columns;
  using scope = new Scope(backend);
  const { ops } = scope;
  const sums = ops.full([p, p], 0, dtype);
  const rows = Math.max(32, Math.floor(memory / (2 * p * bytesPerElement(dtype))));
  for (let begin = 0; begin < chosen.length; begin += rows) {
    await eventLoopTurn();
    throwIfAborted(signal, 'The fit');
    using block = new Scope(ops);
    const part = chosen.subarray(begin, begin + rows);
    const taken = uploadRows(block.ops, takeRows(x, part), dtype, 'X');
    if (factors === undefined) {
      block.ops.gram(taken, { transpose: true, beta: 1, out: sums });
      continue;
    }
    const scaled = takeRows(x, part);
    for (let at = 0; at < scaled.data.length; at++) {
      scaled.data[at] = (scaled.data[at] as number) * (factors[begin + Math.floor(at / p)] as number);
    }
    const weighted = uploadRows(block.ops, scaled, dtype, 'X');
    block.ops.matmul(taken, weighted, { transposeA: true, beta: 1, out: sums });
  }
  return { data: Float64Array.from(await sums.read()), rows: p, columns: p };
}

/** Sum of some rows, [p]. */
export function sumOfRows({ data, columns }: HostMatrix, chosen: Int32Array): Float64Array {
  const sum = new Float64Array(columns);
  for (const row of chosen) {
    for (let k = 0; k < columns; k++) sum[k] = (sum[k] as number) + (data[row * columns + k] as number);
  }
  return sum;
}
