import { OptionError, wording } from '@agop/core';
import { type TablePreprocessor, writtenNumber } from '@agop/data';
import * as z from 'zod/mini';

/** How numbers of a column are written that are no plain ones: as dates, or as times of day. */
export const calendar = z.enum(['date', 'clock']);
export type Calendar = z.infer<typeof calendar>;

/** What errors of such numbers are counted in. */
const units = { date: 'days', clock: 'hours' } as const;

/** What errors of targets are counted in, where all are dates, or times of day. */
export function unitOf(notations: readonly (Calendar | null)[]): string | undefined {
  const [first] = notations;
  return first && notations.every((one) => one === first) ? units[first] : undefined;
}

/** A date, to the day, or a time of day as people write it. */
export function calendarText(value: number, calendar: Calendar): string {
  return String(writtenNumber(value, calendar === 'date' ? 'date YMD' : 'clock', true));
}

/** How the cells of a column are written. */
export function calendarOf({ columnTypes }: TablePreprocessor, column: string): Calendar | undefined {
  const type = Object.hasOwn(columnTypes, column) ? columnTypes[column] : undefined;
  if (type === 'clock') return 'clock';
  return type?.startsWith('date') ? 'date' : undefined;
}

/** How the targets are written, in their order. */
export function targetCalendars(preprocessor: TablePreprocessor): (Calendar | null)[] {
  return preprocessor.targetNames.map((name) => calendarOf(preprocessor, name) ?? null);
}

/** @throws {OptionError} for a relative error of targets whose 0 means nothing */
export function checkRelativeError(metric: string, preprocessor: TablePreprocessor): void {
  if (metric !== 'mape' || preprocessor.task !== 'regression') return;
  const name = preprocessor.targetNames.find((one) => calendarOf(preprocessor, one) === 'date');
  if (name === undefined) return;
  throw new OptionError(
    'metric',
    wording`${{ option: 'metric', value: 'mape' }} is an error relative to the value, and '${name}' holds dates, whose 0 means nothing: see ${{ option: 'metric', value: 'mae' }}.`,
  );
}
