import { throwIfAborted } from '@agop/core';
import { type Column, type Table, type TablePreprocessor, takeRows } from '@agop/data';
import { calendarOf } from '../tabular/notation.ts';
import { withColumn } from './columns.ts';
import { type MovedPart, partPlaces } from './date-part-places.ts';
import type { Drawn } from './result.ts';

/** Rows that are averaged over, and places on each axis. */
const [averagedRows, numericPlaces, categoryPlaces] = [60, 15, 8];
/** Dates over so many days have places weeks apart. */
const manyDays = 70;
/** Classes, or targets, that are all shown; of more than these only some. */
const [fewOutputs, someOutputs] = [10, 6];

/** What partial dependence is worked out with. */
export interface DependenceParts {
  /** Of the model: it says how columns are written, and which parts of dates it uses. */
  readonly preprocessor: TablePreprocessor;
  /** Names of the outputs, in the order of the predictions. */
  readonly outputs: readonly string[];
  /** Where they are classes: the share of the training rows that each has. Else they are targets. */
  readonly shares?: readonly number[] | undefined;
  /** Outputs for other rows. */
  readonly predict: (table: Table) => Promise<ArrayLike<number>>;
  readonly signal?: AbortSignal | undefined;
}

/**
 * Partial dependence: the mean prediction of some rows where a column has one value in all of them; of dates
 * also where the rows go to another weekday, month or hour.
 *
 * Source: Friedman, "Greedy Function Approximation", Annals of Statistics 29 (2001), section 8.2.
 */
export async function dependences(
  table: Table,
  columns: readonly string[],
  { preprocessor, outputs, shares, predict, signal }: DependenceParts,
): Promise<Drawn['dependence']> {
  const step = Math.max(1, table.rows / averagedRows);
  const chosen = Array.from({ length: Math.min(table.rows, averagedRows) }, (_, i) => Math.floor(i * step));
  const some = takeRows(table, Int32Array.from(chosen));
  const shown = shownOutputs(outputs.length, shares);
  const isSome = outputs.length > fewOutputs;
  const found: Drawn['dependence'] = [];
  for (const name of columns) {
    const column = table.columns.find((one) => one.name === name);
    if (!column) continue;
    for (const { places, ...axis } of axesOf(column, preprocessor)) {
      if (places.length < 2) continue;
      const means: number[][] = [];
      for (const place of places) {
        throwIfAborted(signal, 'The partial dependence');
        const predicted = await predict(withColumn(some, name, (own) => moved(own, place.cellOf)));
        means.push(
          shown.map((k) => {
            let sum = 0;
            for (let row = 0; row < some.rows; row++) sum += predicted[row * outputs.length + k] as number;
            return sum / some.rows;
          }),
        );
      }
      found.push({
        column: name,
        ...axis,
        at: places.map(({ label }) => label) as number[] | string[],
        ...(isSome && { outputs: outputs.length }),
        curves: shown.map((k, i) => ({
          label: outputs[k] as string,
          y: means.map((own) => own[i] as number),
        })),
      });
    }
  }
  return found;
}

/** All outputs where they are few, else the most frequent classes or first targets; one of two classes. */
function shownOutputs(count: number, shares: readonly number[] | undefined): number[] {
  const all = Array.from({ length: count }, (_, k) => k);
  if (shares && count === 2) return [1];
  if (count <= fewOutputs) return all;
  const ranked = shares ? all.toSorted((a, b) => (shares[b] ?? 0) - (shares[a] ?? 0) || a - b) : all;
  return ranked.slice(0, someOutputs).sort((a, b) => a - b);
}

interface Place {
  readonly label: number | string;
  /** The cell of a row there, from what it is: a number, or the code of a category. */
  readonly cellOf: (cell: number) => number;
}

type Axis = Omit<Drawn['dependence'][number], 'column' | 'at' | 'curves'> & {
  readonly places: readonly Place[];
};

/** The column as it is, and the parts of its dates. */
function axesOf(column: Column, preprocessor: TablePreprocessor): Axis[] {
  if (column.kind === 'categorical') {
    const places = categoriesOf(column);
    const shown = places.slice(0, categoryPlaces);
    return [{ places: shown, ...(shown.length < places.length && { categories: places.length }) }];
  }
  const calendar = calendarOf(preprocessor, column.name);
  const own: Axis = { ...(calendar && { calendar }), places: quantilesOf(column.values) };
  const encoder = preprocessor.toJSON().encoders.find((one) => one.column === column.name);
  if (encoder?.kind !== 'date') return [own];
  const { from, to } = encoder.range ?? { from: Number.NEGATIVE_INFINITY, to: Number.POSITIVE_INFINITY };
  const has = (part: MovedPart): boolean => encoder.parts.some((one) => one.part === part);
  // Places apart would otherwise differ in their weekdays and times more than in their dates.
  const kept = has('weekday') && to - from >= manyDays ? 'weekday' : has('hour') ? 'time' : undefined;
  const whole: Axis = kept ? { ...own, kept, places: own.places.map((place) => keeping(place, kept)) } : own;
  const parts = (['month', 'weekday', 'hour'] as const satisfies MovedPart[]).filter(has);
  return [
    whole,
    ...parts.map((part): Axis => {
      const places = partPlaces(column, part, [from, to]).map(({ label, moved: cellOf }) => ({
        label,
        cellOf,
      }));
      return { part, ...(part === 'hour' && { calendar: 'clock' as const }), places };
    }),
  ];
}

/** The same weekday and time of day of the nearest week, or the same time of the day. */
function keeping({ label, cellOf }: Place, kept: 'weekday' | 'time'): Place {
  const unit = kept === 'weekday' ? 7 : 1;
  return { label, cellOf: (cell) => cell + unit * Math.round((cellOf(cell) - cell) / unit) };
}

/** The categories that occur, the most frequent ones first. */
function categoriesOf({ codes, categories }: Column & { kind: 'categorical' }): Place[] {
  const counts = new Map<number, number>();
  for (const code of codes) if (code >= 0) counts.set(code, (counts.get(code) ?? 0) + 1);
  return [...counts]
    .toSorted(([, a], [, b]) => b - a)
    .map(([code]) => ({ label: categories[code] ?? '', cellOf: () => code }));
}

/** Quantiles of numbers; all of them where there are few. */
function quantilesOf(numbers: Float64Array): Place[] {
  const sorted = numbers.filter((value) => Number.isFinite(value)).sort();
  const different = [...new Set(sorted)];
  const values =
    different.length <= numericPlaces
      ? different
      : [
          ...new Set(
            Array.from({ length: numericPlaces }, (_, i) => {
              // The outermost fiftieth of the rows may lie far away.
              const share = 0.02 + (0.96 * i) / (numericPlaces - 1);
              return sorted[Math.round(share * (sorted.length - 1))] as number;
            }),
          ),
        ];
  return values.map((value) => ({ label: value, cellOf: () => value }));
}

function moved(column: Column, cellOf: (cell: number) => number): Column {
  return column.kind === 'numeric'
    ? { ...column, values: column.values.map(cellOf) }
    : { ...column, codes: column.codes.map(cellOf) };
}
