import type { Axis } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tfjs } from './library.ts';
import type { Boxed, Runtime } from './runtime.ts';

/** Sums of more elements are made in stages. */
const stage = 32;

/** One value per column (axis 0), per row (axis 1), or of all elements. */
export function reduce(runtime: Runtime, kind: 'sum' | 'max', a: Boxed, axis: Axis, out: Boxed): void {
  const { tf } = runtime;
  runtime.write(out, () => {
    if (a.rows * a.columns === 0) {
      return tf.fill([out.rows, out.columns], kind === 'sum' ? 0 : Number.NEGATIVE_INFINITY);
    }
    const lines = asRows(runtime, a, axis);
    return kind === 'sum' ? sumOfRows(tf, lines) : largestOfRows(tf, lines);
  });
}

/** The first largest entry of each column (axis 0) or row (axis 1). */
export function argmax(runtime: Runtime, a: Boxed, axis: 0 | 1, out: Boxed): void {
  runtime.write(out, () => runtime.tf.argMax(runtime.view(a), axis));
}

/** What is reduced along `axis` as the rows of a matrix. */
function asRows(runtime: Runtime, a: Boxed, axis: Axis): tfjs.Tensor2D {
  if (axis === 'all') return runtime.view({ ...a, rows: 1, columns: a.rows * a.columns });
  return axis === 0 ? runtime.tf.transpose(runtime.view(a)) : runtime.view(a);
}

/**
 * Row sums, [rows, 1], as sums of sums: tfjs's WebAssembly backend adds one element after the other in
 * float32, which is 1 % off after a million of them.
 */
export function sumOfRows(tf: Tfjs, a: tfjs.Tensor2D): tfjs.Tensor2D {
  const [rows, columns] = a.shape;
  if (columns <= stage) return tf.sum(a, 1, true);
  const groups = Math.floor(columns / stage);
  const grouped = tf.reshape(tf.slice2d(a, [0, 0], [rows, groups * stage]), [rows, groups, stage]);
  const sums: tfjs.Tensor2D = tf.sum(grouped, 2);
  if (groups * stage === columns) return sumOfRows(tf, sums);
  const rest = tf.slice2d(a, [0, groups * stage], [rows, columns - groups * stage]);
  return sumOfRows(tf, tf.concat2d([sums, tf.sum(rest, 1, true)], 1));
}

/** Row maxima, [rows, 1]; NaN where a row holds one, on every tfjs backend. */
function largestOfRows(tf: Tfjs, a: tfjs.Tensor2D): tfjs.Tensor2D {
  const holdsNaN = tf.cast(tf.max(tf.cast(tf.notEqual(a, a), 'int32'), 1, true), 'bool');
  const largest: tfjs.Tensor2D = tf.max(a, 1, true);
  return tf.where(holdsNaN, Number.NaN, largest);
}
