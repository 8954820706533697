import { input } from '../../expression/expression.ts';
import type { Matrix } from '../../matrix.ts';
import type { CompleteEngine, PatchGeometry, WindowGeometry } from '../engine.ts';
import { gatherElements, gatherRows } from './gathering.ts';
import { full, reshaped, Temporaries } from './temporaries.ts';

export function transpose<B>(engine: CompleteEngine<B>, a: Matrix<B>, out: Matrix<B>): void {
  const place = (at: number): number => (at % a.rows) * a.columns + Math.floor(at / a.rows);
  gatherElements(engine, a, place, out);
}

export function diagonal<B>(engine: CompleteEngine<B>, a: Matrix<B>, out: Matrix<B>): void {
  gatherElements(engine, a, (i) => i * (a.columns + 1), out);
}

/** Patches are pixels in another order, and zeros around. */
export function patches<B>(
  engine: CompleteEngine<B>,
  images: Matrix<B>,
  geometry: PatchGeometry,
  out: Matrix<B>,
): void {
  const { height, width, channels, size, stride, padding, outHeight, outWidth } = geometry;
  const count = geometry.images * height * width;
  const pixels = reshaped(images, count, channels);
  const rows = Int32Array.from({ length: out.rows * size * size }, (_, at) => {
    const [patch, offset] = [Math.floor(at / (size * size)), at % (size * size)];
    const image = Math.floor(patch / (outHeight * outWidth));
    const y = (Math.floor(patch / outWidth) % outHeight) * stride - padding + Math.floor(offset / size);
    const x = (patch % outWidth) * stride - padding + (offset % size);
    const inside = y >= 0 && y < height && x >= 0 && x < width;
    return inside ? (image * height + y) * width + x : count;
  });
  using temporary = new Temporaries(engine);
  gatherRows(engine, withZeroRow(engine, pixels, temporary), rows, reshaped(out, rows.length, channels));
}

/** A window sum is a sum of the grid shifted by each offset in the window, with zeros around. */
export function windowSums<B>(
  engine: CompleteEngine<B>,
  a: Matrix<B>,
  { height, width, size, padding, rowsPerPoint, outHeight, outWidth }: WindowGeometry,
  out: Matrix<B>,
): void {
  using temporary = new Temporaries(engine);
  const length = rowsPerPoint * a.columns;
  const points = withZeroRow(engine, reshaped(a, height * width, length), temporary);
  const total = reshaped(out, outHeight * outWidth, length);
  const shifted = temporary.matrix(total.rows, length, out.dtype);
  for (let offset = 0; offset < size * size; offset++) {
    const rows = Int32Array.from({ length: total.rows }, (_, at) => {
      const y = Math.floor(at / outWidth) - padding + Math.floor(offset / size);
      const x = (at % outWidth) - padding + (offset % size);
      return y >= 0 && y < height && x >= 0 && x < width ? y * width + x : height * width;
    });
    if (offset === 0) gatherRows(engine, points, rows, total);
    else {
      gatherRows(engine, points, rows, shifted);
      engine.map(sum, full({ a: total, b: shifted }), total);
    }
  }
}

const sum = input('a').add(input('b'));

function withZeroRow<B>(engine: CompleteEngine<B>, a: Matrix<B>, temporary: Temporaries<B>): Matrix<B> {
  const whole = temporary.matrix(a.rows + 1, a.columns, a.dtype);
  engine.fill(whole, 0);
  engine.place(a, whole, 0, 0);
  return whole;
}
