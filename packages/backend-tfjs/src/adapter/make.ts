import { type DType, hostArray, type TypedArray } from '@agop/core';
import type { Box } from './box.ts';
import { type Boxed, type Runtime, tfDType } from './runtime.ts';

/** Host data into a box. It is copied: tfjs itself may keep the array it is given. */
export function write(runtime: Runtime, buffer: Box, data: ArrayLike<number>): void {
  if (buffer.size === 0) return;
  const elements = hostArray(buffer.dtype, buffer.size);
  elements.set(data);
  store(runtime, buffer, elements);
}

/** A copy on the host. */
export async function read(runtime: Runtime, buffer: Box, size: number, dtype: DType): Promise<TypedArray> {
  const elements = hostArray(dtype, size);
  if (size === 0) return elements;
  // A handle of its own, as the box may get other content before the elements arrive.
  const snapshot = runtime.make(() => runtime.view({ buffer, dtype, rows: 1, columns: size }));
  try {
    elements.set(await snapshot.data());
  } finally {
    snapshot.dispose();
  }
  return elements;
}

export function fill(runtime: Runtime, out: Boxed, value: number): void {
  const { tf } = runtime;
  runtime.write(out, () => tf.fill([out.rows, out.columns], value, tfDType(out.dtype)));
}

export function identity(runtime: Runtime, out: Boxed): void {
  runtime.write(out, () => runtime.tf.eye(out.rows));
}

function store(runtime: Runtime, buffer: Box, elements: TypedArray): void {
  buffer.replace(runtime.make(() => runtime.tf.tensor(elements, [buffer.size], tfDType(buffer.dtype))));
}
