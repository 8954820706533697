import { NotPositiveDefiniteError } from '@agop/core';
import { cholesky as choleskyOnHost, type Dense } from '@agop/core/host';
import type * as tfjs from '@tensorflow/tfjs-core';
import { diagonalBlock, onHost, solveBlock } from './diagonal-blocks.ts';
import type { Tfjs } from './library.ts';
import type { Boxed, Runtime } from './runtime.ts';
import { blocks } from './triangular.ts';

/**
 * The lower factor of A + ridge I in the place of A, block column by block column (left-looking): what the
 * columns to the left contribute is one product; the diagonal block is factorised by the host in float64,
 * where the ridge is added.
 * Source: Golub & Van Loan, Matrix Computations, 4th ed., section 4.2.
 */
export async function cholesky(runtime: Runtime, a: Boxed, ridge: number): Promise<void> {
  const n = a.rows;
  if (n === 0) return;
  const { tf } = runtime;
  const done: tfjs.Tensor2D[] = [];
  try {
    for (const [begin, end] of blocks(n)) {
      const column = runtime.make(() => remainder(tf, runtime.view(a), done, begin, end));
      try {
        const factor = await factorise(runtime, column, ridge, begin, n);
        done.push(runtime.make(() => finishColumn(tf, column, factor)));
      } finally {
        column.dispose();
      }
    }
    runtime.write(a, () =>
      tf.concat2d(
        done.map((column) => padTop(tf, column, n)),
        1,
      ),
    );
  } finally {
    for (const column of done) column.dispose();
  }
}

/** Rows from `begin` on of A's columns begin .. end, less what the finished columns contribute. */
function remainder(
  tf: Tfjs,
  a: tfjs.Tensor2D,
  done: readonly tfjs.Tensor2D[],
  begin: number,
  end: number,
): tfjs.Tensor2D {
  const height = a.shape[0] - begin;
  const column = tf.slice2d(a, [begin, begin], [height, end - begin]);
  if (done.length === 0) return column;
  const left = tf.concat2d(
    done.map((panel) => tf.slice2d(panel, [panel.shape[0] - height, 0], [height, panel.shape[1]])),
    1,
  );
  const beside = tf.transpose(tf.slice2d(left, [0, 0], [end - begin, begin]));
  return tf.sub(column, tf.matMul(left, beside));
}

/** The factor of a column's diagonal block, by the host. */
async function factorise(
  runtime: Runtime,
  column: tfjs.Tensor2D,
  ridge: number,
  begin: number,
  n: number,
): Promise<Dense> {
  const order = column.shape[1];
  const top = runtime.make(() => runtime.tf.slice2d(column, [0, 0], [order, order]));
  try {
    const block = onHost(await top.data(), order);
    choleskyOnHost(block, ridge);
    return block;
  } catch (error) {
    if (!NotPositiveDefiniteError.isInstance(error)) throw error;
    throw new NotPositiveDefiniteError(begin + error.pivot, error.value, n);
  } finally {
    top.dispose();
  }
}

/** A column of L from its diagonal block's factor: below, X factorᵀ = what remained of A. */
function finishColumn(tf: Tfjs, column: tfjs.Tensor2D, factor: Dense): tfjs.Tensor2D {
  const order = factor.rows;
  const block = diagonalBlock(tf, factor);
  const below = column.shape[0] - order;
  if (below === 0) return block.factor;
  const rest = tf.transpose(tf.slice2d(column, [order, 0], [below, order]));
  return tf.concat2d([block.factor, tf.transpose(solveBlock(tf, block, rest, false))], 0);
}

function padTop(tf: Tfjs, column: tfjs.Tensor2D, n: number): tfjs.Tensor2D {
  return tf.pad2d(column, [
    [n - column.shape[0], 0],
    [0, 0],
  ]);
}
