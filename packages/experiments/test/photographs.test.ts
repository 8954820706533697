import { describe, expect, test } from 'vitest';
import { photographData } from '../src/filters.ts';

/** A photograph whose value at each pixel says where it is. */
function ramp(name: string, height = 40, width = 60) {
  const data = Float32Array.from({ length: height * width }, (_, at) => at % width);
  return { name, data, height, width };
}

describe('photographData', () => {
  test('pieces of each photograph in turn, standardized, training and test from different parts', () => {
    const photographs = [ramp('a'), { ...ramp('b'), data: ramp('b').data.map((x) => x * x) }];
    const { training, test: held, name } = photographData(photographs, { size: 5, training: 30, test: 20 });
    expect(name).toBe('a and b');
    expect(training.shape).toEqual([60, 5, 5, 1]);
    expect(held?.shape).toEqual([40, 5, 5, 1]);
    expect(Array.from(training.labels.slice(0, 4))).toEqual([0, 1, 0, 1]);
    for (let i = 0; i < 60; i++) {
      const piece = Array.from(training.data.subarray(25 * i, 25 * i + 25));
      const mean = piece.reduce((sum, value) => sum + value, 0) / 25;
      expect(mean).toBeCloseTo(0, 5);
      expect(piece.reduce((sum, value) => sum + value * value, 0) / 25).toBeCloseTo(1, 4);
    }
    const again = photographData(photographs, { size: 5, training: 30, test: 20 });
    expect(again.training.data).toEqual(training.data);
    const other = photographData(photographs, { size: 5, training: 30, test: 20, seed: 1 });
    expect(other.training.data).not.toEqual(training.data);
  });

  test('parts do not overlap', () => {
    const marked = Array.from({ length: 2 }, (_, k) => {
      const photograph = ramp(`m${k}`);
      // Left of the border rows alternate, right of it columns do.
      const data = photograph.data.map((x, at) => (x < 36 ? Math.floor(at / 60) % 2 : at % 2));
      return { ...photograph, data };
    });
    const { training, test: held } = photographData(marked, { size: 4, training: 40, test: 40 });
    const isOfRows = (data: ArrayLike<number>, i: number): boolean => data[16 * i] === data[16 * i + 1];
    expect(Array.from(training.labels, (_, i) => isOfRows(training.data, i))).not.toContain(false);
    expect(Array.from(held?.labels ?? [], (_, i) => isOfRows(held?.data ?? [], i))).not.toContain(true);
  });

  test('too few and too small photographs are refused', () => {
    expect(() => photographData([ramp('a')])).toThrow('Two photographs are needed');
    expect(() => photographData([ramp('a'), ramp('tiny', 10, 10)])).toThrow('tiny has 10 x 10 pixels');
    expect(() => photographData([ramp('a'), ramp('b')], { size: 2 })).toThrow('size');
  });
});
