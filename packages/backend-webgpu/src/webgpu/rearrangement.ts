import type { Shader } from '../shader/shader.ts';
import { partsOf } from './expression-operands.ts';
import { type DeviceMatrix, type Runtime, rowSpan, sizeOf, whole } from './runtime.ts';

// Elements are words here, whatever they mean, but for `cast`.

const threads = 256;
const tile = 32;

/** out = a's rows from `begin` on, as many as out has. */
export function copyRows(runtime: Runtime, a: DeviceMatrix, begin: number, out: DeviceMatrix): void {
  if (sizeOf(out) > 0) runtime.copy(rowSpan(a, begin, out.rows), out.buffer, 0);
}

/** out = a in the dtype of out. */
export function cast(runtime: Runtime, a: DeviceMatrix, out: DeviceMatrix): void {
  if (a.dtype === out.dtype) {
    copyRows(runtime, a, 0, out);
    return;
  }
  const most = runtime.bindingElements;
  for (let begin = 0; begin < sizeOf(out); begin += most) {
    const count = Math.min(most, sizeOf(out) - begin);
    runtime.dispatch(a.dtype === 'int32' ? toFloat : toInteger, {
      operands: { a: { block: a.buffer, begin, count }, out: { block: out.buffer, begin, count } },
      uniforms: { count },
      groups: Math.ceil(count / threads),
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

/** What stands for rows that are not there: NaN, of integers 0. */
const missingRow = { float32: 0x7fc00000, float64: 0, int32: 0 } as const;

/** Rows by index. Where only some rows of `a` can be bound, each dispatch brings those that it sees. */
export function gather(runtime: Runtime, a: DeviceMatrix, indices: DeviceMatrix, out: DeviceMatrix): void {
  if (sizeOf(out) === 0) return;
  const together = Math.max(1, Math.floor(runtime.bindingElements / a.columns));
  const missing = missingRow[a.dtype];
  for (let begin = 0; begin === 0 || begin < a.rows; begin += together) {
    const seen = Math.min(together, a.rows - begin);
    for (let row = 0; row < out.rows; row += together) {
      const rows = Math.min(together, out.rows - row);
      const count = rows * out.columns;
      runtime.dispatch(gatherRows, {
        operands: {
          a: rowSpan(a, begin, seen),
          indices: { block: indices.buffer, begin: row, count: rows },
          out: rowSpan(out, row, rows),
        },
        uniforms: { count, columns: out.columns, begin, seen, rows: a.rows, missing },
        groups: Math.ceil(count / threads),
      });
    }
  }
}

const gatherRows: Shader = {
  key: 'gather',
  operands: {
    a: { access: 'read', type: 'u32' },
    indices: { access: 'read', type: 'u32' },
    out: { access: 'write', type: 'u32' },
  },
  uniforms: { count: 'u32', columns: 'u32', begin: 'u32', seen: 'u32', rows: 'u32', missing: 'u32' },
  threads,
  body: () => `  let at = group * ${threads}u + thread;
  if (at >= u.count) { return; }
  let i = at / u.columns;
  let index = indices[u.indicesAt + i];
  let row = index - u.begin;
  if (index >= u.rows) { out[u.outAt + at] = u.missing; }
  else if (row < u.seen) { out[u.outAt + at] = a[u.aAt + row * u.columns + at - i * u.columns]; }`,
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
  if (part.columns === out.columns || part.rows === 1) {
    runtime.copy(whole(part), out.buffer, row * out.columns + column);
    return;
  }
  for (const { row: first, rows } of partsOf(part.rows, out.columns, runtime.bindingElements)) {
    const count = rows * part.columns;
    runtime.dispatch(placeBlock, {
      operands: { part: rowSpan(part, first, rows), out: rowSpan(out, row + first, rows) },
      uniforms: { count, columns: part.columns, stride: out.columns, column },
      groups: Math.ceil(count / threads),
    });
  }
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

/** out = diagonal of a, one row. */
export function diagonal(runtime: Runtime, a: DeviceMatrix, out: DeviceMatrix): void {
  for (const { row, rows } of partsOf(a.rows, a.columns, runtime.bindingElements)) {
    runtime.dispatch(diagonalShader, {
      operands: { a: rowSpan(a, row, rows), out: { block: out.buffer, begin: row, count: rows } },
      uniforms: { count: rows, columns: a.columns, row },
      groups: Math.ceil(rows / threads),
    });
  }
}

const diagonalShader: Shader = {
  key: 'diagonal',
  operands: { a: { access: 'read', type: 'u32' }, out: { access: 'write', type: 'u32' } },
  uniforms: { count: 'u32', columns: 'u32', row: 'u32' },
  threads,
  body: () => `  let i = group * ${threads}u + thread;
  if (i < u.count) { out[u.outAt + i] = a[u.aAt + i * (u.columns + 1u) + u.row]; }`,
};

/** out = aᵀ, in tiles that are read along their rows and written along those of out. */
export function transpose(runtime: Runtime, a: DeviceMatrix, out: DeviceMatrix): void {
  if (sizeOf(a) === 0) return;
  if (a.rows === 1 || a.columns === 1) {
    runtime.copy(whole(a), out.buffer, 0);
    return;
  }
  for (const { row, rows } of partsOf(a.rows, a.columns, runtime.bindingElements)) {
    for (const { row: column, rows: columns } of partsOf(out.rows, out.columns, runtime.bindingElements)) {
      runtime.dispatch(transposeShader, {
        operands: { a: rowSpan(a, row, rows), out: rowSpan(out, column, columns) },
        uniforms: { rows, columns, aStride: a.columns, outStride: out.columns, row, column },
        groups: Math.ceil(rows / tile) * Math.ceil(columns / tile),
      });
    }
  }
}

const transposeShader: Shader = {
  key: 'transpose',
  operands: { a: { access: 'read', type: 'u32' }, out: { access: 'write', type: 'u32' } },
  uniforms: { rows: 'u32', columns: 'u32', aStride: 'u32', outStride: 'u32', row: 'u32', column: 'u32' },
  threads,
  declarations: () => `var<workgroup> part: array<u32, ${tile * (tile + 1)}>;`,
  body: () => `  let across = (u.columns + ${tile - 1}u) / ${tile}u;
  let i0 = group / across * ${tile}u;
  let j0 = group % across * ${tile}u;
  for (var k = thread; k < ${tile * tile}u; k += ${threads}u) {
    let i = i0 + k / ${tile}u;
    let j = j0 + k % ${tile}u;
    if (i < u.rows && j < u.columns) {
      part[k / ${tile}u * ${tile + 1}u + k % ${tile}u] = a[u.aAt + i * u.aStride + u.column + j];
    }
  }
  workgroupBarrier();
  for (var k = thread; k < ${tile * tile}u; k += ${threads}u) {
    let i = i0 + k % ${tile}u;
    let j = j0 + k / ${tile}u;
    if (i < u.rows && j < u.columns) {
      out[u.outAt + j * u.outStride + u.row + i] = part[k % ${tile}u * ${tile + 1}u + k / ${tile}u];
    }
  }`,
};
