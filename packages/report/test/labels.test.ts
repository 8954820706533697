import fc from 'fast-check';
import { expect, test } from 'vitest';
import { spreadLabels } from '../src/charts/labels.ts';

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

test('labels with room stay where they are', () => {
  expect(spreadLabels([0, 100, 40], 14)).toEqual([0, 100, 40]);
});
