import { expect, test } from 'vitest';
import { shareRange } from '../src/filters/share-range.ts';

test('ranges of shares are those of Wilson, and stay within 0 and 1', () => {
  // 8 of 10: (0.8 + 0.1353) / 1.2706 ± 1.645 √(0.016 + 0.006765) / 1.2706
  const [low, high] = shareRange(0.8, 10);
  expect(low).toBeCloseTo(0.5408, 3);
  expect(high).toBeCloseTo(0.9315, 3);
  const [least, most] = shareRange(1, 200);
  expect(most).toBeCloseTo(1, 12);
  expect(least).toBeCloseTo(1 / (1 + 1.645 ** 2 / 200), 12);
  expect(shareRange(0, 5)[0]).toBeCloseTo(0, 12);
});
