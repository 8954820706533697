import { randomArray } from '@agop/core';

/** Rows as {data, shape} and a label per row. */
export interface LabelledData {
  readonly x: { readonly data: Float64Array; readonly shape: readonly [number, number] };
  readonly y: string[];
}

/** Normal clouds around one random centre per class; class sizes differ by one where they must. */
export function clouds(
  rows: number,
  features: number,
  classes: number,
  spread = 0.5,
  seed = 1,
): LabelledData {
  const centres = randomArray(classes * features, 'normal', { seed, stream: 1 }, 'float64');
  const noise = randomArray(rows * features, 'normal', { seed, stream: 2 }, 'float64');
  const data = noise.map((value, at) => {
    const [row, column] = [Math.floor(at / features), at % features];
    return spread * value + (centres[(row % classes) * features + column] as number);
  });
  const y = Array.from({ length: rows }, (_, row) => `class ${row % classes}`);
  return { x: { data, shape: [rows, features] }, y };
}

/** Some of the rows. */
export function part({ x, y }: LabelledData, begin: number, end: number): LabelledData {
  const [, d] = x.shape;
  return {
    x: { data: x.data.slice(begin * d, end * d), shape: [end - begin, d] },
    y: y.slice(begin, end),
  };
}

/** A random orthogonal matrix [d, d], by Gram-Schmidt, twice for its accuracy. */
export function randomRotation(d: number, seed = 3): Float64Array {
  const q = randomArray(d * d, 'normal', { seed }, 'float64');
  const row = (i: number): Float64Array => q.subarray(i * d, (i + 1) * d);
  for (let i = 0; i < d; i++) {
    for (let pass = 0; pass < 2; pass++) {
      for (let k = 0; k < i; k++) {
        const overlap = dot(row(i), row(k));
        for (let j = 0; j < d; j++) row(i)[j] = (row(i)[j] as number) - overlap * (row(k)[j] as number);
      }
    }
    const norm = Math.sqrt(dot(row(i), row(i)));
    for (let j = 0; j < d; j++) row(i)[j] = (row(i)[j] as number) / norm;
  }
  return q;
}

/** Rows times a matrix [d, k], times a factor. */
export function multiply(
  x: ArrayLike<number>,
  matrix: ArrayLike<number>,
  d: number,
  factor = 1,
): Float64Array {
  const [rows, k] = [x.length / d, matrix.length / d];
  return Float64Array.from({ length: rows * k }, (_, at) => {
    const [i, j] = [Math.floor(at / k), at % k];
    let sum = 0;
    for (let l = 0; l < d; l++) sum += (x[i * d + l] as number) * (matrix[l * k + j] as number);
    return factor * sum;
  });
}

export function dot(a: ArrayLike<number>, b: ArrayLike<number>): number {
  let sum = 0;
  for (let j = 0; j < a.length; j++) sum += (a[j] as number) * (b[j] as number);
  return sum;
}
