import { basename } from 'node:path';
import { OptionError, wording } from '@agop/core';
import { nearestName } from '@agop/core/options';
import {
  defaultMissing,
  findColumn,
  type PreprocessOptions,
  type Table,
  type TableNote,
  type TablePreprocessor,
} from '@agop/data';
import type { Context } from '../command.ts';
import { tellNotes } from '../table/notes.ts';
import { readTable, type TableOptions } from '../table/table-options.ts';
import { predictOptions } from './predict-options.ts';

/** What a command says of the rows that it gives to a model. */
export interface RowOptions extends TableOptions {
  readonly unknown?: 'error' | 'ignore' | undefined;
  /** Columns that are to stand beside the predictions. */
  readonly keep?: readonly string[];
}

/** Rows for a model, and what was guessed of them. */
interface ModelRows {
  readonly table: Table;
  readonly notes: readonly TableNote[];
}

/**
 * Reads the rows that a model is to predict, as those were read that it was fitted on, and says what was
 * guessed.
 *
 * @param preprocessors of the model: one, or those of the fits that it averages
 */
export async function readRows(
  path: string,
  preprocessors: readonly TablePreprocessor[],
  options: RowOptions,
  context: Context,
): Promise<ModelRows> {
  context.status(`Reading ${basename(path)}`);
  const used = new Set(
    preprocessors.flatMap(({ blocks, targetNames }) => [
      ...blocks.map(({ column }) => column),
      ...targetNames,
    ]),
  );
  const { keep = [], missing } = options;
  // What the model does not use is only copied.
  const copied = keep.filter((column) => !used.has(column));
  const table = await readTable(path, options, {
    types: Object.assign(
      Object.fromEntries(copied.map((column) => [column, 'categorical'])),
      ...preprocessors.map(({ columnTypes }) => columnTypes),
    ),
    kept: Object.assign(
      Object.fromEntries(copied.map((column) => [column, [...defaultMissing, ...missing]])),
      ...preprocessors.map(({ keptTexts }) => keptTexts),
    ),
    spelled: keep,
  });
  for (const column of keep) if (!findColumn(table, column)) throw missingColumn(table, column);
  // What the model was fitted on has been decided: only what can still be changed is said.
  const ofTable = (table.notes ?? []).filter(
    ({ column, option }) =>
      (column === undefined || used.has(column)) && (option === undefined || option in predictOptions),
  );
  tellNotes(ofTable, context);
  return { table, notes: ofTable };
}

function missingColumn({ columns }: Table, name: string): OptionError {
  const names = columns.map((column) => column.name);
  const near = nearestName(name, names);
  const hint = near === undefined ? '' : ` Did you mean '${near}'?`;
  return new OptionError(
    'keep',
    wording`${{ option: 'keep', value: name }} names no column of the table.${hint} The columns are: ${names.join(', ')}.`,
  );
}

/** Says which categories of the rows the model does not know. */
export function tellUnknown(preprocessor: TablePreprocessor, table: Table, context: Context): TableNote[] {
  const notes = unknownNote(preprocessor, table);
  tellNotes(notes, context);
  return notes;
}

/** What happens to new categories, where the command line says it. */
export function unknownAs({ unknown }: RowOptions): Pick<PreprocessOptions, 'unknownCategories'> {
  return unknown === undefined ? {} : { unknownCategories: unknown };
}

/** A word on categories that the training rows did not have. */
function unknownNote(preprocessor: TablePreprocessor, table: Table): TableNote[] {
  const { rows, example } = preprocessor.unknownCategories(table);
  if (example === undefined) return [];
  const { column, category } = example;
  return [
    {
      code: 'unknown-categories',
      column,
      message: wording`${rows} ${rows === 1 ? 'row has' : 'rows have'} a category that no training row had, as '${category}' in column '${column}'; there it is none of the known ones. ${{ option: 'unknown', value: 'error' }} refuses such rows.`,
      option: 'unknown',
    },
  ];
}

/** Whether the table has the truth for every row. */
export function hasTargets(preprocessor: TablePreprocessor, table: Table): boolean {
  return preprocessor.targetNames.every((name) => {
    const column = findColumn(table, name);
    return column?.missing === 0 && (preprocessor.task === 'classification' || column.kind === 'numeric');
  });
}

/** Some of the values. */
export function pick<T>(values: ArrayLike<T>, rows: readonly number[]): T[] {
  return rows.map((row) => values[row] as T);
}
