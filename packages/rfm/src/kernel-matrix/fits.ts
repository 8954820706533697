import { type Backend, bytesPerElement, type FloatDType } from '@agop/core';

/**
 * Whether a matrix [n, n] is small enough for what a backend's memory can hold beside the tensors that are
 * in it, and for one tensor; true where a device does not say how large it is. A matter of sizes, not of
 * what the system would grant.
 */
export function fitsInMemory(backend: Backend, n: number, dtype: FloatDType): boolean {
  const { limit = Number.POSITIVE_INFINITY, tensorLimit = limit } = backend.device.memory;
  return n * n * bytesPerElement(dtype) <= Math.min(tensorLimit, limit - backend.memory().bytes);
}
