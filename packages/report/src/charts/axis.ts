import { checkChoice, checkMembers } from '@agop/core/options';
import { formatNumber } from '../svg/text.ts';
import { type AxisNotation, calendarText, calendarTicks } from './calendar.ts';

/** An axis of numbers. */
export interface NumberAxis {
  readonly label?: string;
  /** Logarithmic scale; values that are not positive are not drawn. Default false. */
  readonly log?: boolean;
  /** Smallest and largest value shown. Default: those of the data, with a little room. */
  readonly domain?: readonly [number, number];
  /** Print ticks as percentages of values between 0 and 1. Default false. */
  readonly percent?: boolean;
  /** `date`: days since 1970-01-01, written as dates (UTC). `clock`: hours of a day, written as 13:45. */
  readonly notation?: AxisNotation;
}

/** Share of the range that is left free below and above the data. */
const room = 0.05;
/** So many whole numbers all have their tick. */
const fewWholes = 10;

/** Between these, ranges of numbers can be divided into ticks. */
const [smallestUnit, largestUnit] = [1e-290, 1e290];
/** Most ticks of dates and times: their names are wide. */
const mostCalendarTicks = 5;

/** @throws {OptionError} for unknown names, and for members of another kind */
export function checkAxis(axis: NumberAxis): void {
  checkMembers('an axis', axis, {
    ...{ label: 'text?', log: 'flag?', domain: 'numbers?', percent: 'flag?', notation: 'text?' },
  });
  if (axis.notation !== undefined) checkChoice('notation', axis.notation, ['date', 'clock']);
}

/** A value as its axis writes it. */
export function axisText(value: number, { percent = false, notation }: NumberAxis): string {
  if (notation !== undefined && Number.isFinite(value)) return calendarText(value, notation);
  return percent ? `${formatNumber(100 * value)} %` : formatNumber(value);
}

/**
 * The range an axis shows. Values that are not finite (or not positive, on a logarithmic axis) do not count,
 * and neither do such ends of `domain`.
 */
export function axisDomain(values: Iterable<number>, axis: NumberAxis): [number, number] {
  const log = axis.log ?? false;
  const wished = axis.domain ?? [];
  if (wished.length === 2 && wished.every((value) => isDrawn(value, axis))) {
    const [first, last] = wished as [number, number];
    return first < last ? [first, last] : around(Math.min(first, last), Math.max(first, last), axis);
  }
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    if (!isDrawn(value, axis)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) return log ? [0.1, 1] : [0, 1];
  const isShare = axis.percent === true && low >= 0 && high <= 1 && !log;
  return isShare ? shareDomain(low, high) : around(low, high, axis);
}

/** Values with room around them; a range about a value that is alone, or hardly differs. */
function around(low: number, high: number, { log = false, notation }: NumberAxis): [number, number] {
  const isCalendar = notation !== undefined;
  if (log) {
    const [first, last] = [Math.log(low), Math.log(high)];
    if (last - first < 1e-9) return [positive(low / 2), finite(high * 2)];
    const [begin, end] = spread(first, last);
    return [positive(Math.exp(begin)), finite(Math.exp(end))];
  }
  if (low < high) return spread(low, high);
  const half = isCalendar ? 1 : (Math.abs(low) || 1) / 2;
  return [finite(low - half), finite(high + half)];
}

function finite(value: number): number {
  return Math.min(Number.MAX_VALUE, Math.max(-Number.MAX_VALUE, value));
}

function positive(value: number): number {
  return Math.max(Number.MIN_VALUE, value);
}

/** Whether a value has a place on the axis. */
export function isDrawn(value: number, axis: NumberAxis): boolean {
  return Number.isFinite(value) && !(axis.log === true && value <= 0);
}

/** Where a value lies between the ends of the domain, from 0 to 1. */
export function axisPosition(value: number, domain: readonly [number, number], axis: NumberAxis): number {
  const unit = unitOf(domain);
  const scale = axis.log === true ? Math.log : (v: number) => v / unit;
  return (scale(value) - scale(domain[0])) / (scale(domain[1]) - scale(domain[0]));
}

