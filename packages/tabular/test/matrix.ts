import { randomArray } from '@agop/core';

/** Normal random rows as nested arrays. */
export function matrixOf(rows: number, columns: number, seed: number): number[][] {
  const data = randomArray(rows * columns, 'normal', { seed }, 'float64');
  return Array.from({ length: rows }, (_, i) => Array.from(data.slice(i * columns, (i + 1) * columns)));
}
