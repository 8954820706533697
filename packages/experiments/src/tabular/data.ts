import { OptionError, wording } from '@agop/core';
import {
  requireColumn,
  splitRows,
  type Table,
  type TableNote,
  type TableOptions,
  TablePreprocessor,
  takeRows,
} from '@agop/data';
import { freshRows } from './known-rows.ts';
import { assertRepeatedClasses, rowNotes, rowsOf, withTarget } from './rows.ts';
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
  | 'target'
  | 'task'
  | 'ignore'
  | 'categorical'
  | 'spellings'
  | 'scale'
  | 'unknown'
  | 'validation'
  | 'maxRows'
  | 'seed'
>;

/** Reads the held-out rows from a file of their own, with columns of the kinds that were seen. */
type ReadHeldOut = (path: string, reading: Pick<TableOptions, 'types' | 'kept'>) => Promise<Table>;

/**
 * Divides a table as the settings say: a share of its rows is held out (at random, classes in proportion),
 * those of another file, or none. The preprocessing is learned from the training rows. Rows without a
 * target are left out, and rows of the other file that the table has, too.
 *
 * @throws {OptionError} for a target that is not given, too few rows that are left to learn from, and a file
 *   of held-out rows that are all in the table
 * @throws {ValueError} for columns that cannot be used
 */
export async function tabularData(
  name: string,
  whole: Table,
  settings: TableSettings,
  readHeldOut: ReadHeldOut,
): Promise<TabularData> {
  const { known, used: table } = rowsOf(whole, settings);
  const parts = await divide(table, settings, readHeldOut);
  const { preprocessor, training, held, ofHeld } = parts;
  const unknown = held === undefined ? 0 : preprocessor.unknownCategories(held).rows;
  const notes: TableNote[] = [
    ...rowNotes({ whole, known, used: table }, settings, preprocessor),
    ...ofHeld,
    ...(unknown > 0
      ? [
          {
            code: 'unknown-categories',
            message: wording`${unknown} held-out rows have a category that no training row has; it is ignored there.`,
          },
        ]
      : []),
  ];
  return { name, rows: training.rows + (held?.rows ?? 0), preprocessor, training, held, notes };
}

/** Fewest rows that are divided into two parts. */
const fewestRows = 4;

type Parts = Pick<TabularData, 'preprocessor' | 'training' | 'held'> & {
  /** What was found about the held-out rows. */
  readonly ofHeld: readonly TableNote[];
};

async function divide(table: Table, settings: TableSettings, readHeldOut: ReadHeldOut): Promise<Parts> {
  const { validation, seed } = settings;
  // Fitted on all rows for its checks of the target: they should name the row in the file.
  const whole = fitPreprocessor(table, settings, settings.task);
  if (validation === 'none' || validation === 0) {
    return { preprocessor: whole, training: table, held: undefined, ofHeld: [] };
  }
  if (typeof validation === 'string') {
    const reading = { types: whole.columnTypes, kept: whole.keptTexts };
    const given = withTarget(await readHeldOut(validation, reading), settings.target);
    const features = whole.blocks.map(({ column }) => column);
    for (const column of features) requireColumn(given, column, 'column of the held-out rows');
    const { held, notes } = freshRows({
      training: table,
      held: given,
      features,
      targets: settings.target,
      option: 'validation',
    });
    return { preprocessor: whole, training: table, held, ofHeld: notes };
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
  return { preprocessor, training, held: takeRows(table, test), ofHeld: [] };
}

function fitPreprocessor(
  table: Table,
  { target, ignore, categorical, unknown, scale, spellings = 'keep' }: TableSettings,
  task: TableSettings['task'],
): TablePreprocessor {
  return TablePreprocessor.fit(table, {
    target,
    ignore,
    categorical,
    unknownCategories: unknown,
    scale,
    spellings,
    ...(task !== undefined && { task }),
  });
}
