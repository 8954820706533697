import { OptionError, randomPermutation, subkey, wording } from '@agop/core';
import {
  identifierWords,
  type RowSplit,
  requireColumn,
  splitRows,
  type Table,
  type TableNote,
  type TableOptions,
  TablePreprocessor,
  takeRows,
} from '@agop/data';
import { freshRows } from '../tabular/known-rows.ts';
import { checkRelativeError } from '../tabular/notation.ts';
import { assertRepeatedClasses, rowNotes, rowsOf, withTarget } from '../tabular/rows.ts';
import { metricOf, type TableChoiceSettings } from './settings.ts';
import { nearZeroNotes, orderNotes, targetTailNotes } from './table-notes.ts';

/** A table divided into rows that choose and fit, and rows that only test. */
export interface TableChoiceData {
  /** Of the table, for people. */
  readonly name: string;
  /** Reads the targets of rows, and says what the task is. */
  readonly preprocessor: TablePreprocessor;
  readonly training: Table;
  /** Undefined where none are held out. */
  readonly test: Table | undefined;
  /** Rows of the file of test rows that are left out, since the training rows have them, too. */
  readonly knownTestRows?: number;
  /** Columns that only number the rows: the fit leaves them out. */
  readonly identifiers?: readonly string[];
  /** What was guessed of the rows and columns, and what changes it. */
  readonly notes: readonly TableNote[];
}

/** Reads the test rows from a file of their own, with columns of the kinds that were seen. */
type ReadTest = (path: string, reading: Pick<TableOptions, 'types' | 'kept'>) => Promise<Table>;

/** Fewest rows that are divided into two parts. */
const fewestRows = 4;

/**
 * Divides a table: a share of its rows only tests (at random, classes in proportion, groups as wholes), those
 * of another file, or none. Rows without a target are left out, and rows of the other file that the table
 * has, too.
 *
 * @throws {OptionError} for a target that is not given, too few rows or groups to hold some out, and a file
 *   of test rows that are all in the table
 * @throws {ValueError} for columns that cannot be used, or are missing in the file of test rows
 */
export async function tableChoiceData(
  name: string,
  whole: Table,
  settings: TableChoiceSettings,
  readTest: ReadTest,
): Promise<TableChoiceData> {
  const rows = rowsOf(whole, settings);
  const { used } = rows;
  const { target, task, ignore, categorical, spellings = 'keep', group, weights } = settings;
  for (const column of [group, weights]) if (column !== undefined) requireColumn(used, column);
  // Fitted on all rows for its checks of the target: they should name the row in the file.
  const preprocessor = TablePreprocessor.fit(used, {
    target,
    ignore: [...ignore, ...[group, weights].filter((column) => column !== undefined)],
    categorical,
    unknownCategories: 'ignore',
    rareCategories: 'codes',
    spellings,
    ...(task !== undefined && { task }),
  });
  checkRelativeError(metricOf(settings, preprocessor.task), preprocessor);
  const { test } = settings;
  const made = (training: Table, held: Table | undefined): TableChoiceData => {
    const identifiers = identifiersOf(training, preprocessor);
    const notes = [
      ...rowNotes(rows, settings, preprocessor)
        // What the cells of a column are does not matter where it is left out.
        .filter(({ code, column = '' }) => code !== 'texts-with-digits' || !identifiers.includes(column))
        .map((note) => leftOutNote(note, training, identifiers)),
      ...targetTailNotes(used, preprocessor, settings),
      ...nearZeroNotes(used, preprocessor, metricOf(settings, preprocessor.task)),
      ...(held && typeof settings.test === 'number' && group === undefined
        ? orderNotes(used, preprocessor)
        : []),
    ];
    return { name, preprocessor, training, test: held, identifiers, notes };
  };
  if (test === 'none' || test === 0) return made(used, undefined);
  if (typeof test === 'string') {
    const reading = { types: preprocessor.columnTypes, kept: preprocessor.keptTexts };
    const held = withTarget(await readTest(test, reading), target);
    const needed = [...preprocessor.blocks.map(({ column }) => column), ...(weights ? [weights] : [])];
    for (const column of needed) requireColumn(held, column, 'column of the test rows');
    return withoutKnown(made(used, held), held);
  }
  const { train, test: held } = divide(used, preprocessor, test, settings);
  return made(takeRows(used, train), takeRows(used, held));
}

