import { dateParts, type NumericColumn } from '@agop/data';

/** Parts of a date that are moved alone. */
export type MovedPart = 'month' | 'weekday' | 'hour';

/** A place of a part: what it is called, and the date of a row when it is moved there. */
export interface PartPlace {
  readonly label: string | number;
  readonly moved: (days: number) => number;
}

const weekdays = ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday', 'Sunday'];
const months = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
];

const day = 86_400_000;

/**
 * The places of a part that occur in a column of dates: months and weekdays by name, hours as numbers. A row
 * goes to another day of its week, to the same day of another month, or to another time of its day.
 *
 * @param range of the dates that the model was fitted on: a row moved to another month stays within
 */
export function partPlaces(
  { values }: NumericColumn,
  part: MovedPart,
  range: readonly [number, number],
): PartPlace[] {
  const known = Array.from(values).filter(Number.isFinite);
  const own = part === 'hour' ? (value: number) => Math.floor(dateParts.hour(value) + 1e-6) : dateParts[part];
  const different = [...new Set(known.map(own))].toSorted((a, b) => a - b);
  return different.map((place): PartPlace => {
    if (part === 'hour') return { label: place, moved: (days) => Math.floor(days) + place / 24 };
    if (part === 'weekday') {
      return {
        label: weekdays[place - 1] ?? '',
        moved: (days) => days + place - dateParts.weekday(days),
      };
    }
    return { label: months[place - 1] ?? '', moved: (days) => inMonth(days, place, range) };
  });
}

/** The same day and time in another month, in the year that is nearest to the date within the range. */
function inMonth(days: number, month: number, [from, to]: readonly [number, number]): number {
  const moment = new Date(Math.floor(days) * day);
  const date = Math.min(moment.getUTCDate(), 28);
  const candidates = [-1, 0, 1].map((years) => {
    const moved = new Date(0);
    moved.setUTCFullYear(moment.getUTCFullYear() + years, month - 1, date);
    return moved.getTime() / day + (days - Math.floor(days));
  });
  const within = candidates.filter((one) => one >= from && one <= to);
  const open = within.length > 0 ? within : candidates;
  return open.reduce((best, one) => (Math.abs(one - days) < Math.abs(best - days) ? one : best));
}
