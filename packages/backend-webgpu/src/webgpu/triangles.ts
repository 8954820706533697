import type { Shader } from '../shader/shader.ts';
import { type DeviceMatrix, type Runtime, rowSpan, type Span } from './runtime.ts';

const tile = 32;
/** Rows in multiples of which a matrix is bound twice: they begin at multiples of 256 bytes. */
const alignedRows = 64;

/** Mirrors the lower triangle of a square matrix upwards. */
export function mirror(runtime: Runtime, a: DeviceMatrix): void {
  const n = a.rows;
  if (n < 2) return;
  const most = Math.floor(runtime.bindingElements / n);
  const step = most >= n ? n : Math.max(alignedRows, Math.floor(most / alignedRows) * alignedRows);
  for (let from = 0; from < n; from += step) {
    const rows = Math.min(step, n - from);
    for (let to = 0; to <= from; to += step) {
      const columns = Math.min(step, n - to);
      const sizes = { n, rows, columns };
      const groups = Math.ceil(rows / tile) * Math.ceil(columns / tile);
      if (from === to) {
        const operands = { a: rowSpan(a, from, rows) };
        const bytes = 4 * rows * (rows - 1);
        runtime.dispatch(mirrorInside, { operands, uniforms: { ...sizes, begin: from }, groups, bytes });
      } else {
        const operands = { lower: rowSpan(a, from, rows), upper: rowSpan(a, to, columns) };
        runtime.dispatch(mirrorAcross, {
          operands,
          uniforms: { ...sizes, lowerRow: from, upperRow: to },
          groups,
          bytes: 8 * rows * columns,
        });
      }
    }
  }
}

/** A tile is read along its rows, and written along those of the mirrored one. */
const mirrorBody = (
  read: string,
  write: string,
): string => `  let across = (u.columns + ${tile - 1}u) / ${tile}u;
  let i0 = group / across * ${tile}u;
  let j0 = group % across * ${tile}u;
  for (var k = thread; k < ${tile * tile}u; k += 256u) {
    let i = i0 + k / ${tile}u;
    let j = j0 + k % ${tile}u;
    if (i < u.rows && j < u.columns) { part[k / ${tile}u * ${tile + 1}u + k % ${tile}u] = ${read}; }
  }
  workgroupBarrier();
  for (var k = thread; k < ${tile * tile}u; k += 256u) {
    let i = i0 + k % ${tile}u;
    let j = j0 + k / ${tile}u;
    let value = part[k % ${tile}u * ${tile + 1}u + k / ${tile}u];
    ${write}
  }`;

const partVariable = (): string => `var<workgroup> part: array<f32, ${tile * (tile + 1)}>;`;

const mirrorInside: Shader = {
  key: 'mirror inside',
  operands: { a: { access: 'update' } },
  uniforms: { n: 'u32', rows: 'u32', columns: 'u32', begin: 'u32' },
  threads: 256,
  declarations: partVariable,
  body: () => `  if (group % ((u.columns + ${tile - 1}u) / ${tile}u) > group / ((u.columns + ${tile - 1}u) / ${tile}u)) { return; }
${mirrorBody(
  'a[u.aAt + i * u.n + u.begin + j]',
  'if (i < u.rows && j < i) { a[u.aAt + j * u.n + u.begin + i] = value; }',
)}`,
};

const mirrorAcross: Shader = {
  key: 'mirror across',
  operands: { lower: { access: 'update' }, upper: { access: 'update' } },
  uniforms: { n: 'u32', rows: 'u32', columns: 'u32', lowerRow: 'u32', upperRow: 'u32' },
  threads: 256,
  declarations: partVariable,
  body: () =>
    mirrorBody(
      'lower[u.lowerAt + i * u.n + u.upperRow + j]',
      'if (i < u.rows && j < u.columns) { upper[u.upperAt + j * u.n + u.lowerRow + i] = value; }',
    ),
};

/** What a product without terms leaves of `out`. */
export function scale(runtime: Runtime, { block, begin, count }: Span, beta: number): void {
  if (beta === 1) return;
  const most = runtime.bindingElements;
  for (let at = 0; at < count; at += most) {
    const span = { block, begin: begin + at, count: Math.min(most, count - at) };
    runtime.dispatch(scaleShader, {
      operands: { out: span },
      uniforms: { count: span.count, beta, isRead: beta === 0 ? 0 : 1 },
      groups: Math.ceil(span.count / 256),
    });
  }
}

const scaleShader: Shader = {
  key: 'scale',
  operands: { out: { access: 'update' } },
  uniforms: { count: 'u32', isRead: 'u32', beta: 'f32' },
  threads: 256,
  body: () => `  let at = group * 256u + thread;
  if (at >= u.count) { return; }
  if (u.isRead == 1u) { out[u.outAt + at] *= u.beta; } else { out[u.outAt + at] = 0.0; }`,
};
