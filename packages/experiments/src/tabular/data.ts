import { OptionError, randomPermutation, subkey, type Wording, wording } from '@agop/core';
import { findColumn, splitRows, type Table, TablePreprocessor, takeRows } from '@agop/data';
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
  /** What people should know of the rows and columns that are used. */
  readonly remarks: readonly Wording[];
}

/** Reads the held-out rows from a file of their own, with columns of the kinds that were seen. */
type ReadHeldOut = (path: string, types: TablePreprocessor['columnTypes']) => Promise<Table>;

/**
 * Divides a table as the settings say: a share of its rows is held out (at random, classes in proportion),
 * those of another file, or none. The preprocessing is learned from the training rows.
 *
 * @throws {OptionError} for a target that is not given, or too few rows that are left to learn from
 * @throws {ValueError} for columns that cannot be used
 */
export async function tabularData(
  name: string,
  whole: Table,
  settings: TabularSettings,
  readHeldOut: ReadHeldOut,
): Promise<TabularData> {
  const table = sampleRows(whole, settings);
  const parts = await divide(table, settings, readHeldOut);
  const { preprocessor, training, held } = parts;
  const unknown = held === undefined ? 0 : countUnknown(preprocessor, held);
  const remarks = [
    ...(table.rows < whole.rows
      ? [wording`${table.rows} of ${whole.rows} rows are used, drawn at random.`]
      : []),
    ...preprocessor.leftOut.flatMap(({ column, reason, detail }) =>
      reason === 'too many categories' ? [wording`column '${column}' is left out: ${detail}.`] : [],
    ),
    ...(unknown > 0
      ? [wording`${unknown} held-out rows have a category that no training row has; it is ignored there.`]
      : []),
  ];
  return { name, rows: training.rows + (held?.rows ?? 0), ...parts, remarks };
}

/** At most so many rows of a table, drawn at random by the seed, in their order. */
function sampleRows(table: Table, { maxRows, seed }: TabularSettings): Table {
  if (maxRows === undefined || maxRows >= table.rows) return table;
  const drawn = randomPermutation(table.rows, subkey(seed, 'row-sample'));
  return takeRows(table, drawn.slice(0, maxRows).sort());
}

async function divide(
  table: Table,
  settings: TabularSettings,
  readHeldOut: ReadHeldOut,
): Promise<Pick<TabularData, 'preprocessor' | 'training' | 'held'>> {
  const { validation, seed } = settings;
  // Fitted on all rows for its checks of the target: they should name the row in the file.
  const whole = fitPreprocessor(table, settings, settings.task);
  if (validation === 'none' || validation === 0) {
    return { preprocessor: whole, training: table, held: undefined };
  }
  if (typeof validation === 'string') {
    return { preprocessor: whole, training: table, held: await readHeldOut(validation, whole.columnTypes) };
  }
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
  { target, ignore, categorical, unknown, scale }: TabularSettings,
  task: TabularSettings['task'],
): TablePreprocessor {
  if (target.length === 0) throw missingTarget(table);
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

/** Number of held-out rows that have a category the training rows had not; they are encoded as zeros. */
function countUnknown(preprocessor: TablePreprocessor, held: Table): number {
  const rows = new Set<number>();
  for (const encoder of preprocessor.toJSON().encoders) {
    if (encoder.kind !== 'categorical') continue;
    const column = findColumn(held, encoder.column);
    if (column?.kind !== 'categorical') continue;
    const known = new Set(encoder.categories);
    for (const [row, code] of column.codes.entries()) {
      if (code >= 0 && !known.has(column.categories[code] as string)) rows.add(row);
    }
  }
  return rows.size;
}
