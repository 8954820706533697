import type { Shader } from '../shader/shader.ts';
import { type DeviceMatrix, type Runtime, rowSpan, sizeOf, whole } from './runtime.ts';

const threads = 256;

/** out = a's rows from `begin` on, as many as out has. */
export function copyRows(runtime: Runtime, a: DeviceMatrix, begin: number, out: DeviceMatrix): void {
  runtime.copy(rowSpan({ ...a, columns: out.columns === 0 ? 0 : a.columns }, begin, out.rows), out.buffer, 0);
}

/** out = a in the dtype of out. */
export function cast(runtime: Runtime, a: DeviceMatrix, out: DeviceMatrix): void {
  if (a.dtype === out.dtype) copyRows(runtime, a, 0, out);
  else if (sizeOf(out) > 0) {
    runtime.dispatch(a.dtype === 'int32' ? toFloat : toInteger, {
      operands: { a: whole(a), out: whole(out) },
      uniforms: { count: sizeOf(out) },
      groups: Math.ceil(sizeOf(out) / threads),
    });
  }
}

const toFloat: Shader = {
  key: 'cast int32 float32',
  operands: { a: { access: 'read', type: 'i32' }, out: { access: 'write' } },
  uniforms: { count: 'u32' },
  threads,
  body: () => `  let at = group * ${threads}u + thread;
  if (at < u.count) { out[u.outAt + at] = f32(a[u.aAt + at]); }`,
};

const toInteger: Shader = {
  key: 'cast float32 int32',
  operands: { a: { access: 'read' }, out: { access: 'write', type: 'i32' } },
  uniforms: { count: 'u32' },
  threads,
  body: () => `  let at = group * ${threads}u + thread;
  if (at < u.count) { out[u.outAt + at] = i32(a[u.aAt + at]); }`,
};

/** Rows by index. Words, whatever they mean. */
export function gather(runtime: Runtime, a: DeviceMatrix, indices: DeviceMatrix, out: DeviceMatrix): void {
  if (sizeOf(out) === 0) return;
  runtime.dispatch(gatherRows, {
    operands: { a: whole(a), indices: whole(indices), out: whole(out) },
    uniforms: {
      count: sizeOf(out),
      columns: out.columns,
      rows: a.rows,
      missing: out.dtype === 'int32' ? 0 : quietNaN,
    },
    groups: Math.ceil(sizeOf(out) / threads),
  });
}

/** The bits of a NaN. */
const quietNaN = 0x7fc00000;

const gatherRows: Shader = {
  key: 'gather',
  operands: {
    a: { access: 'read', type: 'u32' },
    indices: { access: 'read', type: 'u32' },
    out: { access: 'write', type: 'u32' },
  },
  uniforms: { count: 'u32', columns: 'u32', rows: 'u32', missing: 'u32' },
  threads,
  // An index out of range, also a negative one, gives what stands where there is nothing.
  body: () => `  let at = group * ${threads}u + thread;
  if (at < u.count) {
    let row = indices[u.indicesAt + at / u.columns];
    if (row < u.rows) { out[u.outAt + at] = a[u.aAt + row * u.columns + at % u.columns]; }
    else { out[u.outAt + at] = u.missing; }
  }`,
};

/** Copies `part` into out with its first element at (row, column). */
export function place(
  runtime: Runtime,
  part: DeviceMatrix,
  out: DeviceMatrix,
  row: number,
  column: number,
): void {
  if (sizeOf(part) === 0) return;
  if (part.columns === out.columns) {
    runtime.copy(whole(part), out.buffer, row * out.columns);
    return;
  }
  runtime.dispatch(placeBlock, {
    operands: { part: whole(part), out: rowSpan(out, row, part.rows) },
    uniforms: { count: sizeOf(part), columns: part.columns, stride: out.columns, column },
    groups: Math.ceil(sizeOf(part) / threads),
  });
}

const placeBlock: Shader = {
  key: 'place',
  operands: { part: { access: 'read', type: 'u32' }, out: { access: 'write', type: 'u32' } },
  uniforms: { count: 'u32', columns: 'u32', stride: 'u32', column: 'u32' },
  threads,
  body: () => `  let at = group * ${threads}u + thread;
  if (at < u.count) {
    let i = at / u.columns;
    out[u.outAt + i * u.stride + u.column + at - i * u.columns] = part[u.partAt + at];
  }`,
};
