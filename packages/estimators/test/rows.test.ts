import { takenFrom, takeRows } from '@agop/estimators';
import { expect, test } from 'vitest';

test('rows remember what they were taken of, through all steps', () => {
  const x = { data: Float64Array.from({ length: 12 }, (_, i) => i), rows: 6, columns: 2 };
  expect(takenFrom(x)).toEqual({ whole: x, chosen: undefined });
  const some = takeRows(x, Int32Array.of(5, 1, 3, 0));
  const fewer = takeRows(some, Int32Array.of(3, 2, 0, 0));
  const { whole, chosen } = takenFrom(fewer);
  expect(whole).toBe(x);
  expect(chosen).toEqual(Int32Array.of(0, 3, 5, 5));
  expect(fewer.data).toEqual(takeRows(x, chosen ?? new Int32Array()).data);
});