/** The data without test rows that are among the training rows: the model would know them by heart. */
function withoutKnown(data: TableChoiceData, held: Table): TableChoiceData {
  const { preprocessor, training, identifiers = [], notes } = data;
  const features = preprocessor.blocks.map(({ column }) => column);
  const fresh = freshRows({
    training,
    held,
    features: features.filter((name) => !identifiers.includes(name)),
    targets: preprocessor.targetNames,
    option: 'test',
  });
  return {
    ...data,
    test: fresh.held,
    ...(fresh.known > 0 && { knownTestRows: fresh.known }),
    notes: [...notes, ...fresh.notes],
  };
}

/** The columns that the estimators take for numbers of the rows. */
function identifiersOf(training: Table, { targetNames, blocks }: TablePreprocessor): string[] {
  const features = new Set([...blocks.map(({ column }) => column), ...targetNames]);
  const ignore = training.columns.map((column) => column.name).filter((column) => !features.has(column));
  const asSeen = { target: targetNames, task: 'auto', ignore, rareCategories: 'together' } as const;
  // A part of the rows may lack all classes but one, say: the fit will tell.
  try {
    const { leftOut } = TablePreprocessor.fit(training, { ...asSeen, identifiers: 'leave out' });
    return leftOut.flatMap(({ column, reason }) => (reason === 'identifier' ? [column] : []));
  } catch {
    return [];
  }
}

/** A finding about a column that is left out, as it is. */
function leftOutNote(note: TableNote, training: Table, identifiers: readonly string[]): TableNote {
  const { code, column = '' } = note;
  if (code !== 'identifier' || !identifiers.includes(column)) return note;
  return {
    code,
    column,
    message: wording`column '${column}' ${identifierWords(requireColumn(training, column))}, and is left out.`,
  };
}

function divide(
  table: Table,
  preprocessor: TablePreprocessor,
  fraction: number,
  { seed, group }: TableChoiceSettings,
): RowSplit {
  if (table.rows < fewestRows) {
    throw new OptionError(
      'test',
      wording`${table.rows} rows are too few to learn from some and to test on others. More are needed, or ${{ option: 'test', value: 'none' }}.`,
    );
  }
  const split =
    group === undefined
      ? splitRows(table.rows, { fraction, seed, ...stratified(table, preprocessor) })
      : groupSplit(table, group, fraction, seed);
  if (group !== undefined && preprocessor.task === 'classification') {
    const labels = preprocessor.labels(table);
    if (new Set(Array.from(split.train, (row) => labels[row])).size < 2) {
      throw new OptionError(
        'group',
        wording`Where whole groups of '${group}' are held out to test, the other rows have one class only. Each class needs several groups; ${{ option: 'test', value: 'none' }} holds none out.`,
      );
    }
  }
  if (split.train.length >= 2 && split.test.length > 0) return split;
  throw new OptionError(
    'test',
    wording`${{ option: 'test', value: fraction }} leaves ${split.train.length} of ${table.rows} rows to learn from. Hold fewer out.`,
  );
}

function stratified(
  table: Table,
  preprocessor: TablePreprocessor,
): { readonly stratify?: ArrayLike<string | number> } {
  if (preprocessor.task !== 'classification') return {};
  assertRepeatedClasses(table, preprocessor);
  return { stratify: preprocessor.labels(table) };
}

/** Whole groups to the test, in random order, until it has its share of the rows. */
function groupSplit(table: Table, group: string, fraction: number, seed: number): RowSplit {
  const column = requireColumn(table, group, 'column of groups');
  const cells: ArrayLike<number> = column.kind === 'numeric' ? column.values : column.codes;
  const sizes = new Map<number, number>();
  for (let row = 0; row < table.rows; row++) {
    const cell = cells[row] as number;
    sizes.set(cell, (sizes.get(cell) ?? 0) + 1);
  }
  const groups = [...sizes];
  if (groups.length < 2) {
    throw new OptionError(
      'group',
      wording`All rows have one value of ${{ option: 'group', value: group }}: no group is left to test on. Leave it out, or use ${{ option: 'test', value: 'none' }}.`,
    );
  }
  const wanted = fraction * table.rows;
  const held = new Set<number>();
  let rows = 0;
  for (const at of randomPermutation(groups.length, subkey(seed, 'row-sample'))) {
    const [cell, size] = groups[at] as [number, number];
    // A group goes where the share comes nearer to what was asked.
    if (held.size > 0 && Math.abs(rows + size - wanted) >= Math.abs(rows - wanted)) continue;
    if (held.size === groups.length - 1) break;
    held.add(cell);
    rows += size;
  }
  const all = Int32Array.from({ length: table.rows }, (_, row) => row);
  const isHeld = (row: number): boolean => held.has(cells[row] as number);
  return { train: all.filter((row) => !isHeld(row)), test: all.filter(isHeld) };
}