/** What the numbers of a range are divided by, so that their differences neither overflow nor vanish. */
function unitOf([low, high]: readonly [number, number]): number {
  const size = Math.max(Math.abs(low), Math.abs(high));
  return size > smallestUnit && size < largestUnit ? 1 : Number(`1e${Math.floor(Math.log10(size))}`);
}

/** Room for the names of ticks of a vertical axis, in CSS pixels. */
export function leftMargin({ notation }: NumberAxis): number {
  return notation === 'date' ? 80 : 52;
}

/** The scale of Observable Plot for an axis. Ticks lie between whole numbers only where values do. */
export function plotScale(axis: NumberAxis, domain: readonly [number, number], whole = false) {
  const format = (value: number): string => axisText(value, axis);
  const common = { type: 'linear' as const, label: axis.label ?? null, labelArrow: 'none' as const };
  if (axis.log === true) {
    // The scale is one of logarithms: Plot's own logarithmic scale leaves labels of ticks out as it sees fit.
    const ticks = logTicks(domain, Math.log10(domain[1]) - Math.log10(domain[0]));
    const labels = new Map(ticks.map((tick) => [Math.log10(tick), format(tick)]));
    return {
      ...common,
      transform: Math.log10,
      domain: domain.map(Math.log10),
      ticks: [...labels.keys()],
      tickFormat: (logarithm: number) => labels.get(logarithm) ?? '',
    };
  }
  const calendar = axis.notation && calendarTicks(axis.notation, domain, mostCalendarTicks);
  if (calendar) {
    const labels = new Map(calendar.map(({ at, label }) => [at, label]));
    return {
      ...common,
      domain,
      ticks: [...labels.keys()],
      tickFormat: (value: number) => labels.get(value) ?? format(value),
    };
  }
  const unit = unitOf(domain);
  if (unit !== 1) {
    return {
      ...common,
      transform: (value: number) => value / unit,
      domain: domain.map((value) => value / unit),
      tickFormat: (value: number) => format(value * unit),
    };
  }
  return {
    ...common,
    domain,
    tickFormat: (value: number) => format(value),
    ...(whole && domain[1] - domain[0] <= fewWholes ? { ticks: wholeNumbers(domain) } : {}),
  };
}

/**
 * Ticks of a logarithmic axis: powers of ten, thinned if many, with others between if few; evenly spaced in
 * less than a factor of 3.
 */
function logTicks([low, high]: readonly [number, number], decades: number): number[] {
  if (high < 3 * low) return evenTicks(low, high);
  const step = Math.max(1, Math.ceil(decades / 8));
  const factors = decades < 1.2 ? [1, 1.5, 2, 3, 5, 7] : decades < 3 ? [1, 2, 5] : [1];
  const ticks: number[] = [];
  for (let power = Math.floor(Math.log10(low)); power <= Math.log10(high); power += step) {
    for (const factor of factors) {
      const tick = Number(`${factor}e${power}`);
      if (tick >= low && tick <= high) ticks.push(tick);
    }
  }
  return ticks;
}

/** Round numbers at equal distances, three to seven of them. */
function evenTicks(low: number, high: number): number[] {
  const power = Math.floor(Math.log10((high - low) / 3));
  const unit = 10 ** power;
  const step = [5, 2, 1].find((factor) => factor * unit <= (high - low) / 3) ?? 1;
  const first = Math.ceil(low / (step * unit));
  const count = Math.floor(high / (step * unit)) - first + 1;
  return Array.from({ length: Math.max(0, count) }, (_, i) => Number(`${(first + i) * step}e${power}`));
}

function wholeNumbers([low, high]: readonly [number, number]): number[] {
  const first = Math.ceil(low);
  return Array.from({ length: Math.max(0, Math.floor(high) - first + 1) }, (_, i) => first + i);
}

/** Shares are not below 0 or above 1, and neither is their axis. */
function shareDomain(low: number, high: number): [number, number] {
  const [first, last] = low === high ? [low - room, high + room] : spread(low, high);
  return [Math.max(0, first), Math.min(1, last)];
}

function spread(low: number, high: number): [number, number] {
  const margin = room * high - room * low;
  return [finite(low - margin), finite(high + margin)];
}
