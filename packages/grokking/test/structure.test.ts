import { OptionError, randomArray, ShapeError } from '@agop/core';
import { basicOperations } from '@agop/grokking';
import {
  blockCirculantMetric,
  circulantDeviation,
  diagonalMeans,
  discreteFourierTransform,
  fromDiagonals,
  groupOrder,
  metricBlocks,
  metricDeviations,
  nearestOfShape,
  nearestScalarPlusConstant,
  randomCirculantRow,
  relativeDeviations,
  reorderMetric,
} from '@agop/grokking/analysis';
import { describe, expect, it } from 'vitest';

const normal = (length: number, seed: number): Float64Array =>
  randomArray(length, 'normal', { seed }, 'float64');

/**
 * The paper's definition, literally: shift row l by l positions, sum the column variances, divide by the
 * squared norm.
 */
function deviationByShifting(block: Float64Array, n: number, direction: 'left' | 'right'): number {
  let total = 0;
  for (let j = 0; j < n; j++) {
    const column = Array.from({ length: n }, (_, l) => {
      const source = direction === 'left' ? (j + l) % n : (j - l + n) % n;
      return block[l * n + source] as number;
    });
    const mean = column.reduce((sum, v) => sum + v, 0) / n;
    total += column.reduce((sum, v) => sum + (v - mean) ** 2, 0);
  }
  return total / block.reduce((sum, v) => sum + v * v, 0);
}

describe('circulantDeviation', () => {
  it("is the paper's formula with rows shifted left, and with rows shifted right for Hankel blocks", () => {
    const block = normal(49, 1);
    expect(circulantDeviation(block)).toBeCloseTo(deviationByShifting(block, 7, 'left'), 13);
    expect(circulantDeviation(block, { shape: 'hankel' })).toBeCloseTo(
      deviationByShifting(block, 7, 'right'),
      13,
    );
  });

  it('is 0 for the shape asked for and large for the other', () => {
    const values = normal(11, 2);
    const circulant = fromDiagonals(values, 'circulant');
    const hankel = fromDiagonals(values, 'hankel');
    expect(circulantDeviation(circulant)).toBeLessThan(1e-28);
    expect(circulantDeviation(hankel, { shape: 'hankel' })).toBeLessThan(1e-28);
    expect(circulantDeviation(circulant, { shape: 'hankel' })).toBeGreaterThan(0.5);
    expect(circulantDeviation(hankel)).toBeGreaterThan(0.5);
  });

  it('of a block without structure is about 1 - 1/p, or (1 - 1/p)/p with mean variances', () => {
    const block = normal(61 * 61, 3);
    expect(circulantDeviation(block)).toBeCloseTo(1 - 1 / 61, 2);
    expect(circulantDeviation(block, { variance: 'mean' })).toBeCloseTo((1 - 1 / 61) / 61, 4);
  });

  it('is undefined for the zero block of the identity', () => {
    expect(circulantDeviation(new Float64Array(9))).toBeNaN();
  });
});

describe('nearest matrices', () => {
  it('keep the mean of each wrapped diagonal', () => {
    // prettier-like layout: rows 1 2 3 / 4 5 6 / 7 8 9
    const block = [1, 2, 3, 4, 5, 6, 7, 8, 9];
    expect([...diagonalMeans(block, 'circulant')]).toEqual([5, 5, 5]);
    expect([...diagonalMeans([1, 2, 3, 4], 'circulant')]).toEqual([2.5, 2.5]);
    expect([...nearestOfShape([1, 2, 5, 4], 'hankel')]).toEqual([2.5, 3.5, 3.5, 2.5]);
    expect([...nearestScalarPlusConstant([1, 2, 5, 4])]).toEqual([2.5, 3.5, 3.5, 2.5]);
  });

  it('are orthogonal to what is left', () => {
    const block = normal(64, 4);
    for (const nearest of [
      nearestOfShape(block, 'circulant'),
      nearestOfShape(block, 'hankel'),
      nearestScalarPlusConstant(block),
    ]) {
      const product = nearest.reduce((sum, v, i) => sum + v * ((block[i] as number) - v), 0);
      expect(Math.abs(product)).toBeLessThan(1e-13);
    }
  });

  it('ask for a square', () => {
    expect(() => relativeDeviations([1, 2, 3])).toThrow(ShapeError);
  });
});

describe('blocks of a metric', () => {
  it('are cut out, with and without a task bit', () => {
    const metric = Float64Array.from({ length: 16 }, (_, i) => i);
    const blocks = metricBlocks(metric, 2);
    expect([...blocks.upperLeft]).toEqual([0, 1, 4, 5]);
    expect([...blocks.upperRight]).toEqual([2, 3, 6, 7]);
    expect([...blocks.lowerLeft]).toEqual([8, 9, 12, 13]);
    expect([...blocks.lowerRight]).toEqual([10, 11, 14, 15]);
    const withBit = Float64Array.from({ length: 25 }, (_, i) => i);
    expect([...metricBlocks(withBit, 2).lowerLeft]).toEqual([10, 11, 15, 16]);
    expect(() => metricBlocks(metric, 3)).toThrow(/order 6 or 7, not 4/);
  });

  it.each(['add', 'sub', 'mul', 'div'] as const)(
    'have the structure of %s in the order of its group',
    (name) => {
      const operation = basicOperations[name];
      const metric = blockCirculantMetric(operation, 13, randomCirculantRow(operation, 13, 5));
      const { group, block } = operation.structure;
      const deviations = metricDeviations(metric, 13, group);
      expect(deviations[block]).toBeLessThan(1e-14);
      expect(deviations[block === 'circulant' ? 'hankel' : 'circulant']).toBeGreaterThan(0.3);
      expect(deviations.upperLeft).toBeLessThan(1e-14);
      // Read in the order of the other group the structure is hidden.
      const other = metricDeviations(metric, 13, group === 'additive' ? 'multiplicative' : 'additive');
      expect(Math.min(other.circulant, other.hankel)).toBeGreaterThan(0.3);
      expect(metric.every((v, i) => v === metric[(i % 26) * 26 + Math.floor(i / 26)])).toBe(true);
    },
  );

  it('reorder whole metrics for pictures', () => {
    const operation = basicOperations.mul;
    const metric = blockCirculantMetric(operation, 11, randomCirculantRow(operation, 11, 1));
    const reordered = reorderMetric(metric, 11);
    const inner = metricBlocks(reordered, 11).upperRight;
    const withoutZero = Float64Array.from(
      { length: 100 },
      (_, i) => inner[(Math.floor(i / 10) + 1) * 11 + (i % 10) + 1] as number,
    );
    expect(withoutZero).toEqual(groupOrder(metricBlocks(metric, 11).upperRight, 'multiplicative'));
    expect(() => reorderMetric(new Float64Array(24 * 24), 12)).toThrow(OptionError);
  });

  it('need a row of the right length', () => {
    expect(() => blockCirculantMetric(basicOperations.mul, 11, new Float64Array(11))).toThrow(
      /has 10 entries, not 11/,
    );
  });
});

it('refuses vectors that are none, at once', () => {
  const endless = Object.assign([], { length: 2 ** 32 - 1 });
  for (const odd of [endless, ['1'], Symbol('odd')]) {
    expect(() => Reflect.apply(fromDiagonals, undefined, [odd, 'circulant'])).toThrow(OptionError);
    expect(() => Reflect.apply(discreteFourierTransform, undefined, [odd])).toThrow(OptionError);
  }
});
