import { barTable, sparkline } from '@agop/report/terminal';
import { expect, test } from 'vitest';

// Arguments of a call have to fit the stack: 125 000 of them do not.
test('more values than a call has room for', () => {
  const count = 200_000;
  expect(sparkline(Float64Array.from({ length: count }, (_, i) => i)).length).toBe(count);
  const bars = Array.from({ length: count }, (_, i) => ({ label: 'a', value: i }));
  expect(barTable(bars, { width: 40 }).length).toBe(count);
});
