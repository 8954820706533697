import type { FloatDType } from '@agop/core';
import { recursionMemory } from '@agop/rfm';

/**
 * Bytes on the backend of the fit of a leaf with a full metric and a kernel of inner products: its kernel
 * matrix is what grows.
 */
export function leafMemory(samples: number, features: number, outputs: number, dtype: FloatDType): number {
  const { data, fit, agop, update } = recursionMemory({ samples, outputs, features }, dtype);
  return data + Math.max(fit, agop, update);
}

/**
 * The most rows whose fit takes no more bytes than given.
 *
 * @returns at least 2
 */
export function rowsWithin(bytes: number, features: number, outputs: number, dtype: FloatDType): number {
  let [low, high] = [2, 4];
  while (leafMemory(high, features, outputs, dtype) <= bytes) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (leafMemory(middle, features, outputs, dtype) <= bytes) low = middle;
    else high = middle;
  }
  return low;
}
