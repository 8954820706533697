import { OptionError, ShapeError } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { expect, test } from 'vitest';
import { attentionPictures, patchFilters } from '../src/index.ts';

/** B = 3 u uᵀ + v vᵀ for orthonormal u, v in patches of 2 x 2 pixels. */
const u = [0.5, -0.5, 0.5, -0.5];
const v = [0.5, 0.5, 0.5, 0.5];
const transform = Float64Array.from({ length: 16 }, (_, at) => {
  const [i, j] = [Math.floor(at / 4), at % 4];
  return 3 * (u[i] as number) * (u[j] as number) + (v[i] as number) * (v[j] as number);
});

test('filters are the eigenvectors of the metric, by their share', async () => {
  using backend = createNaiveBackend();
  const { spectrum, filters } = await patchFilters(backend, { patchSize: 2, channels: 1, transform }, 2);
  expect(Array.from(spectrum)).toEqual([
    expect.closeTo(0.9),
    expect.closeTo(0.1),
    expect.closeTo(0),
    expect.closeTo(0),
  ]);
  expect(filters.map(({ share }) => share)).toEqual([expect.closeTo(0.9), expect.closeTo(0.1)]);
  expect(Math.abs(filters[0]?.data.reduce((sum, x, k) => sum + x * (u[k] as number), 0) ?? 0)).toBeCloseTo(
    1,
    10,
  );
  expect(filters[1]?.data.reduce((sum, x, k) => sum + x * (v[k] as number), 0)).toBeCloseTo(1, 10);
  await expect(patchFilters(backend, { patchSize: 2, channels: 1, transform }, 0)).rejects.toThrow(
    OptionError,
  );
  expect(backend.memory().tensors).toBe(0);
});

test('attention: lengths of transformed patches, and the patches laid over each other', () => {
  const image = { data: [1, 0, 0, 0, 0, 0], height: 2, width: 3, channels: 1 };
  const { strength, seen } = attentionPictures({ patchSize: 2, channels: 1, transform }, image);
  // Only the patch at (0, 0) contains the bright pixel: (1, 0, 0, 0) B = (1, -0.5, 1, -0.5).
  expect(Array.from(strength.data)).toEqual([expect.closeTo(Math.sqrt(2.5)), 0, 0, 0, 0, 0]);
  // Pixel (0, 1) lies in the patches at (0, 0) and (0, 1), pixel (1, 1) in four.
  expect(Array.from(seen.data)).toEqual([1, -0.25, 0, 0.5, -0.125, 0].map((x) => expect.closeTo(x)));
});

test('an identity leaves the image as it is', () => {
  const identity = Float64Array.from({ length: 18 * 18 }, (_, at) => (at % 19 === 0 ? 1 : 0));
  const image = { data: Array.from({ length: 40 }, (_, i) => i), height: 4, width: 5, channels: 2 };
  const { seen } = attentionPictures({ patchSize: 3, channels: 2, transform: identity }, image);
  expect(Array.from(seen.data)).toEqual(image.data.map((x) => expect.closeTo(x)));
  expect(() => attentionPictures({ patchSize: 3, channels: 1, transform: identity }, image)).toThrow(
    ShapeError,
  );
});
