import { expect, test, vi } from 'vitest';
import { EpochClock } from '../src/filter-start/epoch-clock.ts';

test('what is left of two kinds of training is told by the time that each has taken', () => {
  const now = vi.spyOn(performance, 'now').mockReturnValue(0);
  const clock = new EpochClock(4);
  const after = (milliseconds: number, training: 'all' | 'readout') => {
    now.mockReturnValue(milliseconds);
    return clock.tick(training);
  };
  clock.start();
  // Nothing is known of the readout yet: as long as the others.
  expect(after(8000, 'all')).toBe(3 * 8 + 4 * 8);
  expect(after(16000, 'all')).toBe(2 * 8 + 4 * 8);
  now.mockReturnValue(100_000);
  clock.start();
  expect(after(101_000, 'readout')).toBe(2 * 8 + 3 * 1);
  now.mockRestore();
});
