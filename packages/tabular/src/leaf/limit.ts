import type { FloatDType } from '@agop/core';
import { recursionMemory } from '@agop/rfm';

/**
 * The most rows whose fit takes no more bytes than given: its kernel matrix is what grows.
 *
 * @returns at least 2
 */
export function rowsWithin(bytes: number, features: number, outputs: number, dtype: FloatDType): number {
  const needs = (samples: number): number => {
    const { data, fit, agop, update } = recursionMemory({ samples, outputs, features }, dtype);
    return data + Math.max(fit, agop, update);
  };
  let [low, high] = [2, 2];
  while (needs(high) <= bytes) [low, high] = [high, 2 * high];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if (needs(middle) <= bytes) low = middle;
    else high = middle;
  }
  return low;
}
