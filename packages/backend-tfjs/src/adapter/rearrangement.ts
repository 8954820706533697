import { ShapeError } from '@agop/core';
import type * as tfjs from '@tensorflow/tfjs-core';
import { type Boxed, type Runtime, tfDType } from './runtime.ts';

export function copyRows(runtime: Runtime, a: Boxed, begin: number, out: Boxed): void {
  const whole = out.rows * out.columns === a.rows * a.columns;
  runtime.write(out, () => {
    const source = runtime.view(a);
    return whole ? source : runtime.tf.slice2d(source, [begin, 0], [out.rows, out.columns]);
  });
}

/** tfjs rounds to int32 towards zero, as the contract does. */
export function cast(runtime: Runtime, a: Boxed, out: Boxed): void {
  runtime.write(out, () => runtime.tf.cast(runtime.view(a), tfDType(out.dtype)));
}

export function transpose(runtime: Runtime, a: Boxed, out: Boxed): void {
  runtime.write(out, () => runtime.tf.transpose(runtime.view(a)));
}

export function gather(runtime: Runtime, a: Boxed, indices: Boxed, out: Boxed): void {
  if (indices.columns === 0) return;
  checkComputed(runtime, indices, a.rows);
  runtime.write(out, () =>
    runtime.tf.gather(runtime.view(a), runtime.tf.reshape(runtime.view(indices), [indices.columns])),
  );
}

/** Lists from the host have been checked; computed ones are on tfjs backends where looking costs nothing. */
function checkComputed(runtime: Runtime, indices: Boxed, rows: number): void {
  if (runtime.backendName !== 'cpu' && runtime.backendName !== 'wasm') return;
  const list = runtime.run(() => runtime.view(indices).dataSync());
  const wrong = list.find((index) => index < 0 || index >= rows);
  if (wrong === undefined) return;
  throw new ShapeError(`gather: index ${wrong} is not a row of a matrix with ${rows} rows.`);
}

/** Parts are kept until the whole is needed. */
export function place(runtime: Runtime, part: Boxed, out: Boxed, row: number, column: number): void {
  if (part.rows * part.columns === 0) return;
  const tensor = runtime.make((): tfjs.Tensor2D => runtime.view(part));
  out.buffer.add(out.rows, out.columns, { tensor, row, column });
}
