import type { ProductTerms } from '@agop/core/engine';
import type { Shader } from '../shader/shader.ts';
import { type DeviceMatrix, type Runtime, sizeOf, whole } from './runtime.ts';

/** out = alpha op(A) op(B) + beta out */
export function matmul(
  runtime: Runtime,
  a: DeviceMatrix,
  b: DeviceMatrix,
  { transposeA, transposeB, alpha, beta }: ProductTerms,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  const inner = transposeA ? a.rows : a.columns;
  runtime.dispatch(simple, {
    operands: { a: whole(a), b: whole(b), out: whole(out) },
    uniforms: {
      rows: out.rows,
      columns: out.columns,
      inner,
      aRow: transposeA ? 1 : a.columns,
      aColumn: transposeA ? a.columns : 1,
      bRow: transposeB ? 1 : b.columns,
      bColumn: transposeB ? b.columns : 1,
      alpha,
      beta,
    },
    groups: Math.ceil(sizeOf(out) / 64),
  });
}

const simple: Shader = {
  key: 'matmul',
  operands: { a: { access: 'read' }, b: { access: 'read' }, out: { access: 'update' } },
  uniforms: {
    rows: 'u32',
    columns: 'u32',
    inner: 'u32',
    aRow: 'u32',
    aColumn: 'u32',
    bRow: 'u32',
    bColumn: 'u32',
    alpha: 'f32',
    beta: 'f32',
  },
  threads: 64,
  body: () => `  let at = group * 64u + thread;
  if (at >= u.rows * u.columns) { return; }
  let i = at / u.columns; let j = at % u.columns;
  var sum = 0.0;
  for (var k = 0u; k < u.inner; k++) {
    sum += a[u.aAt + i * u.aRow + k * u.aColumn] * b[u.bAt + k * u.bRow + j * u.bColumn];
  }
  var result = u.alpha * sum;
  if (u.beta != 0.0) { result += u.beta * out[u.outAt + at]; }
  out[u.outAt + at] = result;`,
};
