import { cell, changed, type Grid, grid, multiply, transposed } from './grid.ts';

/**
 * Uniform numbers on (-1, 1), the same at every run: Marsaglia's xorshift with 32 bits. The suite does not
 * use the generator that it tests.
 * Source: Marsaglia 2003, "Xorshift RNGs".
 */
export function samples(seed: number): () => number {
  let state = (seed * 2654435761 + 88172645) >>> 0 || 1;
  const next = (): number => {
    state ^= state << 13;
    state ^= state >>> 17;
    state = (state ^ (state << 5)) >>> 0;
    return ((state + 0.5) / 2 ** 32) * 2 - 1;
  };
  for (let warmUp = 0; warmUp < 8; warmUp++) next();
  return next;
}

export function sampleGrid(rows: number, columns: number, seed: number): Grid {
  const next = samples(seed);
  return grid(rows, columns, () => next());
}

/** A symmetric matrix of given eigenvalues: H3 H2 H1 diag(values) H1 H2 H3 with random reflections H. */
export function withSpectrum(values: readonly number[], seed: number): Grid {
  const n = values.length;
  let a = grid(n, n, (i, j) => (i === j ? (values[i] as number) : 0));
  for (let k = 0; k < 3; k++) {
    const v = sampleGrid(n, 1, seed + k);
    const factor = 2 / multiply(transposed(v), v).data.reduce((sum, x) => sum + x, 0);
    const image = multiply(a, v);
    const shift = (factor / 2) * cell(multiply(transposed(v), image), 0, 0);
    const w = grid(n, 1, (i) => factor * (cell(image, i, 0) - shift * cell(v, i, 0)));
    a = changed(a, (value, i, j) => value - cell(v, i, 0) * cell(w, j, 0) - cell(w, i, 0) * cell(v, j, 0));
  }
  return grid(n, n, (i, j) => (cell(a, i, j) + cell(a, j, i)) / 2);
}

/** A well-conditioned positive definite matrix: an exponential kernel of random points, plus I / 2. */
export function positiveDefinite(n: number, seed: number): Grid {
  const points = sampleGrid(1, n, seed).data;
  return grid(n, n, (i, j) => {
    const distance = Math.abs((points[i] as number) - (points[j] as number));
    return Math.exp(-3 * distance) + (i === j ? 0.5 : 0);
  });
}
