import { elementaryCode } from '../shader/elementary.ts';
import type { Shader } from '../shader/shader.ts';
import { type DeviceMatrix, type Runtime, rowSpan, sizeOf } from './runtime.ts';

const threads = 64;

/**
 * The first largest entry of each column (axis 0) or row (axis 1). Rows in blocks; of columns the best so far
 * is kept between the blocks.
 */
export function argmax(runtime: Runtime, a: DeviceMatrix, axis: 0 | 1, out: DeviceMatrix): void {
  if (sizeOf(out) === 0) return;
  const together = Math.max(1, Math.floor(runtime.bindingElements / Math.max(1, a.columns)));
  if (axis === 1) {
    for (let row = 0; row < a.rows; row += together) {
      const rows = Math.min(together, a.rows - row);
      runtime.dispatch(argmaxRows, {
        operands: { a: rowSpan(a, row, rows), out: { block: out.buffer, begin: row, count: rows } },
        uniforms: { columns: a.columns },
        groups: rows,
      });
    }
    return;
  }
  runtime.withScratch(a.columns, (block) => {
    for (let row = 0; row < a.rows; row += together) {
      const rows = Math.min(together, a.rows - row);
      runtime.dispatch(argmaxColumns, {
        operands: {
          a: rowSpan(a, row, rows),
          best: { block, begin: 0, count: a.columns },
          out: { block: out.buffer, begin: 0, count: a.columns },
        },
        uniforms: { rows, columns: a.columns, row },
        groups: Math.ceil(a.columns / threads),
      });
    }
  });
}

const argmaxRows: Shader = {
  key: 'argmax rows',
  operands: { a: { access: 'read' }, out: { access: 'write', type: 'i32' } },
  uniforms: { columns: 'u32' },
  threads,
  declarations: () => `${elementaryCode(['isLess'])}
var<workgroup> values: array<f32, ${threads}>;
var<workgroup> places: array<u32, ${threads}>;`,
  body: () => `  let begin = u.aAt + group * u.columns;
  var place = min(thread, u.columns - 1u);
  var value = a[begin + place];
  for (var k = thread + ${threads}u; k < u.columns; k += ${threads}u) {
    let x = a[begin + k];
    if (isLess(value, x)) { value = x; place = k; }
  }
  values[thread] = value;
  places[thread] = place;
  workgroupBarrier();
  for (var half = ${threads / 2}u; half > 0u; half /= 2u) {
    if (thread < half) {
      let other = thread + half;
      let isTie = values[other] == values[thread] && places[other] < places[thread];
      if (isLess(values[thread], values[other]) || isTie) {
        values[thread] = values[other];
        places[thread] = places[other];
      }
    }
    workgroupBarrier();
  }
  if (thread == 0u) { out[u.outAt + group] = i32(places[0]); }`,
};

const argmaxColumns: Shader = {
  key: 'argmax columns',
  operands: {
    a: { access: 'read' },
    best: { access: 'update' },
    out: { access: 'update', type: 'i32' },
  },
  uniforms: { rows: 'u32', columns: 'u32', row: 'u32' },
  threads,
  declarations: () => elementaryCode(['isLess']),
  body: () => `  let column = group * ${threads}u + thread;
  if (column >= u.columns) { return; }
  var place = 0u;
  var value = a[u.aAt + column];
  for (var k = 1u; k < u.rows; k++) {
    let x = a[u.aAt + k * u.columns + column];
    if (isLess(value, x)) { value = x; place = k; }
  }
  if (u.row == 0u || isLess(best[u.bestAt + column], value)) {
    best[u.bestAt + column] = value;
    out[u.outAt + column] = i32(u.row + place);
  }`,
};
