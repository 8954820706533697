import type { DateOrder, Notation } from '../table/table.ts';

/** Orders in which dates are written. `MDY` and `DMY` are those with numbers alone. */
export const dateOrders: readonly DateOrder[] = ['YMD', 'DMY', 'MDY'];

const day = 86_400_000;
const time =
  '(?:(?:T|,?\\s+)(\\d{1,2}):(\\d{2})(?::(\\d{2}(?:[.,]\\d{1,9})?))?\\s*([AaPp]\\.?[Mm]\\.?)?\\s*(Z|UTC|GMT|[+-]\\d{2}:?\\d{2})?)?';
const yearFirst = new RegExp(`^(\\d{4})([-/.])(\\d{1,2})(?:\\2(\\d{1,2}))?${time}$`);
const yearLast = new RegExp(`^(\\d{1,2})([-/.])(\\d{1,2})\\2(\\d{4}|\\d{2})${time}$`);
const compact = /^(1[89]\d{2}|20\d{2}|2100)(\d{2})(\d{2})$/;
const named = new RegExp(
  `^(\\d{1,2})\\.?(?:[- ]| de | of )(\\p{L}{3,10})\\.?,?(?:[- ]| de )(\\d{4}|\\d{2})${time}$`,
  'u',
);
const namedFirst = new RegExp(`^(\\p{L}{3,10})\\.? (\\d{1,2})(?:st|nd|rd|th)?,? (\\d{4})${time}$`, 'u');
const quarter = /^(?:(\d{4})[-/ ]?Q([1-4])|Q([1-4])[-/ ]?(\d{4}))$/i;
const monthOnly = /^(\p{L}{3,10})\.?[- ](\d{4})$/u;
const clock = /^(\d{1,4}):(\d{2})(?::(\d{2}(?:[.,]\d{1,9})?))?\s*([AaPp][Mm])?$/;
/** Two-digit years from this one on are of the last century. */
const pivot = 69;

/**
 * The days since 1970-01-01 (with a fraction for the time of day, UTC) that a cell writes as a date, or
 * undefined. The order decides where the day, the month and the year are numbers alone.
 */
export function readDate(cell: string, order: DateOrder): number | undefined {
  if (cell.length > 40) return undefined;
  const iso = yearFirst.exec(cell);
  if (iso !== null) {
    const [, year, , month, date = '1', ...clockParts] = iso;
    return daysOf(Number(year), Number(month), Number(date), clockParts);
  }
  const packed = compact.exec(cell);
  if (packed !== null) return daysOf(Number(packed[1]), Number(packed[2]), Number(packed[3]), []);
  const last = yearLast.exec(cell);
  if (last !== null) {
    if (order === 'YMD') return undefined;
    const [, first, , second, year = '', ...clockParts] = last;
    const [date, month] = order === 'DMY' ? [first, second] : [second, first];
    return daysOf(fullYear(year), Number(month), Number(date), clockParts);
  }
  const word = named.exec(cell);
  if (word !== null) {
    const [, date, month = '', year = '', ...clockParts] = word;
    return daysOf(fullYear(year), monthOf(month), Number(date), clockParts);
  }
  const wordFirst = namedFirst.exec(cell);
  if (wordFirst !== null) {
    const [, month = '', date, year = '', ...clockParts] = wordFirst;
    return daysOf(Number(year), monthOf(month), Number(date), clockParts);
  }
  const [, yearBefore, numberAfter, numberBefore, yearAfter] = quarter.exec(cell) ?? [];
  const season = Number(numberAfter ?? numberBefore);
  if (season >= 1) return daysOf(Number(yearBefore ?? yearAfter), 3 * season - 2, 1, []);
  const [, month = '', year] = monthOnly.exec(cell) ?? [];
  return year === undefined ? undefined : daysOf(Number(year), monthOf(month), 1, []);
}

/** The hours since midnight that a cell such as `13:45` writes, or undefined. */
export function readClock(cell: string): number | undefined {
  const parts = clock.exec(cell);
  if (parts === null) return undefined;
  const [, hours, ...rest] = parts;
  // More than a day is a duration, which has no half of the day.
  const days = rest.at(-1) === undefined ? Math.floor(Number(hours) / 24) : 0;
  const fraction = dayFraction([String(Number(hours) - 24 * days), ...rest]);
  return fraction === undefined ? undefined : 24 * (days + fraction);
}

/**
 * A date as 2024-01-31, or 2024-01-31T13:45 in UTC; undefined beyond the years that are read again.
 *
 * @param days since 1970-01-01
 * @param whole to the nearest day
 */
