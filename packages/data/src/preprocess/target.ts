import { ValueError, type Wording, wording } from '@agop/core';
import { writtenNumber } from '../cells/dates.ts';
import { defaultMissing } from '../cells/missing.ts';
import { parseNumber } from '../cells/numbers.ts';
import { usualSpellings, wordOf } from '../table/spellings.ts';
import {
  assertFinite,
  type CategoricalColumn,
  type Column,
  cellText,
  type DenseMatrix,
  describeRow,
  type Notation,
  positionOf,
  requireColumn,
  type Table,
} from '../table/table.ts';
import type { PreprocessOptions, Task } from './options.ts';
import type { TargetState } from './state.ts';

/** Most different integers that are still taken for class labels. */
const fewLabels = 20;

/** A class label as the table spells it: a number in a numeric column, else a text. */
export type Label = string | number;

/**
 * Decides the task and learns how to encode the target.
 *
 * @throws {ValueError} if a target column is missing, has missing or infinite cells, is text although numbers
 *   are to be predicted, or has one class or one value only
 */
export function fitTarget(table: Table, options: PreprocessOptions): TargetState {
  const names = typeof options.target === 'string' ? [options.target] : options.target;
  const columns = names.map((name) => requireColumn(table, name, 'target column'));
  const [first] = columns;
  if (first === undefined) throw new ValueError('No target column was named.');
  for (const column of columns) assertComplete(table, column);
  const asked = options.task ?? 'auto';
  const task = asked === 'auto' ? inferTask(columns, table.rows) : asked;
  if (task === 'regression') return fitNumbers(table, columns);
  return fitClasses(columns, first, asked, options.spellings === 'merge');
}

function inferTask(columns: readonly Column[], rows: number): Task {
  const [first] = columns;
  if (columns.length > 1 || first === undefined) return 'regression';
  if (first.kind === 'categorical') return 'classification';
  if (first.notation !== undefined) return 'regression';
  const different = new Set(first.values);
  const few = Math.min(fewLabels, Math.max(2, rows / 5));
  return different.size <= few && first.values.every(Number.isInteger) ? 'classification' : 'regression';
}

function fitClasses(
  columns: readonly Column[],
  column: Column,
  asked: Task | 'auto',
  merges: boolean,
): TargetState {
  if (columns.length > 1) {
    throw new ValueError(
      `Only one column of classes can be predicted at a time, but ${columns.length} were named.`,
    );
  }
  const spellings = merges && column.kind === 'categorical' ? usualSpellings(countsOf(column)) : undefined;
  const seen = spellings ?? new Set(column.kind === 'numeric' ? column.values : column.codes);
  if (seen.size === 1) {
    const isNumber = asked === 'auto' && column.kind === 'numeric';
    const [what, end] = isNumber
      ? ['value', 'There is nothing to learn from it.']
      : ['class', 'At least two classes are needed.'];
    throw new ValueError(
      wording`Target column '${column.name}' has one ${what} only: every row is '${cellText(column, 0) ?? ''}'. ${end}${absentHint(column)}`,
    );
  }
  const labels = column.kind === 'numeric' && column.spelled === undefined ? 'numeric' : 'categorical';
  const kept =
    column.kind === 'categorical' ? column.categories.filter((label) => defaultMissing.includes(label)) : [];
  return {
    task: 'classification',
    column: column.name,
    labels,
    ...(kept.length > 0 && { kept }),
    ...(spellings && { spellings: [...spellings] }),
  };
}

/** How often each text of a column occurs; those that do not are left out. */
function countsOf({ categories, codes }: CategoricalColumn): Map<string, number> {
  const counts = new Map<string, number>();
  for (const code of codes) {
    const text = categories[code];
    if (text !== undefined) counts.set(text, (counts.get(text) ?? 0) + 1);
  }
  return counts;
}

