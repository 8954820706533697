import type { Expression } from '@agop/core';
import type { BoundInput, PatchGeometry, WindowGeometry } from '@agop/core/engine';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Box } from './box.ts';
import { bindBlocks, evaluate } from './elementwise.ts';
import { unary } from './operators.ts';
import { symmetrized } from './products.ts';
import { sumOfRows } from './reductions.ts';
import { inRowBlocks } from './row-blocks.ts';
import type { Boxed, Runtime } from './runtime.ts';

/** out_ij = e(u = x_i · z_j, inputs at (i, j)) */
export function pairwise(
  runtime: Runtime,
  x: Boxed,
  z: Boxed,
  expression: Expression,
  inputs: readonly BoundInput<Box>[],
  symmetric: boolean,
  out: Boxed,
): void {
  const { tf } = runtime;
  runtime.write(out, () => {
    const points = x.columns === 0 ? undefined : runtime.view(x);
    const centers = x.columns === 0 ? undefined : tf.transpose(runtime.view(z));
    const bound = bindBlocks(runtime, inputs);
    const result = inRowBlocks(tf, out.rows, out.columns, (begin, end) => {
      const height = end - begin;
      const values = bound(begin, end);
      const products: tfjs.Tensor2D =
        points && centers
          ? tf.matMul(tf.slice2d(points, [begin, 0], [height, x.columns]), centers)
          : tf.zeros([height, out.columns]);
      return evaluate(tf, expression, values.set('u', products), [height, out.columns]);
    });
    return symmetric ? symmetrized(runtime, result) : result;
  });
}

/** out_ij = Σ_k |x_ik − z_jk|^p */
export function powerDistances(runtime: Runtime, x: Boxed, z: Boxed, p: number, out: Boxed): void {
  const { tf } = runtime;
  runtime.write(out, () => {
    if (x.columns === 0) return tf.zeros([out.rows, out.columns]);
    return inCubes(runtime, x, z, (differences, begin, end) => {
      const powers = absolutePower(runtime, differences, p);
      const rows: tfjs.Tensor2D = tf.reshape(powers, [(end - begin) * z.rows, z.columns]);
      return tf.reshape(sumOfRows(tf, rows), [end - begin, z.rows]);
    });
  });
}

/** out_ik = Σ_j w_ij |x_ik − z_jk|^(p−1) sign(x_ik − z_jk), as one product per row i. */
export function powerDistanceGradients(
  runtime: Runtime,
  weights: Boxed,
  x: Boxed,
  z: Boxed,
  p: number,
  out: Boxed,
): void {
  const { tf } = runtime;
  runtime.write(out, () => {
    if (z.rows === 0) return tf.zeros([out.rows, out.columns]);
    const w = runtime.view(weights);
    return inCubes(runtime, x, z, (differences, begin, end) => {
      const signed = tf.mul(absolutePower(runtime, differences, p - 1), unary(tf, 'sign', differences));
      const slopes = tf.where(tf.equal(differences, 0), 0, signed);
      const block = tf.reshape(tf.slice2d(w, [begin, 0], [end - begin, z.rows]), [end - begin, 1, z.rows]);
      return tf.reshape(tf.matMul(block, slopes), [end - begin, z.columns]);
    });
  });
}

/** Runs `work` on x_ik − z_jk as [rows, rows of z, features], few rows of x at a time. */
function inCubes(
  runtime: Runtime,
  x: Boxed,
  z: Boxed,
  work: (differences: tfjs.Tensor3D, begin: number, end: number) => tfjs.Tensor2D,
): tfjs.Tensor2D {
  const { tf } = runtime;
  const points = runtime.view(x);
  const centers = tf.reshape(runtime.view(z), [1, z.rows, z.columns]);
  return inRowBlocks(tf, x.rows, z.rows * z.columns, (begin, end) => {
    const block = tf.reshape(tf.slice2d(points, [begin, 0], [end - begin, x.columns]), [
      end - begin,
      1,
      x.columns,
    ]);
    return work(tf.sub(block, centers), begin, end);
  });
}

function absolutePower({ tf }: Runtime, differences: tfjs.Tensor3D, power: number): tfjs.Tensor3D {
  const absolute = tf.abs(differences);
  if (power === 0) return tf.onesLike(differences);
  if (power === 1) return absolute;
  return power === 2 ? tf.square(differences) : tf.pow(absolute, power);
}

/** Image patches as rows: each offset within a patch is a strided slice of all images. */
export function patches(runtime: Runtime, images: Boxed, geometry: PatchGeometry, out: Boxed): void {
  const { tf } = runtime;
  const { height, width, channels, size, stride, padding, outHeight, outWidth } = geometry;
  runtime.write(out, () => {
    const whole: tfjs.Tensor4D = tf.reshape(runtime.view(images), [geometry.images, height, width, channels]);
    const padded =
      padding === 0
        ? whole
        : tf.pad4d(whole, [
            [0, 0],
            [padding, padding],
            [padding, padding],
            [0, 0],
          ]);
    const offsets = Array.from({ length: size * size }, (_, k) => [Math.floor(k / size), k % size] as const);
    const [bottom, right] = [(outHeight - 1) * stride + 1, (outWidth - 1) * stride + 1];
    const slices = offsets.map(([y, x]): tfjs.Tensor4D => {
      const end = [geometry.images, y + bottom, x + right, channels];
      const slice = tf.stridedSlice(padded, [0, y, x, 0], end, [1, stride, stride, 1]);
      return tf.reshape(slice, [geometry.images, outHeight, outWidth, channels]);
    });
    return tf.concat4d(slices, 3);
  });
}

/** Window sums, first down the columns of the grid, then along its rows: sums of shifted slices. */
export function windowSums(runtime: Runtime, a: Boxed, geometry: WindowGeometry, out: Boxed): void {
  const { tf } = runtime;
  const { height, width, size, padding, rowsPerPoint, outHeight, outWidth } = geometry;
  const inner = rowsPerPoint * a.columns;
  runtime.write(out, () => {
    const grid: tfjs.Tensor3D = tf.reshape(runtime.view(a), [height, width, inner]);
    const around: [number, number] = [padding, padding];
    const padded = padding === 0 ? grid : tf.pad3d(grid, [around, around, [0, 0]]);
    const shifts = Array.from({ length: size }, (_, shift) => shift);
    const down = shifts.map((y) => tf.slice3d(padded, [y, 0, 0], [outHeight, -1, -1]));
    const rows = down.reduce((sum, slice) => tf.add(sum, slice));
    const across = shifts.map((x) => tf.slice3d(rows, [0, x, 0], [-1, outWidth, -1]));
    return across.reduce((sum, slice) => tf.add(sum, slice));
  });
}
