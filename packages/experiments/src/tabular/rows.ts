import { OptionError, randomPermutation, subkey, ValueError, wording } from '@agop/core';
import {
  findingsOf,
  requireColumn,
  type Table,
  type TableNote,
  type TablePreprocessor,
  takeRows,
} from '@agop/data';
import type { TabularSettings } from './settings.ts';

/** What settings say of the rows of a table. */
export type RowSettings = Pick<
  TabularSettings,
  'target' | 'task' | 'ignore' | 'spellings' | 'maxRows' | 'seed'
>;

/** Rows of a table: all, those with a target, and those of them that are used. */
export interface TableRows {
  readonly whole: Table;
  readonly known: Table;
  readonly used: Table;
}

/**
 * The rows that are used: those with a value in each target column, at most so many, drawn at random.
 *
 * @throws {OptionError} for a target that is not given
 * @throws {ValueError} for a target that is not there
 */
export function rowsOf(whole: Table, settings: RowSettings): TableRows {
  if (settings.target.length === 0) throw missingTarget(whole);
  const known = withTarget(whole, settings.target);
  return { whole, known, used: sampleRows(known, settings) };
}

/** What was guessed of the rows and columns, and what changes it. */
export function rowNotes(
  { whole, known, used }: TableRows,
  settings: RowSettings,
  preprocessor: TablePreprocessor,
): TableNote[] {
  const features = new Set(preprocessor.blocks.map(({ column }) => column));
  const absent = settings.target.flatMap((name) => requireColumn(whole, name).absent ?? []);
  const withoutTarget = whole.rows - known.rows;
  return [
    ...(whole.notes ?? [])
      .filter(
        ({ code, column = '' }) =>
          !(code === 'missing-word' && settings.target.includes(column)) &&
          !settings.ignore.includes(column) &&
          !(code === 'leading-zeros' && settings.target.includes(column)),
      )
      .map((note) => (settings.target.includes(note.column ?? '') ? asTarget(note, whole) : note)),
    ...(withoutTarget > 0
      ? [
          {
            code: 'rows-without-target',
            message: wording`${withoutTarget} of ${whole.rows} rows have no value of the target ${settings.target.join(', ')}, and are left out.${absent[0] === undefined ? [] : wording` '${absent[0]}' is read as a missing value there: ${{ option: 'kept' }} keeps such texts.`}`,
            ...(absent[0] !== undefined && { option: 'kept' }),
          },
        ]
      : []),
    ...(used.rows < known.rows
      ? [
          {
            code: 'rows-drawn',
            message: wording`${used.rows} of ${known.rows} rows are used, drawn at random.`,
            option: 'maxRows',
          },
        ]
      : []),
    ...classesNote(used, settings, preprocessor),
    ...preprocessor.leftOut.flatMap(({ column, reason, detail }) =>
      reason === 'too many categories'
        ? [{ code: 'column-left-out', column, message: wording`column '${column}' is left out: ${detail}.` }]
        : [],
    ),
    // Classes, too, may be one in several spellings.
    ...findingsOf(
      used,
      preprocessor.task === 'classification' ? new Set([...features, ...settings.target]) : features,
    ).filter(({ code, column = '' }) =>
      code === 'spellings' ? settings.spellings !== 'merge' : !settings.target.includes(column),
    ),
  ];
}

/** What is guessed of a date or a time of day, where it is to be predicted. */
function asTarget(note: TableNote, table: Table): TableNote {
  const { column = '', code } = note;
  const found = requireColumn(table, column);
  if (found.kind !== 'numeric' || found.notation === undefined || found.notation === 'decimal comma')
    return note;
  const isClock = found.notation === 'clock';
  const [what, unit] = isClock ? ['times of day', 'hours'] : ['dates', 'days'];
  const order = code === 'date-order' ? ` (${found.notation.slice(5)}; the order is a guess)` : '';
  return {
    ...note,
    message: wording`the target '${column}' is read as ${what}${order} and predicted as such: errors are in ${unit}. ${{ option: 'categorical', value: column }} takes its cells as texts.`,
  };
}

/** The rows that have a value in every target column. */
export function withTarget(table: Table, target: readonly string[]): Table {
  const columns = target.map((name) => requireColumn(table, name, 'target column'));
  if (columns.every(({ missing }) => missing === 0 || missing === table.rows)) return table;
  const rows = Int32Array.from({ length: table.rows }, (_, row) => row);
  return takeRows(
    table,
    rows.filter((row) =>
      columns.every((column) =>
        column.kind === 'numeric' ? !Number.isNaN(column.values[row]) : (column.codes[row] ?? -1) >= 0,
      ),
    ),
  );
}

/** A word where numbers were taken as classes without being asked. */
function classesNote(
  table: Table,
  { task, target }: RowSettings,
  preprocessor: TablePreprocessor,
): TableNote[] {
  const [name = ''] = target;
  const column = requireColumn(table, name, 'target column');
  if (task !== undefined || preprocessor.task !== 'classification' || column.kind !== 'numeric') return [];
  const different = new Set(column.values).size;
  if (different <= 2 || column.spelled !== undefined) return [];
  return [
    {
      code: 'integers-as-classes',
      column: name,
      message: wording`the target '${name}' holds integers of ${different} different values, which are taken as classes: ${{ option: 'task', value: 'regression' }} predicts numbers.`,
      option: 'task',
    },
  ];
}

/** At most so many rows of a table, drawn at random by the seed, in their order. */
function sampleRows(table: Table, { maxRows, seed }: RowSettings): Table {
  if (maxRows === undefined || maxRows >= table.rows) return table;
  const drawn = randomPermutation(table.rows, subkey(seed, 'row-sample'));
  return takeRows(table, drawn.slice(0, maxRows).sort());
}

/** @throws {ValueError} if every class has one row only */
export function assertRepeatedClasses(table: Table, preprocessor: TablePreprocessor): void {
  if (preprocessor.task !== 'classification') return;
  const labels = preprocessor.labels(table);
  if (new Set(labels).size < labels.length) return;
  throw new ValueError(
    wording`Every value of the target ${preprocessor.targetNames.join(', ')} occurs once (such as '${String(labels[0])}'), so these are no classes to learn. If they are numbers, write them as such, or see ${{ option: 'decimal' }}.`,
  );
}

function missingTarget({ columns }: Table): OptionError {
  const names = columns.map(({ name }) => name);
  const listed =
    names.length > 12 ? `${names.slice(0, 10).join(', ')}, … , ${names.at(-1)}` : names.join(', ');
  return new OptionError(
    'target',
    wording`${{ option: 'target', bare: true }} is needed: which column is to be predicted? The columns are ${listed}.`,
  );
}
