import type { TypedArray } from '../dtype.ts';
import type { BoundInput, PatchGeometry, WindowGeometry } from '../engine/engine.ts';
import type { Expression } from '../expression/expression.ts';
import { at, type Dense, put, rowProduct, widened } from '../host/dense.ts';
import { compileAt } from './elementwise.ts';

/** out_ij = e(u = x_i · z_j, inputs at (i, j)); of a symmetric result one triangle is mirrored. */
export function pairwise(
  x: Dense,
  z: Dense,
  expression: Expression,
  inputs: readonly BoundInput<TypedArray>[],
  symmetric: boolean,
  out: Dense,
): void {
  const evaluate = compileAt(expression, inputs);
  const [left, right] = [widened(x), widened(z)];
  for (let i = 0; i < out.rows; i++) {
    for (let j = 0; j < (symmetric ? i + 1 : out.columns); j++) {
      const value = evaluate(i, j, rowProduct(left, i, right, j, x.columns));
      put(out, i, j, value);
      if (symmetric) put(out, j, i, value);
    }
  }
}

/** out_ij = Σ_k |x_ik − z_jk|^p */
export function powerDistances(x: Dense, z: Dense, p: number, out: Dense): void {
  for (let i = 0; i < out.rows; i++) {
    for (let j = 0; j < out.columns; j++) {
      let sum = 0;
      for (let k = 0; k < x.columns; k++) sum += Math.abs(at(x, i, k) - at(z, j, k)) ** p;
      put(out, i, j, sum);
    }
  }
}

/** out_ik = Σ_j w_ij |x_ik − z_jk|^(p−1) sign(x_ik − z_jk) */
export function powerDistanceGradients(weights: Dense, x: Dense, z: Dense, p: number, out: Dense): void {
  for (let i = 0; i < out.rows; i++) {
    for (let k = 0; k < out.columns; k++) {
      let sum = 0;
      for (let j = 0; j < z.rows; j++) {
        const difference = at(x, i, k) - at(z, j, k);
        if (difference === 0) continue;
        sum += at(weights, i, j) * Math.abs(difference) ** (p - 1) * Math.sign(difference);
      }
      put(out, i, k, sum);
    }
  }
}

/** Row (image, y, x) of out is the patch with its upper left at stride (y, x) − padding. */
export function patches(images: Dense, geometry: PatchGeometry, out: Dense): void {
  const { height, width, channels, size, stride, padding, outHeight, outWidth } = geometry;
  for (let row = 0; row < out.rows; row++) {
    const image = Math.floor(row / (outHeight * outWidth));
    const top = (Math.floor(row / outWidth) % outHeight) * stride - padding;
    const left = (row % outWidth) * stride - padding;
    for (let entry = 0; entry < out.columns; entry++) {
      const channel = entry % channels;
      const x = left + (Math.floor(entry / channels) % size);
      const y = top + Math.floor(entry / (channels * size));
      const inside = y >= 0 && y < height && x >= 0 && x < width;
      const source = ((image * height + y) * width + x) * channels + channel;
      put(out, row, entry, inside ? at(images, 0, source) : 0);
    }
  }
}

/** Point (y, x) of out is the sum of the window whose upper left is at (y − padding, x − padding). */
export function windowSums(a: Dense, geometry: WindowGeometry, out: Dense): void {
  const { height, width, size, padding, rowsPerPoint, outWidth } = geometry;
  for (let row = 0; row < out.rows; row++) {
    const point = Math.floor(row / rowsPerPoint);
    const top = Math.floor(point / outWidth) - padding;
    const left = (point % outWidth) - padding;
    for (let column = 0; column < out.columns; column++) {
      let sum = 0;
      for (let y = Math.max(0, top); y < Math.min(height, top + size); y++) {
        for (let x = Math.max(0, left); x < Math.min(width, left + size); x++) {
          sum += at(a, (y * width + x) * rowsPerPoint + (row % rowsPerPoint), column);
        }
      }
      put(out, row, column, sum);
    }
  }
}
