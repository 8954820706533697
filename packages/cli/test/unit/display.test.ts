import { WriteStream } from 'node:tty';
import { expect, test } from 'vitest';
import { describeTime } from '../../src/output/describe-time.ts';
import { canRedraw } from '../../src/supervisor/display.ts';

test.each([
  [0, '0 s'],
  [0.2, 'less than 1 s'],
  [0.9, '1 s'],
  [59.4, '59 s'],
  [59.6, '1 min 0 s'],
  [125, '2 min 5 s'],
  [4320, '1 h 12 min'],
])('%d seconds', (seconds, text) => {
  expect(describeTime(seconds)).toBe(text);
});

test('lines are redrawn only on a terminal whose width is known', () => {
  const stream = (isTTY: boolean, columns: number): WriteStream =>
    Object.create(WriteStream.prototype, { isTTY: { value: isTTY }, columns: { value: columns } });
  expect(canRedraw(stream(true, 80))).toBe(true);
  expect(canRedraw(stream(true, 0))).toBe(false);
  expect(canRedraw(stream(false, 80))).toBe(false);
});
