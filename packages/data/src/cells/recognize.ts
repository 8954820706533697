import { wording } from '@agop/core';
import type { TableNote } from '../table/note.ts';
import type { ColumnType, DateOrder, Notation } from '../table/table.ts';
import { dateOrders, readClock, readDate } from './dates.ts';
import { type NumberReading, readNumber } from './numbers.ts';

/** Which decimal separator is meant where a cell such as `1,234` leaves it open. */
export interface DecimalChoice {
  readonly prefer: '.' | ',';
  /** Whether it was asked for, or other columns show it. */
  readonly sure: boolean;
}

/** A notation that fits the texts of a column. */
export interface Recognized {
  /** Undefined for a decimal point. */
  readonly notation: Notation | undefined;
  readonly read: (text: string) => number | undefined;
  /** Texts that it does not fit. */
  readonly misses: readonly string[];
  /** The decimal separator, where the texts leave no doubt. */
  readonly evidence?: '.' | ',';
  readonly notes: (column: string) => TableNote[];
}

/** What else is known of a column. */
interface Around {
  /** Cells that are plain numbers. */
  readonly plain: number;
  readonly type: ColumnType | undefined;
}

/** The notation of numbers, dates or times of day that fits most of the texts; undefined if none fits any. */
export function recognize(
  texts: readonly string[],
  decimal: DecimalChoice,
  { plain, type }: Around = { plain: 0, type: undefined },
): Recognized | undefined {
  const wantsDates = type?.startsWith('date') ?? false;
  const candidates = [
    ...(wantsDates || type === 'clock' ? [] : [numbers(texts, decimal, plain, type)]),
    ...(plain > 0 || type === 'numeric' || type === 'decimal comma' || type === 'clock'
      ? []
      : [dates(texts, type)]),
    ...(plain > 0 || wantsDates || type === 'numeric' || type === 'decimal comma' ? [] : [clock(texts)]),
  ];
  const [best] = candidates.toSorted((a, b) => a.misses.length - b.misses.length);
  return best === undefined || best.misses.length === texts.length ? undefined : best;
}

/** Letters after a number that are a unit although no blank divides them. */
const closeUnits = new Set(
  (
    '% ‰ kg g mg t lb lbs oz km m cm mm mi ft in s ms min h hr hrs d l L ml mL kW kWh MW MWh W V A mA Hz kHz MHz GHz ' +
    'B kB KB MB GB TB px pt k K M bn B Mio mio mph kph km/h m/s m² m2 m³ m3 km² ha K C F kcal kJ J Pa hPa kPa bar'
  ).split(' '),
);

/** Whether a unit may stand on some cells of a column and not on others. */
function isLoose(unit: string): boolean {
  return unit === '' || unit === '%' || !/^\p{L}/u.test(unit) || /^[A-Z]{3}$/.test(unit);
}

function isUnit(text: string, unit: string): boolean {
  if (!/\p{L}/u.test(unit) || unit.startsWith('°')) return true;
  if (closeUnits.has(unit) || text.startsWith(unit) || /^[A-Z]{3}$|\$/.test(unit)) return true;
  return / \D+$/.test(text);
}

function numbers(
  texts: readonly string[],
  { prefer, sure }: DecimalChoice,
  plain: number,
  type: ColumnType | undefined,
): Recognized {
  const readings = new Map<string, NumberReading>();
  const unitCounts = new Map<string, number>();
  for (const text of texts) {
    const reading = readNumber(text);
    if (reading === undefined || !isUnit(text, reading.unit)) continue;
    readings.set(text, reading);
    unitCounts.set(reading.unit, (unitCounts.get(reading.unit) ?? 0) + 1);
  }
  const [unit = ''] = [...unitCounts].filter(([one]) => one !== '').toSorted((a, b) => b[1] - a[1])[0] ?? [];
  const fits = ({ unit: one }: NumberReading): boolean => one === unit || (one === '' && isLoose(unit));
  const count = (side: 'point' | 'comma'): number =>
    [...readings.values()].filter((reading) => fits(reading) && reading[side] !== undefined).length;
  const [points, commas] = [count('point'), count('comma')];
  const asked = type === 'decimal comma' ? ',' : sure ? prefer : undefined;
  const side =
    (asked ?? (points === commas ? prefer : points > commas ? '.' : ',')) === ',' ? 'comma' : 'point';
  const read = (text: string): number | undefined => {
    const reading = readings.get(text);
    if (reading === undefined || !fits(reading)) return undefined;
    if (plain > 0 && !isLoose(unit)) return undefined;
    // Of a column that was asked to have decimal commas, 12.5 can only be a decimal point.
    return reading[side] ?? (side === 'comma' && asked === ',' ? reading.point : undefined);
  };
  const misses = texts.filter((text) => read(text) === undefined);
  const used = [...readings].filter(([, reading]) => fits(reading));
  const isComma = side === 'comma' && used.some(([, { point, comma }]) => point !== comma);
  return {
    notation: isComma ? 'decimal comma' : undefined,
    read,
    misses,
    ...(points !== commas && { evidence: points > commas ? ('.' as const) : (',' as const) }),
    notes: (column) => numberNotes(column, used, unit, side, points === commas && !sure),
  };
}

