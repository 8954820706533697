import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spreadLabels, textWidth, wrapText } from '../src/charts/labels.ts';

test('labels keep their order, their distance and, as a group, their place', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 12 }), (positions) => {
      const placed = spreadLabels(positions, 14);
      const order = positions.map((_, i) => i).sort((a, b) => (placed[a] ?? 0) - (placed[b] ?? 0));
      for (let i = 1; i < order.length; i++) {
        const [one, two] = [order[i - 1] ?? 0, order[i] ?? 0];
        expect((placed[two] ?? 0) - (placed[one] ?? 0)).toBeGreaterThanOrEqual(14 - 1e-9);
        expect(positions[one]).toBeLessThanOrEqual(positions[two] ?? 0);
      }
      const sum = (values: readonly number[]) => values.reduce((a, b) => a + b, 0);
      expect(sum(placed)).toBeCloseTo(sum(positions), 6);
    }),
  );
});

test('labels stay within a range, where it has room for them', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: -200, max: 200 }), { maxLength: 12 }), (positions) => {
      const placed = spreadLabels(positions, 14, [-150, 20]).toSorted((a, b) => a - b);
      for (const [i, place] of placed.entries()) {
        expect(place).toBeGreaterThanOrEqual(-150);
        expect(place).toBeLessThanOrEqual(20 + 1e-9);
        if (i > 0) expect(place - (placed[i - 1] as number)).toBeGreaterThanOrEqual(14 - 1e-9);
      }
    }),
  );
  expect(spreadLabels([0, 0, 0], 14, [-100, 0])).toEqual([-28, -14, 0]);
  expect(spreadLabels([5, 5, 5, 5], 10, [0, 15])).toEqual([0, 10, 20, 30]);
});

test('labels with room stay where they are', () => {
  expect(spreadLabels([0, 100, 40], 14)).toEqual([0, 100, 40]);
});

test('captions are wrapped between words, and shortened only where three lines are too few', () => {
  expect(wrapText('W0, before training', 100)).toEqual(['W0, before', 'training']);
  expect(wrapText('AGOP', 100)).toEqual(['AGOP']);
  const lines = wrapText('one two three four five six seven', 50);
  expect(lines).toHaveLength(3);
  expect(lines.at(-1)).toMatch(/…$/);
  for (const line of [...lines, ...wrapText('unbreakableword', 40)]) {
    expect(textWidth(line)).toBeLessThanOrEqual(50);
  }
});
