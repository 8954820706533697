import { OptionError, randomPermutation, subkey, ValueError, wording } from '@agop/core';
import {
  findingsOf,
  requireColumn,
  splitRows,
  type Table,
  type TableNote,
  type TableOptions,
  TablePreprocessor,
  takeRows,
} from '@agop/data';
import type { TabularSettings } from './settings.ts';

/** A table divided into what is learned from and what is judged on. */
export interface TabularData {
  /** Of the table, for people. */
  readonly name: string;
  /** Rows that are used, of both parts. */
  readonly rows: number;
  readonly preprocessor: TablePreprocessor;
  readonly training: Table;
  /** Undefined where none are held out. */
  readonly held: Table | undefined;
  /** What was guessed of the rows and columns, and what changes it. */
  readonly notes: readonly TableNote[];
}

/** What the settings of a run say of its table. */
export type TableSettings = Pick<
  TabularSettings,
  'target' | 'task' | 'ignore' | 'categorical' | 'scale' | 'unknown' | 'validation' | 'maxRows' | 'seed'
>;

/** Reads the held-out rows from a file of their own, with columns of the kinds that were seen. */
type ReadHeldOut = (path: string, reading: Pick<TableOptions, 'types' | 'kept'>) => Promise<Table>;

/**
 * Divides a table as the settings say: a share of its rows is held out (at random, classes in proportion),
 * those of another file, or none. The preprocessing is learned from the training rows. Rows without a
 * target are left out.
 *
 * @throws {OptionError} for a target that is not given, or too few rows that are left to learn from
 * @throws {ValueError} for columns that cannot be used
 */
export async function tabularData(
  name: string,
  whole: Table,
  settings: TableSettings,
  readHeldOut: ReadHeldOut,
): Promise<TabularData> {
  if (settings.target.length === 0) throw missingTarget(whole);
  const known = withTarget(whole, settings.target);
  const table = sampleRows(known, settings);
  const parts = await divide(table, settings, readHeldOut);
  const { preprocessor, training, held } = parts;
  const unknown = held === undefined ? 0 : preprocessor.unknownCategories(held).rows;
  const features = new Set(preprocessor.blocks.map(({ column }) => column));
  const absent = settings.target.flatMap((name) => requireColumn(whole, name).absent ?? []);
  const withoutTarget = whole.rows - known.rows;
  const notes: TableNote[] = [
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
    ...(table.rows < known.rows
      ? [
          {
            code: 'rows-drawn',
            message: wording`${table.rows} of ${known.rows} rows are used, drawn at random.`,
            option: 'maxRows',
          },
        ]
      : []),
    ...classesNote(table, settings, preprocessor),
    ...preprocessor.leftOut.flatMap(({ column, reason, detail }) =>
      reason === 'too many categories'
        ? [{ code: 'column-left-out', column, message: wording`column '${column}' is left out: ${detail}.` }]
        : [],
    ),
    ...findingsOf(table, features),
    ...(unknown > 0
      ? [
          {
            code: 'unknown-categories',
            message: wording`${unknown} held-out rows have a category that no training row has; it is ignored there.`,
          },
        ]
      : []),
  ];
  return { name, rows: training.rows + (held?.rows ?? 0), ...parts, notes };
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
function withTarget(table: Table, target: readonly string[]): Table {
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
  { task, target }: TableSettings,
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
function sampleRows(table: Table, { maxRows, seed }: TableSettings): Table {
  if (maxRows === undefined || maxRows >= table.rows) return table;
  const drawn = randomPermutation(table.rows, subkey(seed, 'row-sample'));
  return takeRows(table, drawn.slice(0, maxRows).sort());
}

/** Fewest rows that are divided into two parts. */
const fewestRows = 4;

/** @throws {ValueError} if every class has one row only */
function assertRepeatedClasses(table: Table, preprocessor: TablePreprocessor): void {
  if (preprocessor.task !== 'classification') return;
  const labels = preprocessor.labels(table);
  if (new Set(labels).size < labels.length) return;
  throw new ValueError(
    wording`Every value of the target ${preprocessor.targetNames.join(', ')} occurs once (such as '${String(labels[0])}'), so these are no classes to learn. If they are numbers, write them as such, or see ${{ option: 'decimal' }}.`,
  );
}

async function divide(
  table: Table,
  settings: TableSettings,
  readHeldOut: ReadHeldOut,
): Promise<Pick<TabularData, 'preprocessor' | 'training' | 'held'>> {
  const { validation, seed } = settings;
  // Fitted on all rows for its checks of the target: they should name the row in the file.
  const whole = fitPreprocessor(table, settings, settings.task);
  if (validation === 'none' || validation === 0) {
    return { preprocessor: whole, training: table, held: undefined };
  }
  if (typeof validation === 'string') {
    const reading = { types: whole.columnTypes, kept: whole.keptTexts };
    const held = withTarget(await readHeldOut(validation, reading), settings.target);
    return { preprocessor: whole, training: table, held };
  }
  if (table.rows < fewestRows) {
    throw new OptionError(
      'validation',
      wording`${table.rows} rows are too few to learn from some and to judge on others. More are needed, or ${{ option: 'validation', value: 'none' }}.`,
    );
  }
  assertRepeatedClasses(table, whole);
  const { train, test } = splitRows(table.rows, {
    fraction: validation,
    seed,
    ...(whole.task === 'classification' && { stratify: whole.labels(table) }),
  });
  if (train.length < 2) {
    throw new OptionError(
      'validation',
      wording`${{ option: 'validation', value: validation }} leaves ${train.length} of ${table.rows} rows to learn from. Hold fewer out.`,
    );
  }
  const training = takeRows(table, train);
  const preprocessor = fitPreprocessor(training, settings, whole.task);
  return { preprocessor, training, held: takeRows(table, test) };
}

function fitPreprocessor(
  table: Table,
  { target, ignore, categorical, unknown, scale }: TableSettings,
  task: TableSettings['task'],
): TablePreprocessor {
  return TablePreprocessor.fit(table, {
    target,
    ignore,
    categorical,
    unknownCategories: unknown,
    scale,
    ...(task !== undefined && { task }),
  });
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
