import { wording } from '@agop/core';
import {
  type NumericColumn,
  requireColumn,
  type Table,
  type TableNote,
  type TablePreprocessor,
} from '@agop/data';

/** Targets that are so many interquartile ranges from the median decide alone what squared errors say. */
const farAway = 50;

/** Fewest rows, and different dates, of which an order says something. */
const [fewestRows, fewestDates] = [20, 10];

/** A word on targets so far from the others that squared errors are theirs alone. */
export function targetTailNotes(
  table: Table,
  { task, targetNames }: TablePreprocessor,
  { metric }: { readonly metric?: string | undefined },
): TableNote[] {
  if (task !== 'regression' || (metric !== undefined && !['rmse', 'mse', 'r2'].includes(metric))) return [];
  return targetNames.flatMap((name): TableNote[] => {
    const column = requireColumn(table, name);
    if (column.kind !== 'numeric' || table.rows < fewestRows) return [];
    const sorted = column.values.slice().sort();
    const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
    const [median, range] = [at(0.5), at(0.75) - at(0.25)];
    const isFar = (value: number): boolean => Math.abs(value - median) > farAway * range;
    const far = range > 0 ? column.values.filter(isFar) : [];
    if (far.length === 0) return [];
    const [lead, them] = far.length === 1 ? ['1 row has', 'it'] : [`${far.length} rows have`, 'they'];
    return [
      {
        code: 'target-outliers',
        column: name,
        message: wording`${lead} a target '${name}', as ${String(far[0])}, that lies more than ${farAway} interquartile ranges from the median ${String(median)}: ${them} alone decide about squared errors. Correct such cells if they are mistakes, or see ${{ option: 'metric', value: 'mae' }}, for which errors count as they are.`,
        option: 'metric',
      },
    ];
  });
}

/** Targets below this part of their mean size are near 0. */
const nearZero = 0.01;

/** How many values are near 0, compared with the others. */
export function countNearZero(values: ArrayLike<number>): number {
  const sizes = Float64Array.from(values, Math.abs);
  const mean = sizes.reduce((sum, size) => sum + size / sizes.length, 0);
  return sizes.filter((size) => size < nearZero * mean).length;
}

/** A word on targets near 0, where an error relative to the value is to choose. */
export function nearZeroNotes(
  table: Table,
  { task, targetNames }: TablePreprocessor,
  metric: string,
): TableNote[] {
  if (task !== 'regression' || metric !== 'mape') return [];
  return targetNames.flatMap((name): TableNote[] => {
    const column = requireColumn(table, name);
    const near = column.kind === 'numeric' ? countNearZero(column.values) : 0;
    if (near === 0) return [];
    return [
      {
        code: 'targets-near-zero',
        column: name,
        message: wording`${near === 1 ? '1 row has' : `${near} rows have`} a target '${name}' near 0, and errors relative to it outweigh all others: see ${{ option: 'metric', value: 'mae' }}.`,
        option: 'metric',
      },
    ];
  });
}

/** A word where rows come in the order of a date, and test rows are drawn from between them. */
export function orderNotes(table: Table, { blocks }: TablePreprocessor): TableNote[] {
  const features = new Set(blocks.map(({ column }) => column));
  const ordered = table.columns.find(
    (column): column is NumericColumn =>
      column.kind === 'numeric' && features.has(column.name) && isInOrder(column, table.rows),
  );
  if (!ordered) return [];
  return [
    {
      code: 'rows-in-order',
      column: ordered.name,
      message: wording`rows come in the order of '${ordered.name}', but test rows are drawn from between the others. If later rows are to be predicted, name a file of the latest ones: ${{ option: 'test', bare: true }}.`,
      option: 'test',
    },
  ];
}

function isInOrder({ values, missing, notation }: NumericColumn, rows: number): boolean {
  if (!notation?.startsWith('date') || missing > 0 || rows < fewestRows) return false;
  if (new Set(values).size < fewestDates) return false;
  const follows = (sign: 1 | -1): boolean =>
    values.every((value, row) => row === 0 || sign * (value - (values[row - 1] as number)) >= 0);
  return follows(1) || follows(-1);
}
