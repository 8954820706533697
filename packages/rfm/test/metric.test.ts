import { ShapeError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { cosineSimilarity, pearsonCorrelation, topDirections } from '@agop/rfm';
import { describe, expect, it } from 'vitest';
import { worst } from './data.ts';

describe('similarity of matrices', () => {
  it('is the cosine, or the correlation after centering', () => {
    expect(cosineSimilarity([1, 0], [1, 1])).toBeCloseTo(Math.SQRT1_2, 15);
    expect(cosineSimilarity([1, 2, 3], [-2, -4, -6])).toBeCloseTo(-1, 15);
    expect(pearsonCorrelation([1, 2, 3], [11, 10, 9])).toBeCloseTo(-1, 15);
    expect(() => cosineSimilarity([1], [1, 2])).toThrow(ShapeError);
  });

  it('is that of the definitions', () => {
    expect(cosineSimilarity([1, 0, 0, 1], [1, 0, 0, 3])).toBeCloseTo(4 / Math.sqrt(20), 12);
    expect(pearsonCorrelation([1, 0, 0, 1], [1, 0, 0, 3])).toBeCloseTo(2 / Math.sqrt(6), 12);
    expect(pearsonCorrelation([1, 2, 2, 5], [13, 16, 16, 25])).toBeCloseTo(1, 12);
    expect(() => pearsonCorrelation([1], new Float64Array(9))).toThrow(ShapeError);
  });
});

describe('the top directions of a metric', () => {
  /** Eigenvalues 3 and -1 along (1, 1) and (1, -1), then 2. */
  const entries = [1, 2, 0, 2, 1, 0, 0, 0, 2];
  const alongOnes = [Math.SQRT1_2, Math.SQRT1_2, 0];

  it('come with the largest eigenvalues first, as many as asked for', async () => {
    using backend = createNaiveBackend();
    using matrix = backend.tensor(entries, [3, 3], 'float64');
    const { values, vectors } = await topDirections(backend, matrix, 1);
    expect(worst(values, [3, 2, -1])).toBeLessThan(1e-14);
    expect(vectors).toHaveLength(1);
    expect(worst((vectors[0] as Float64Array).map(Math.abs), alongOnes)).toBeLessThan(1e-14);
    expect((await topDirections(backend, matrix, 9)).vectors).toHaveLength(3);
    await expect(topDirections(backend, matrix, 0)).rejects.toMatchObject({
      code: 'OPTION',
      option: 'count',
    });
    expect(backend.memory().tensors).toBe(1);
  });

  it('of a transform are those of its square', async () => {
    using backend = createNaiveBackend();
    using matrix = backend.tensor([-2, 0, 0, 1], [2, 2], 'float64');
    const { values, vectors } = await topDirections(backend, matrix, 2, 'transform');
    expect(worst(values, [4, 1])).toBeLessThan(1e-14);
    expect(worst((vectors[0] as Float64Array).map(Math.abs), [1, 0])).toBeLessThan(1e-14);
  });
});