function fitNumbers(table: Table, columns: readonly Column[]): TargetState {
  for (const column of columns) {
    const values = targetNumbers(table, column);
    if (values.every((value) => value === values[0])) {
      throw new ValueError(
        `Target column '${column.name}' is ${values[0]} in every row, so there is nothing to learn from it.`,
      );
    }
  }
  const notations = columns.map((column) => (column.kind === 'numeric' ? (column.notation ?? null) : null));
  return {
    task: 'regression',
    columns: columns.map((column) => column.name),
    ...(notations.some((notation) => notation !== null) && { notations }),
    ...(notations.some((notation) => isDate(notation)) && {
      wholeDays: columns.map(
        (column, i) =>
          isDate(notations[i]) && column.kind === 'numeric' && column.values.every(Number.isInteger),
      ),
    }),
  };
}

/**
 * The class of every row.
 *
 * @throws {ValueError} if the column is not there or a cell is missing
 */
export function readLabels(table: Table, state: TargetState & { task: 'classification' }): Label[] {
  const column = requireColumn(table, state.column, 'target column');
  assertComplete(table, column);
  const spellings = state.spellings && new Map(state.spellings);
  return Array.from({ length: table.rows }, (_, row) => {
    const written = cellText(column, row) as string;
    const text = spellings?.get(wordOf(written)) ?? written;
    return state.labels === 'numeric' ? (parseNumber(text) ?? text) : text;
  });
}

/**
 * The numbers to predict: rows x target columns.
 *
 * @throws {ValueError} if a column is not there, or a cell is missing, infinite or text
 */
export function readTargets(table: Table, state: TargetState & { task: 'regression' }): DenseMatrix {
  const width = state.columns.length;
  const data = new Float64Array(table.rows * width);
  for (const [i, name] of state.columns.entries()) {
    const column = requireColumn(table, name, 'target column');
    assertComplete(table, column);
    const values = targetNumbers(table, column);
    for (const [row, value] of values.entries()) data[row * width + i] = value;
  }
  return { data, shape: [table.rows, width] };
}

/**
 * Predicted numbers as cells of a table, one row for each: dates as 2024-01-31, with a time where the targets
 * of the fit had one, times of day as 13:45, and all else as it is.
 *
 * @param values rows x target columns, row-major
 */
export function targetCells(
  values: ArrayLike<number>,
  { columns, notations = [], wholeDays = [] }: TargetState & { task: 'regression' },
): (number | string)[][] {
  const width = columns.length;
  return Array.from({ length: values.length / width }, (_, row) =>
    columns.map((_, i) => {
      const value = values[row * width + i] as number;
      return writtenNumber(value, notations[i] ?? undefined, wholeDays[i] ?? false);
    }),
  );
}

function isDate(notation: Notation | null | undefined): boolean {
  return notation?.startsWith('date') ?? false;
}

function targetNumbers(table: Table, column: Column): Float64Array {
  if (column.kind === 'categorical') {
    const row = column.categories.map((text) => parseNumber(text)).indexOf(undefined);
    throw new ValueError(
      `Target column '${column.name}' is text (for example '${column.categories[Math.max(row, 0)]}'), so it cannot be ` +
        'predicted as a number. Choose classification, or another target.',
      positionOf(table, column.name, 0),
    );
  }
  for (const [row, value] of column.values.entries()) assertFinite(table, column.name, row, value);
  return column.values;
}

function assertComplete(table: Table, column: Column): void {
  if (column.missing === 0) return;
  const cells = column.kind === 'numeric' ? column.values : column.codes;
  const row = cells.findIndex((cell) => Number.isNaN(cell) || (column.kind === 'categorical' && cell < 0));
  const where = column.missing === 1 ? 'in' : `in ${column.missing} rows, first in`;
  throw new ValueError(
    wording`Target column '${column.name}' has no value ${where} ${describeRow(table, row)}. Fill it in or remove the row.${absentHint(column)}`,
    positionOf(table, column.name, row),
  );
}

/** Where a text was read as missing which may be a value. */
function absentHint({ absent: [text] = [] }: Column): Wording {
  if (text === undefined) return [];
  return wording` '${text}' is read as a missing value there: ${{ option: 'kept' }} keeps such texts.`;
}
