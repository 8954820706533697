import type { ColumnType } from '@agop/data';

/** What a column may be, and what the page calls it. */
export const columnKinds: readonly (readonly [ColumnType | 'left out', string])[] = [
  ['numeric', 'numbers'],
  ['categorical', 'categories'],
  ['decimal comma', 'numbers with a decimal comma'],
  ['date YMD', 'dates, year first'],
  ['date DMY', 'dates, day first'],
  ['date MDY', 'dates, month first'],
  ['clock', 'times of day'],
  ['left out', 'left out'],
];

export const columnWords: ReadonlyMap<string, string> = new Map(columnKinds);
