import type { Axis } from '@agop/core';
import { elementaryCode } from '../shader/elementary.ts';
import type { Shader } from '../shader/shader.ts';
import { type DeviceMatrix, type Runtime, sizeOf, whole } from './runtime.ts';

/** One value per column (axis 0), per row (axis 1), or of all elements. */
export function reduce(
  runtime: Runtime,
  kind: 'sum' | 'max',
  a: DeviceMatrix,
  axis: Axis,
  out: DeviceMatrix,
): void {
  if (sizeOf(out) === 0) return;
  const [length, step, outer] =
    axis === 'all' ? [sizeOf(a), 1, 0] : axis === 0 ? [a.rows, a.columns, 1] : [a.columns, 1, a.columns];
  if (length === 0) {
    runtime.upload(
      out.buffer,
      new Float32Array(sizeOf(out)).fill(kind === 'sum' ? 0 : Number.NEGATIVE_INFINITY),
      'float32',
    );
    return;
  }
  runtime.dispatch(kind === 'sum' ? sums : maxima, {
    operands: { a: whole(a), out: whole(out) },
    uniforms: { count: sizeOf(out), length, step, outer },
    groups: Math.ceil(sizeOf(out) / 64),
  });
}

const line = (begin: string, add: string): Omit<Shader, 'key'> => ({
  operands: { a: { access: 'read' }, out: { access: 'write' } },
  uniforms: { count: 'u32', length: 'u32', step: 'u32', outer: 'u32' },
  threads: 64,
  declarations: () => elementaryCode(['larger', 'infinity']),
  body: () => `  let at = group * 64u + thread;
  if (at >= u.count) { return; }
  var total = ${begin};
  for (var k = 0u; k < u.length; k++) {
    let x = a[u.aAt + at * u.outer + k * u.step];
    total = ${add};
  }
  out[u.outAt + at] = total;`,
});

const sums: Shader = { key: 'sum', ...line('0.0', 'total + x') };
const maxima: Shader = { key: 'max', ...line('-infinity()', 'larger(total, x)') };
