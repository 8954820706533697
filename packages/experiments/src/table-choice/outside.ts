import { type Wording, wording } from '@agop/core';
import type { OutsideCells, TableNote } from '@agop/data';
import { formatNumber } from '@agop/report';

/** What is said of cells and distances that are outside of what a model was fitted on. */
export interface Outside {
  readonly cells: readonly OutsideCells[];
  /** Distances of rows where 1 is the most that is usual; undefined where they are not known. */
  readonly distances?: ArrayLike<number> | undefined;
}

/** Rows that lie outside of what a model was fitted on, as JSON has them. */
export interface OutsideRows {
  /** Rows that do so by a cell or by their distance. */
  readonly rows: number;
  /** Rows that are far from all training rows; null where that is not known. */
  readonly far: number | null;
  readonly cells: readonly {
    readonly column: string;
    readonly kind: OutsideCells['kind'];
    readonly rows: number;
    readonly example: string;
    readonly limit?: string;
  }[];
}

/** Columns that a line names before it counts the others. */
const namedCells = 4;

/** Why each row lies outside; nothing for those that do not. */
export function outsideReasons({ cells, distances }: Outside, rows: number): string[][] {
  const reasons = Array.from({ length: rows }, (): string[] => []);
  for (const { column, kind, rows: own, limit } of cells) {
    for (const row of own)
      reasons[row]?.push(limit === undefined ? `${column} ${kind}` : `${column} ${kind} ${limit}`);
  }
  for (const [row, own] of reasons.entries()) {
    const distance = distances?.[row] ?? 0;
    if (distance > 1) own.push(`far (${timesText(distance)} the usual distance)`);
  }
  return reasons;
}

/** How many times: `2.4 times`, `more than 100 times`. */
function timesText(distance: number): string {
  return distance > 100 ? 'more than 100 times' : `${formatNumber(distance, 2)} times`;
}

/** How many rows lie outside. @param reasons of {@link outsideReasons} */
export function outsideRows(
  { cells, distances }: Outside,
  reasons: readonly (readonly string[])[],
): OutsideRows {
  const far = distances && Array.from(distances).filter((distance) => distance > 1).length;
  return {
    rows: reasons.filter((own) => own.length > 0).length,
    far: far ?? null,
    cells: cells.map(({ rows: own, ...others }) => ({ ...others, rows: own.length })),
  };
}

/**
 * A remark on rows that lie outside; new categories alone have one of their own.
 *
 * @param all how many rows there are
 * @param of what they are called
 * @param further what the remark ends with
 */
export function outsideNotes(
  { rows, far, cells }: OutsideRows,
  all: number,
  of: 'rows' | 'test rows',
  further: Wording,
): TableNote[] {
  const told = cells.filter(({ kind }) => kind !== 'unseen');
  const words = told.map(({ column, kind, rows: own, limit, example }) => {
    const where = own === 1 ? '1 row' : `${own} rows`;
    if (kind === 'missing') return `'${column}' is empty in ${where}, and never was in training`;
    return `'${column}' is ${kind} ${limit} in ${where}, as ${example}`;
  });
  const named = words.length > namedCells ? namedCells - 1 : words.length;
  const others = new Set(told.slice(named).map(({ column }) => column)).size;
  const parts = [
    ...words.slice(0, named),
    ...(others > 0 ? [others === 1 ? 'so is 1 more column' : `so are ${others} more columns`] : []),
    ...(far ? [`${far === 1 ? '1 row is' : `${far} rows are`} far from all training rows`] : []),
  ];
  if (parts.length === 0) return [];
  const which = all === 1 ? of.slice(0, -1) : of;
  return [
    {
      code: 'outside',
      message: wording`${rows} of ${all} ${which} ${rows === 1 ? 'lies' : 'lie'} outside of what the model was fitted on, where it can only guess: ${parts.join('; ')}. ${further}`,
    },
  ];
}
