import type * as tfjs from '@tensorflow/tfjs-core';
import { blockOrder, type DiagonalBlock, diagonalBlock, onHost, solveBlock } from './diagonal-blocks.ts';
import type { Tfjs } from './library.ts';
import type { Boxed, Runtime } from './runtime.ts';

/**
 * X with L X = B or Lᵀ X = B, in the place of B: block rows one after the other, each less the product with
 * those that are known. Nothing above L's diagonal blocks is read.
 */
export function solveTriangular(runtime: Runtime, l: Boxed, b: Boxed, transpose: boolean): void {
  const { tf } = runtime;
  runtime.write(b, () => {
    const factor = runtime.view(l);
    const right = runtime.view(b);
    return transpose ? backward(tf, factor, right) : forward(tf, factor, right);
  });
}

function forward(tf: Tfjs, l: tfjs.Tensor2D, b: tfjs.Tensor2D): tfjs.Tensor2D {
  const solved: tfjs.Tensor2D[] = [];
  for (const [begin, end] of blocks(l.shape[0])) {
    const known = (): tfjs.Tensor2D =>
      tf.matMul(tf.slice2d(l, [begin, 0], [end - begin, begin]), tf.concat2d(solved, 0));
    solved.push(solveRow(tf, l, b, begin, end, solved.length > 0 ? known : undefined, false));
  }
  return tf.concat2d(solved, 0);
}

function backward(tf: Tfjs, l: tfjs.Tensor2D, b: tfjs.Tensor2D): tfjs.Tensor2D {
  const n = l.shape[0];
  const solved: tfjs.Tensor2D[] = [];
  for (const [begin, end] of blocks(n).reverse()) {
    const known = (): tfjs.Tensor2D => {
      const below = tf.slice2d(l, [end, begin], [n - end, end - begin]);
      return tf.matMul(tf.transpose(below), tf.concat2d(solved, 0));
    };
    solved.unshift(solveRow(tf, l, b, begin, end, solved.length > 0 ? known : undefined, true));
  }
  return tf.concat2d(solved, 0);
}

/** Rows begin .. end of X, given the product of L with the rows that are known. */
function solveRow(
  tf: Tfjs,
  l: tfjs.Tensor2D,
  b: tfjs.Tensor2D,
  begin: number,
  end: number,
  known: (() => tfjs.Tensor2D) | undefined,
  transpose: boolean,
): tfjs.Tensor2D {
  return tf.tidy(() => {
    const right = tf.slice2d(b, [begin, 0], [end - begin, b.shape[1]]);
    const block = readBlock(tf, l, begin, end);
    return solveBlock(tf, block, known ? tf.sub(right, known()) : right, transpose);
  });
}

function readBlock(tf: Tfjs, l: tfjs.Tensor2D, begin: number, end: number): DiagonalBlock {
  const order = end - begin;
  return diagonalBlock(tf, onHost(tf.slice2d(l, [begin, begin], [order, order]).dataSync(), order));
}

/** Where diagonal blocks begin and end. */
export function blocks(n: number): [begin: number, end: number][] {
  return Array.from({ length: Math.ceil(n / blockOrder) }, (_, k) => [
    k * blockOrder,
    Math.min(n, (k + 1) * blockOrder),
  ]);
}
