import type { Shader } from '../shader/shader.ts';
import { type DeviceMatrix, type Runtime, type Span, sizeOf } from './runtime.ts';

const threads = 256;
/** Elements of a thread. */
const each = 4;

/** All elements of out = value; any dtype. */
export function fill(runtime: Runtime, out: DeviceMatrix, value: number): void {
  const words = out.dtype === 'int32' ? Int32Array.of(value) : new Int32Array(Float32Array.of(value).buffer);
  fillStrided(runtime, { block: out.buffer, begin: 0, count: sizeOf(out) }, words[0] ?? 0, 1);
}

/** out = I */
export function identity(runtime: Runtime, out: DeviceMatrix): void {
  fill(runtime, out, 0);
  const [one] = new Int32Array(Float32Array.of(1).buffer);
  fillStrided(runtime, { block: out.buffer, begin: 0, count: sizeOf(out) }, one ?? 0, out.columns + 1);
}

/** Every so many-th element from the first one on, as the bits of an integer. */
function fillStrided(runtime: Runtime, { block, count }: Span, bits: number, step: number): void {
  if (count === 0) return;
  const together = Math.max(1, Math.floor(runtime.bindingElements / step)) * step;
  for (let begin = 0; begin < count; begin += together) {
    const span = { block, begin, count: Math.min(together, count - begin) };
    const elements = Math.ceil(span.count / step);
    runtime.dispatch(fillShader, {
      operands: { out: span },
      uniforms: { count: elements, step, bits },
      groups: Math.ceil(elements / (threads * each)),
    });
  }
}

const fillShader: Shader = {
  key: 'fill',
  operands: { out: { access: 'write', type: 'i32' } },
  uniforms: { count: 'u32', step: 'u32', bits: 'i32' },
  threads,
  body: () => `  for (var k = 0u; k < ${each}u; k++) {
    let at = (group * ${each}u + k) * ${threads}u + thread;
    if (at < u.count) { out[u.outAt + at * u.step] = u.bits; }
  }`,
};
