import { wording } from '@agop/core';
import type { OutsideCells, TableNote } from '@agop/data';
import type { Further } from './beside.ts';

/** What is said of cells and distances that are outside of what a model was fitted on. */
interface Outside {
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

/** Whether and why each row lies outside. */
function reasonsOf({ cells, distances }: Outside, rows: number): string[][] {
  const reasons = Array.from({ length: rows }, (): string[] => []);
  for (const { column, kind, rows: own, limit } of cells) {
    for (const row of own)
      reasons[row]?.push(limit === undefined ? `${column} ${kind}` : `${column} ${kind} ${limit}`);
  }
  for (const [row, own] of reasons.entries()) {
    const distance = distances?.[row] ?? 0;
    if (distance > 1) own.push(`far (${Number(distance.toPrecision(2))})`);
  }
  return reasons;
}

/**
 * What there is to say of rows outside of what a model was fitted on: for JSON, in a remark, and as a column
 * with the reasons of each row.
 */
export function tellOutside(
  outside: Outside,
  rows: number,
): { readonly outside: OutsideRows; readonly notes: readonly TableNote[]; readonly column: Further } {
  const { cells, distances } = outside;
  const reasons = reasonsOf(outside, rows);
  const far = distances && Array.from(distances).filter((distance) => distance > 1).length;
  const told: OutsideRows = {
    rows: reasons.filter((own) => own.length > 0).length,
    far: far ?? null,
    cells: cells.map(({ rows: own, ...others }) => ({ ...others, rows: own.length })),
  };
  return {
    outside: told,
    notes: noteOf(told, rows),
    column: { header: ['outside'], rows: reasons.map((own) => [own.join('; ')]) },
  };
}

/** A remark; new categories alone have one of their own. */
function noteOf({ rows, far, cells }: OutsideRows, all: number): TableNote[] {
  const words = cells.flatMap(({ column, kind, rows: own, limit, example }) => {
    const where = own === 1 ? '1 row' : `${own} rows`;
    if (kind === 'unseen') return [];
    if (kind === 'missing') return [`'${column}' is empty in ${where}, and never was in training`];
    return [`'${column}' is ${kind} ${limit} in ${where}, as ${example}`];
  });
  const shown =
    words.length > namedCells
      ? [...words.slice(0, namedCells - 1), `${words.length - namedCells + 1} more columns`]
      : words;
  const parts = [
    ...shown,
    ...(far ? [`${far === 1 ? '1 row is' : `${far} rows are`} far from all training rows`] : []),
  ];
  if (parts.length === 0) return [];
  return [
    {
      code: 'outside',
      message: wording`${rows} of ${all} rows ${rows === 1 ? 'lies' : 'lie'} outside of what the model was fitted on, where it can only guess: ${parts.join('; ')}. ${{ option: 'outside' }} says which.`,
      option: 'outside',
    },
  ];
}
