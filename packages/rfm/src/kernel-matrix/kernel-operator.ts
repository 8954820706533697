import {
  type Backend,
  bytesPerElement,
  eventLoopTurn,
  type FloatDType,
  floatDType,
  Scope,
  type Tensor,
} from '@agop/core';
import type { Kernel } from '../kernels/kernel.ts';
import { kernelOfPoints } from './kernel-matrix.ts';
import { gatheredRows, type Points, preparedRows } from './points.ts';
import type { RowBlock } from './row-blocks.ts';

/**
 * A symmetric kernel matrix K [n, n] that need not be formed: what iterative solvers ask of it.
 *
 * Tensors that it returns are the caller's, on the backend that is handed in: that of the points, or a view
 * of it that owns what is made.
 */
export interface KernelOperator {
  /** n */
  readonly order: number;
  /** dtype of K. */
  readonly dtype: FloatDType;
  /** K v, [n, c], for v [n, c]. Other work of the program gets a turn on the way. */
  multiply(backend: Backend, v: Tensor): Promise<Tensor>;
  /** Rows `rows` of K, [rows.length, n]; or of these its columns `columns`, [rows.length, columns.length]. */
  rows(backend: Backend, rows: Int32Array, columns?: Int32Array): Tensor;
  /** The diagonal of K, [n, 1]. */
  diagonal(backend: Backend): Tensor;
}

/** Bytes of the tiles of K: they stay in the cache of a core or two. */
const tileBytes = 4 * 2 ** 20;

/** {@link KernelOperator} of points, with what it prepared of them. */
export interface PointsOperator extends KernelOperator {
  /** Frees what was prepared. */
  dispose(): void;
}

/** K of prepared points, a tile of the lower triangle at a time, each for both places where it stands. */
export function kernelOperator(backend: Backend, kernel: Kernel, points: Points): PointsOperator {
  const dtype = floatDType(points.coordinates);
  const size = Math.max(64, Math.floor(Math.sqrt(tileBytes / bytesPerElement(dtype)) / 64) * 64);
  const blocks: RowBlock[] = [];
  for (let begin = 0; begin < points.count; begin += size) {
    blocks.push({ begin, end: Math.min(begin + size, points.count) });
  }
  const parts: Points[] = [];
  const partOf = (index: number): Points => {
    const { begin, end } = blocks[index] as RowBlock;
    parts[index] ??= preparedRows(backend, points, begin, end);
    return parts[index] as Points;
  };
  return {
    order: points.count,
    dtype,
    async multiply(ops, v) {
      using own = new Scope(ops);
      const c = v.shape[1] as number;
      const inputs = blocks.map(({ begin, end }) => own.ops.rows(v, begin, end));
      const sums = blocks.map(({ begin, end }) => own.ops.full([end - begin, c], 0, dtype));
      for (const i of blocks.keys()) {
        for (let j = 0; j <= i; j++) {
          using tile = kernelOfPoints(ops, kernel, partOf(i), partOf(j));
          ops.matmul(tile, inputs[j] as Tensor, { beta: 1, out: sums[i] as Tensor });
          if (j < i) {
            ops.matmul(tile, inputs[i] as Tensor, { transposeA: true, beta: 1, out: sums[j] as Tensor });
          }
        }
        await eventLoopTurn();
      }
      return own.keep(sums.length === 1 ? (sums[0] as Tensor) : own.ops.concat(sums, 0));
    },
    rows(ops, rows, columns) {
      using own = new Scope(ops);
      const gathered = (numbers: Int32Array): Points =>
        gatheredRows(own.ops, points, own.ops.tensor(numbers, [numbers.length], 'int32'));
      // What is prepared belongs to the scope.
      const left = gathered(rows);
      const right = columns === rows ? left : columns ? gathered(columns) : points;
      return own.keep(kernelOfPoints(own.ops, kernel, left, right));
    },
    diagonal(ops) {
      using own = new Scope(ops);
      const all = blocks.map((_, index) => {
        using block = new Scope(own.ops);
        const part = partOf(index);
        // Only the small blocks on the diagonal are formed.
        const entries = block.ops.diagonal(kernelOfPoints(block.ops, kernel, part, part));
        return block.keep(block.ops.reshape(entries, [part.count, 1]));
      });
      return own.keep(all.length === 1 ? (all[0] as Tensor) : own.ops.concat(all, 0));
    },
    dispose() {
      for (const part of parts) part?.dispose();
    },
  };
}
