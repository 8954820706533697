import type { PatchOptions } from '@agop/core';
import { type ConformanceCase, defineCase } from '../conformance-case.ts';
import { samples } from '../reference/samples.ts';

/** [images, height, width, channels], size, stride, padding. */
const geometries: readonly (readonly [readonly [number, number, number, number], PatchOptions])[] = [
  [[1, 1, 1, 1], { size: 1 }],
  [[2, 4, 5, 3], { size: 1 }],
  [[2, 5, 4, 3], { size: 3 }],
  [[2, 5, 4, 3], { size: 3, padding: 1 }],
  [[1, 7, 9, 2], { size: 3, stride: 2 }],
  [[3, 8, 8, 1], { size: 2, stride: 2 }],
  [[1, 5, 6, 4], { size: 4, stride: 3, padding: 2 }],
  [[1, 3, 3, 2], { size: 3 }],
  [[1, 1, 2, 1], { size: 3, padding: 1 }],
  [[1, 6, 6, 1], { size: 1, stride: 4 }],
  [[17, 9, 9, 5], { size: 5, padding: 2 }],
  [[0, 4, 4, 3], { size: 3 }],
  [[2, 4, 4, 0], { size: 3 }],
];

export const patchCases: readonly ConformanceCase[] = geometries.map(([shape, options]) => {
  const { size, stride = 1, padding = 0 } = options;
  const name = `[${shape.join(', ')}], size ${size}, stride ${stride}, padding ${padding}`;
  return defineCase('patches', name, async (t) => {
    const [n, height, width, channels] = shape;
    const next = samples(1);
    const images = Array.from({ length: n * height * width * channels }, () => t.round(next()));
    const pixel = (image: number, y: number, x: number, channel: number): number => {
      if (y < 0 || y >= height || x < 0 || x >= width) return 0;
      return images[((image * height + y) * width + x) * channels + channel] as number;
    };
    const expected: number[] = [];
    let rows = 0;
    for (let image = 0; image < n; image++) {
      for (let top = -padding; top + size <= height + padding; top += stride) {
        for (let left = -padding; left + size <= width + padding; left += stride) {
          rows += 1;
          for (let y = top; y < top + size; y++) {
            for (let x = left; x < left + size; x++) {
              for (let channel = 0; channel < channels; channel++) expected.push(pixel(image, y, x, channel));
            }
          }
        }
      }
    }
    const result = t.ops.patches(t.tensor(images, shape), options);
    await t.equal('patches', result, [rows, size * size * channels], expected);
  });
});
