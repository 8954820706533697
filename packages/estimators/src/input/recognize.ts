import type { ArrowLikeTable, ArrowLikeVector, NumericArray, TfTensorLike } from './matrix-input.ts';

/** True for typed arrays whose elements are numbers. */
export function isNumericArray(value: unknown): value is NumericArray {
  return (
    ArrayBuffer.isView(value) &&
    !(value instanceof DataView) &&
    !(value instanceof BigInt64Array) &&
    !(value instanceof BigUint64Array)
  );
}

/** True for a `tf.Tensor`, of whichever copy of TensorFlow.js. */
export function isTfTensor(value: unknown): value is TfTensorLike {
  return (
    isObject(value) &&
    Array.isArray(value['shape']) &&
    typeof value['data'] === 'function' &&
    typeof value['dtype'] === 'string'
  );
}

/** True for an Apache Arrow table, of whichever copy. */
export function isArrowTable(value: unknown): value is ArrowLikeTable {
  return (
    isObject(value) &&
    typeof value['numRows'] === 'number' &&
    isObject(value['schema']) &&
    Array.isArray(value['schema']['fields']) &&
    typeof value['getChildAt'] === 'function'
  );
}

/** True for an Apache Arrow column, of whichever copy. */
export function isArrowVector(value: unknown): value is ArrowLikeVector {
  return (
    isObject(value) &&
    typeof value['length'] === 'number' &&
    typeof value['nullCount'] === 'number' &&
    typeof value['toArray'] === 'function' &&
    typeof value['get'] === 'function'
  );
}

/** True for `{ data, shape }`; what they hold is not checked. */
export function hasDataAndShape(
  value: unknown,
): value is { readonly data: unknown; readonly shape: unknown } {
  return isObject(value) && 'data' in value && 'shape' in value;
}

/** What a value is, in words, for messages. */
export function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'string') return `the text ${JSON.stringify(clip(value))}`;
  if (typeof value !== 'object')
    return value === undefined ? 'undefined' : `the ${typeof value} ${String(value)}`;
  const name = Array.isArray(value) ? 'Array' : (Object.getPrototypeOf(value)?.constructor?.name ?? 'object');
  return `of type ${name}`;
}

function clip(text: string): string {
  return text.length > 40 ? `${text.slice(0, 39)}…` : text;
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}
