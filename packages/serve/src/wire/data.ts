import { isListOf } from '@agop/core/options';

/** Deeper data, such as lists that hold themselves, does not cross. */
const deepest = 100;

/**
 * Whether a value is plain data, which is the same after it has crossed to another thread: not a function,
 * nor an object with methods, nor a list that holds itself.
 */
export function isData(value: unknown, depth = 0): boolean {
  if (typeof value !== 'object' || value === null) {
    return typeof value !== 'function' && typeof value !== 'symbol';
  }
  if (ArrayBuffer.isView(value) || value instanceof ArrayBuffer) return true;
  if (depth === deepest) return false;
  const isPart = (part: unknown): boolean => isData(part, depth + 1);
  if (Array.isArray(value)) return isListOf(value, isPart);
  return isPlainObject(value) && Object.values(value).every(isPart);
}

/** Whether a value is an object without a class. */
export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || prototype === Object.prototype;
}

/** The memory of a typed array, where it is all of it and can be given away. */
export function wholeBuffer(value: unknown): ArrayBuffer | undefined {
  if (!ArrayBuffer.isView(value)) return undefined;
  const { buffer, byteLength } = value;
  return buffer instanceof ArrayBuffer && buffer.byteLength === byteLength ? buffer : undefined;
}
