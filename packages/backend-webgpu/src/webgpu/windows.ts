import type { PatchGeometry, WindowGeometry } from '@agop/core/engine';
import type { Shader } from '../shader/shader.ts';
import { type DeviceMatrix, type Runtime, rowSpan, sizeOf } from './runtime.ts';

const threads = 256;

/** Rows of out are patches of images; images: a matrix of one row. */
export function patches(
  runtime: Runtime,
  images: DeviceMatrix,
  geometry: PatchGeometry,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  const { height, width, channels, size, stride, padding, outHeight, outWidth } = geometry;
  const most = runtime.bindingElements;
  const imageSize = height * width * channels;
  const perImage = outHeight * outWidth;
  // Rows from the middle of an image to that of another one see one image more.
  const rowsOfImages = Math.max(1, Math.floor(most / Math.max(1, imageSize)) - 1) * perImage;
  const together = Math.max(1, Math.min(Math.floor(most / out.columns), rowsOfImages));
  for (let row = 0; row < out.rows; row += together) {
    const rows = Math.min(together, out.rows - row);
    const first = Math.floor(row / perImage);
    const last = Math.floor((row + rows - 1) / perImage);
    const count = rows * out.columns;
    runtime.dispatch(patchShader, {
      operands: {
        images: { block: images.buffer, begin: first * imageSize, count: (last - first + 1) * imageSize },
        out: rowSpan(out, row, rows),
      },
      uniforms: {
        ...{ height, width, channels, size, stride, padding, outHeight, outWidth, count },
        columns: out.columns,
        row: row - first * perImage,
      },
      groups: Math.ceil(count / threads),
    });
  }
}

const patchShader: Shader = {
  key: 'patches',
  operands: { images: { access: 'read' }, out: { access: 'write' } },
  uniforms: {
    height: 'i32',
    width: 'i32',
    channels: 'u32',
    size: 'u32',
    stride: 'u32',
    padding: 'i32',
    outHeight: 'u32',
    outWidth: 'u32',
    columns: 'u32',
    count: 'u32',
    row: 'u32',
  },
  threads,
  body: () => `  let at = group * ${threads}u + thread;
  if (at >= u.count) { return; }
  let row = u.row + at / u.columns;
  let entry = at % u.columns;
  let y = i32(row / u.outWidth % u.outHeight * u.stride + entry / (u.size * u.channels)) - u.padding;
  let x = i32(row % u.outWidth * u.stride + entry / u.channels % u.size) - u.padding;
  let image = i32(row / (u.outHeight * u.outWidth));
  var value = 0.0;
  if (y >= 0 && y < u.height && x >= 0 && x < u.width) {
    let pixel = u32((image * u.height + y) * u.width + x);
    value = images[u.imagesAt + pixel * u.channels + entry % u.channels];
  }
  out[u.outAt + at] = value;`,
};

/**
 * Points of out are sums over windows of the grid. Rows of the grid are bound together; where not even those
 * of one window can be, one after the other is added.
 */
export function windowSums(
  runtime: Runtime,
  a: DeviceMatrix,
  geometry: WindowGeometry,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  const { height, width, size, padding, rowsPerPoint, outHeight, outWidth } = geometry;
  const inner = rowsPerPoint * a.columns;
  const most = runtime.bindingElements;
  const readable = Math.floor(most / (width * inner));
  const writable = Math.max(1, Math.floor(most / (outWidth * inner)));
  const sums = (y: number, rows: number, from: number, seen: number, isAdded: boolean): void => {
    const begin = Math.max(0, from);
    const end = Math.min(height, from + seen);
    if (begin >= end && isAdded) return;
    const count = rows * outWidth * inner;
    runtime.dispatch(windowShader, {
      operands: {
        a: { block: a.buffer, begin: begin * width * inner, count: Math.max(0, end - begin) * width * inner },
        out: { block: out.buffer, begin: y * outWidth * inner, count },
      },
      uniforms: {
        ...{ width, inner, size, outWidth, padding, count },
        top: y - padding,
        begin,
        end,
        isAdded: isAdded ? 1 : 0,
      },
      groups: Math.ceil(count / threads),
    });
  };
  if (readable >= size) {
    const together = Math.min(readable - size + 1, writable);
    for (let y = 0; y < outHeight; y += together) {
      const rows = Math.min(together, outHeight - y);
      sums(y, rows, y - padding, rows + size - 1, false);
    }
  } else {
    for (let y = 0; y < outHeight; y++) {
      for (let dy = 0; dy < size; dy++) sums(y, 1, y - padding + dy, 1, dy > 0);
    }
  }
}

const windowShader: Shader = {
  key: 'window sums',
  operands: { a: { access: 'read' }, out: { access: 'update' } },
  uniforms: {
    width: 'i32',
    inner: 'u32',
    size: 'i32',
    outWidth: 'u32',
    padding: 'i32',
    count: 'u32',
    top: 'i32',
    begin: 'i32',
    end: 'i32',
    isAdded: 'u32',
  },
  threads,
  body: () => `  let at = group * ${threads}u + thread;
  if (at >= u.count) { return; }
  let point = at / u.inner;
  let top = u.top + i32(point / u.outWidth);
  let left = i32(point % u.outWidth) - u.padding;
  var sum = 0.0;
  for (var y = max(u.begin, top); y < min(u.end, top + u.size); y++) {
    for (var x = max(0, left); x < min(u.width, left + u.size); x++) {
      sum += a[u.aAt + u32((y - u.begin) * u.width + x) * u.inner + at % u.inner];
    }
  }
  if (u.isAdded == 1u) { sum += out[u.outAt + at]; }
  out[u.outAt + at] = sum;`,
};
