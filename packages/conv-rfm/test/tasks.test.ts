import { OptionError, ShapeError } from '@agop/core';
import { describe, expect, test } from 'vitest';
import { type LabelledImages, noisyDigits, starImages } from '../src/index.ts';

describe('star images', () => {
  test('half of them hold a star, in two of three channels', () => {
    const { data, shape, labels } = starImages(6, 1);
    expect(shape).toEqual([6, 32, 32, 3]);
    expect(labels.reduce((sum, label) => sum + label, 0)).toBe(3);
    for (const [image, label] of labels.entries()) {
      const ones = [0, 1, 2].map((channel) => {
        const pixels = data.subarray(image * 3072, (image + 1) * 3072);
        return pixels.filter((value, at) => at % 3 === channel && value === 1).length;
      });
      expect(ones).toEqual(label === 1 ? [28, 28, 0] : [0, 0, 0]);
    }
    expect(starImages(2, 1).labels.toSorted()).toEqual(Int32Array.from([0, 1]));
  });

  test.each([0, 1, 3, -2, 2.5, Number.NaN, Number.POSITIVE_INFINITY])('%d are refused', (count) => {
    expect(() => starImages(count, 1)).toThrow(OptionError);
  });

  test.each([-1, 0.5, Number.NaN])('seed %d is refused', (seed) => {
    expect(() => starImages(2, seed)).toThrow(OptionError);
  });
});

describe('digits in noise', () => {
  const digits: LabelledImages = {
    data: Float32Array.from([1, 2, 3, 4, 5, 6, 7, 8]),
    shape: [2, 2, 2, 1],
    labels: Int32Array.from([3, 5]),
  };

  test('lie whole in their frames', () => {
    const { data, shape, labels } = noisyDigits(digits, { frame: 4, sigma: 0, seed: 2 });
    expect(shape).toEqual([2, 4, 4, 1]);
    expect(labels).toEqual(digits.labels);
    expect(data.slice(0, 16).filter((value) => value !== 0)).toEqual(Float32Array.from([1, 2, 3, 4]));
    expect(data.slice(16).filter((value) => value !== 0)).toEqual(Float32Array.from([5, 6, 7, 8]));
  });

  test.each([
    { frame: 0 },
    { frame: 4.5 },
    { frame: Number.NaN },
    { sigma: -1 },
    { sigma: Number.NaN },
    { sigma: Number.POSITIVE_INFINITY },
    { seed: -1 },
  ])('%j is refused', (options) => {
    expect(() => noisyDigits(digits, { seed: 0, ...options })).toThrow(OptionError);
  });

  test('images that do not fit, several channels, data of another length', () => {
    expect(() => noisyDigits(digits, { frame: 2, seed: 0 })).toThrow(ShapeError);
    expect(() => noisyDigits({ ...digits, shape: [1, 2, 2, 2] }, { seed: 0 })).toThrow(ShapeError);
    expect(() => noisyDigits({ ...digits, shape: [3, 2, 2, 1] }, { seed: 0 })).toThrow(ShapeError);
    expect(() => noisyDigits({ ...digits, labels: new Int32Array(1) }, { seed: 0 })).toThrow(ShapeError);
  });
});
