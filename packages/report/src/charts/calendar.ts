/** How the numbers of an axis are written: days since 1970-01-01 as dates (UTC), hours of a day as 13:45. */
export type AxisNotation = 'date' | 'clock';

/** A tick and what stands beside it. */
export interface Tick {
  readonly at: number;
  readonly label: string;
}

const day = 86_400_000;
/** Years that are written with four digits. */
const [firstYear, lastYear] = [0, 9999];

/** Steps between ticks, in days. */
const daySteps = [1 / 1440, 5 / 1440, 15 / 1440, 1 / 24, 3 / 24, 6 / 24, 12 / 24, 1, 2, 7, 14];
/** Longer ones, in months. */
const monthSteps = [1, 2, 3, 6, 12, 24, 60, 120, 240, 600, 1200, 6000, 12_000];
/** Steps of times of day, in hours. */
const hourSteps = [1 / 60, 5 / 60, 15 / 60, 1, 3, 6, 12, 24, 48, 120, 240, 1200];

/**
 * Ticks of an axis of dates or times of day, at most so many: at round days, months or years.
 *
 * @returns undefined beyond the years that are written with four digits
 */
export function calendarTicks(
  notation: AxisNotation,
  [low, high]: readonly [number, number],
  most: number,
): Tick[] | undefined {
  if (notation === 'clock') {
    const step = hourSteps.find((one) => (high - low) / one < most);
    return step === undefined ? undefined : evenly(low, high, step, clockText);
  }
  if (!isWritten(low) || !isWritten(high)) return undefined;
  const step = daySteps.find((one) => (high - low) / one < most);
  if (step !== undefined) {
    return evenly(low, high, step, (at) =>
      step >= 1 || isWhole(at) ? dateText(at) : clockText(24 * (at - Math.floor(at))),
    );
  }
  return monthTicks(low, high, most);
}

/** A date as 2024-01-31, with the time where it has one, or a time of day as 13:45. */
export function calendarText(value: number, notation: AxisNotation): string {
  if (notation === 'clock') return clockText(value);
  if (!isWritten(value)) return String(value);
  return isWhole(value) ? dateText(value) : momentOf(value).toISOString().slice(0, 16).replace('T', ' ');
}

function dateText(days: number): string {
  return momentOf(days).toISOString().slice(0, 10);
}

function clockText(hours: number): string {
  const minutes = Math.round(Math.abs(hours) * 60);
  const parts = [Math.floor(minutes / 60), minutes % 60].map((part) => String(part).padStart(2, '0'));
  return `${hours < 0 && minutes > 0 ? '−' : ''}${parts.join(':')}`;
}

/** To the nearest minute. */
function momentOf(days: number): Date {
  return new Date(Math.round(days * 1440) * 60_000);
}

function isWhole(days: number): boolean {
  return Math.round(days * 1440) % 1440 === 0;
}

function isWritten(days: number): boolean {
  const year = new Date(days * day).getUTCFullYear();
  return year >= firstYear && year <= lastYear;
}

/** Multiples of a step. */
function evenly(low: number, high: number, step: number, textOf: (at: number) => string): Tick[] {
  const first = Math.ceil(low / step);
  const count = Math.floor(high / step) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => {
    const at = (first + i) * step;
    return { at, label: textOf(at) };
  });
}

/** First days of months, or of years. */
function monthTicks(low: number, high: number, most: number): Tick[] {
  const [first, last] = [monthOf(low), monthOf(high)];
  const step = monthSteps.find((one) => (last - first) / one < most) ?? 12_000;
  const ticks: Tick[] = [];
  for (let month = Math.ceil(first / step) * step; month <= last; month += step) {
    const moment = new Date(0);
    moment.setUTCFullYear(Math.floor(month / 12), month % 12, 1);
    const at = moment.getTime() / day;
    const label = moment.toISOString().slice(0, step % 12 === 0 ? 4 : 7);
    if (at >= low && at <= high) ticks.push({ at, label });
  }
  return ticks;
}

/** Months since the year 0. */
function monthOf(days: number): number {
  const moment = momentOf(days);
  return 12 * moment.getUTCFullYear() + moment.getUTCMonth();
}