function numberNotes(
  column: string,
  used: readonly (readonly [string, NumberReading])[],
  unit: string,
  side: 'point' | 'comma',
  isOpen: boolean,
): TableNote[] {
  const differing = used.find(([, { point, comma }]) => point !== comma);
  const [example = ''] = differing ?? used[0] ?? [];
  const value = used.find(([text]) => text === example)?.[1][side];
  const asText = { option: 'categorical', value: column };
  if (differing !== undefined && (isOpen || side === 'comma')) {
    return [
      {
        code: side === 'comma' ? 'decimal-comma' : 'thousands',
        column,
        message: wording`'${example}' in column '${column}' is read as ${String(value)}: a ${side === 'comma' ? 'decimal comma' : 'decimal point, the comma divides thousands'}. ${{ option: 'decimal', value: side === 'comma' ? '.' : ',' }} reads it the other way.`,
        option: 'decimal',
      },
    ];
  }
  return [
    {
      code: unit === '' ? 'number-notation' : 'unit',
      column,
      message: wording`'${example}' in column '${column}' is read as the number ${String(value)}; ${asText} takes its cells as texts.`,
      option: 'categorical',
    },
  ];
}

function dates(texts: readonly string[], type: ColumnType | undefined): Recognized {
  const isAmerican = texts.some((text) => /^\d{1,2}\/\d{1,2}\//.test(text));
  const usual: readonly DateOrder[] = isAmerican ? ['YMD', 'MDY', 'DMY'] : ['YMD', 'DMY', 'MDY'];
  const orders = dateOrders.some((one) => type === `date ${one}`)
    ? dateOrders.filter((one) => type === `date ${one}`)
    : usual;
  const found = orders.map((order) => ({
    order,
    misses: texts.filter((text) => readDate(text, order) === undefined),
  }));
  const best = found.toSorted((a, b) => a.misses.length - b.misses.length)[0] as (typeof found)[number];
  const isOpen =
    best.order !== 'YMD' && found.filter(({ misses }) => misses.length === best.misses.length).length > 1;
  const parts = texts.some((text) => text.includes(':'))
    ? 'days, month, weekday and hour'
    : 'days, month and weekday';
  const words = { YMD: 'year, month, day', DMY: 'day, month, year', MDY: 'month, day, year' }[best.order];
  return {
    notation: `date ${best.order}`,
    read: (text) => readDate(text, best.order),
    misses: best.misses,
    notes: (column) => [
      {
        code: isOpen ? 'date-order' : 'date',
        column,
        message: wording`column '${column}' is read as dates (${words}${isOpen ? '; the order is a guess' : ''}): ${parts} are its features. ${{ option: 'categorical', value: column }} takes its cells as texts.`,
        option: 'categorical',
      },
    ],
  };
}

function clock(texts: readonly string[]): Recognized {
  return {
    notation: 'clock',
    read: readClock,
    misses: texts.filter((text) => readClock(text) === undefined),
    notes: (column) => [
      {
        code: 'clock',
        column,
        message: wording`column '${column}' is read as times of day, in hours; ${{ option: 'categorical', value: column }} takes its cells as texts.`,
        option: 'categorical',
      },
    ],
  };
}