export function writeDate(days: number, whole: boolean): string | undefined {
  const moment = new Date(whole ? Math.round(days) * day : Math.round(days * 1440) * 60_000);
  const year = moment.getUTCFullYear();
  if (!(year >= 0 && year <= 9999)) return undefined;
  return moment.toISOString().slice(0, whole ? 10 : 16);
}

/** Hours as 13:45, to the nearest minute; undefined below 0, and where they are not read again. */
export function writeClock(hours: number): string | undefined {
  const minutes = Math.round(hours * 60);
  if (!(minutes >= 0 && minutes < 10_000 * 60)) return undefined;
  return [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0')).join(':');
}

/**
 * A number as its column writes it: days since 1970-01-01 as 2024-01-31, or 2024-01-31T13:45 in UTC, hours as
 * 13:45; other numbers, and what lies beyond the years and hours that are read again, as they are.
 *
 * @param wholeDays whether dates have no time. Default: where the number is whole
 */
export function writtenNumber(
  value: number,
  notation: Notation | undefined,
  wholeDays = Number.isInteger(value),
): string | number {
  if (notation === 'clock') return writeClock(value) ?? value;
  return notation?.startsWith('date') ? (writeDate(value, wholeDays) ?? value) : value;
}

/** Whether an integer column may be days such as 20240131. */
export function isCompactDate(value: number): boolean {
  return (
    Number.isInteger(value) &&
    value >= 18_000_101 &&
    value <= 21_001_231 &&
    readDate(String(value), 'YMD') !== undefined
  );
}

function fullYear(text: string): number {
  const year = Number(text);
  if (text.length > 2) return year;
  return year >= pivot ? 1900 + year : 2000 + year;
}

/** Beginnings of the names of months in English, German, French, Spanish, Italian, Portuguese and Dutch. */
const monthNames = [
  /^(?:jan|ene|gen)/,
  /^(?:feb|fév|fev)/,
  /^(?:mar|mär|mrz|maa)/,
  /^(?:apr|avr|abr)/,
  /^(?:may|mai|mei|mag|mayo)/,
  /^(?:jun|juin|giu)/,
  /^(?:jul|juil|lug)/,
  /^(?:aug|aoû|aou|ago)/,
  /^(?:sep|set)/,
  /^(?:oct|okt|ott|out)/,
  /^nov/,
  /^(?:dec|dez|dic|déc)/,
];

/** Number of a month from 1; 0 for another word. */
function monthOf(word: string): number {
  const name = word.toLowerCase();
  return 1 + monthNames.findIndex((beginning) => beginning.test(name));
}

function daysOf(
  year: number,
  month: number,
  date: number,
  clockParts: readonly (string | undefined)[],
): number | undefined {
  if (month < 1 || month > 12 || date < 1) return undefined;
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, date);
  if (moment.getUTCMonth() !== month - 1) return undefined;
  const fraction = clockParts[0] === undefined ? 0 : dayFraction(clockParts);
  return fraction === undefined ? undefined : moment.getTime() / day + fraction;
}

function dayFraction([hours, minutes, seconds, half, zone]: readonly (string | undefined)[]):
  | number
  | undefined {
  let hour = Number(hours);
  const [minute, second] = [Number(minutes), Number((seconds ?? '0').replace(',', '.'))];
  if (half !== undefined) {
    if (hour < 1 || hour > 12) return undefined;
    hour = (hour % 12) + (/^p/i.test(half) ? 12 : 0);
  }
  if (hour > 24 || minute > 59 || second >= 61) return undefined;
  const [, sign, zoneHours, zoneMinutes] = /^([+-])(\d{2}):?(\d{2})$/.exec(zone ?? '') ?? [];
  const offset =
    sign === undefined ? 0 : (sign === '-' ? -1 : 1) * (Number(zoneHours) + Number(zoneMinutes) / 60);
  return (hour - offset + minute / 60 + second / 3600) / 24;
}

/** Parts of a date that become features, each from the days since 1970-01-01. */
export const dateParts = {
  days: (days: number): number => days,
  /** From 1. */
  month: (days: number): number => new Date(Math.floor(days) * day).getUTCMonth() + 1,
  /** From 1, Monday. */
  weekday: (days: number): number => ((((Math.floor(days) + 3) % 7) + 7) % 7) + 1,
  /** Of the day, from 0 up to 24. */
  hour: (days: number): number => (days - Math.floor(days)) * 24,
} as const;

export type DatePart = keyof typeof dateParts;
