import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { AgopError, OptionError, StorageError, ValueError } from '@agop/core';
import {
  cellText,
  type Label,
  requireColumn,
  sampleRows,
  splitRows,
  type Table,
  TablePreprocessor,
  takeRows,
} from '@agop/data';
import { locateDataset } from '@agop/data/node';
import { modelAttachments } from '../model/attachments.ts';
import { flagOf, type OptionValues } from '../options.ts';
import { namedBy } from '../output/option-words.ts';
import { readTable } from '../table/table-options.ts';
import { readImages } from './images.ts';
import type { CollapseData, LabelledRows } from './labelled-rows.ts';
import { splitOptions } from './settings.ts';

/**
 * Reads the data that `--data` and its companions name.
 *
 * @throws {OptionError} for options that do not go together, or a path that is needed and missing
 * @throws {StorageError | FormatError | ValueError} for files that cannot be read or used
 */
export async function readCollapseData(options: OptionValues): Promise<CollapseData> {
  const asked = options.text('data') ?? 'digits';
  if (asked === 'mnist' || asked === 'cifar10') return readImages(asked, options);
  for (const name of ['images', 'testImages', 'testSamples'] as const) {
    if (options.text(name) === undefined) continue;
    throw new OptionError(name, `${flagOf(name)} needs --data mnist or cifar10.`);
  }
  const path = asked === 'digits' && !existsSync(asked) ? findDigits() : asked;
  const table = await readTable(path, options).catch(namedBy('data', path)).catch(sayNames(asked));
  return divide(table, basename(asked), options);
}

/** A path that is not there may be a name that is spelt wrong. @throws always */
function sayNames(asked: string): (error: unknown) => never {
  return (error) => {
    if (!AgopError.isInstance(error) || existsSync(asked)) throw error;
    throw new AgopError(
      error.code,
      `${error.message} --data is mnist, cifar10, digits or the path of a CSV file.`,
      { cause: error },
    );
  };
}

function divide(table: Table, name: string, options: OptionValues): CollapseData {
  const target = targetColumn(table, options);
  const fit = (rows: Table): TablePreprocessor =>
    TablePreprocessor.fit(rows, { target, task: 'classification', unknownCategories: 'ignore' });
  // Fitted on all rows for its checks of the target: they should name the row in the file.
  const labels = fit(table).labels(table);
  checkTarget(table, target, labels);
  const split = splitOptions(options);
  const { train, test } = splitRows(table.rows, { ...split, stratify: labels });
  const training = takeRows(table, sampled(train, labels, split.seed, options));
  const preprocessor = fit(training);
  const rows = (part: Table): LabelledRows => ({
    x: preprocessor.transform(part),
    y: preprocessor.labels(part),
  });
  return {
    name,
    training: rows(training),
    held: rows(takeRows(table, test)),
    attachments: modelAttachments(preprocessor),
  };
}

/** At most `--samples` of the training rows, of every class in proportion. */
function sampled(
  train: Int32Array,
  labels: readonly Label[],
  seed: number,
  options: OptionValues,
): Int32Array {
  const most = options.whole('samples', 2);
  if (most === undefined) return train;
  const own = Array.from(train, (row) => labels[row] as Label);
  const classes = new Set(own).size;
  if (classes > most) {
    throw new OptionError(
      'samples',
      `--samples ${most} is too few: the training rows have ${classes} classes, of which each needs one.`,
    );
  }
  // A stream of its own: the division into parts has the first one.
  return sampleRows(own, most, { seed, stream: 1 }).map((at) => train[at] as number);
}

/** @throws {ValueError} for a column whose values are hardly ever the same */
function checkTarget(table: Table, target: string, labels: readonly Label[]): void {
  const different = new Set(labels).size;
  if (2 * different <= table.rows) return;
  const column = requireColumn(table, target);
  const looks = column.kind === 'numeric' ? 'looks like numbers, not classes' : 'does not look like classes';
  const advice = column.kind === 'numeric' ? ', or predict numbers with agop fit' : '';
  throw new ValueError(
    `Column '${target}' ${looks}: ${different} different values in ${table.rows} rows, such as ${cellText(column, 0)}. Name the column of the classes with --target${advice}.`,
  );
}

function targetColumn(table: Table, options: OptionValues): string {
  const asked = options.text('target');
  if (asked !== undefined) return asked;
  const names = table.columns.map(({ name }) => name);
  const usual = names.find((name) => ['class', 'target', 'label'].includes(name.toLowerCase()));
  return usual ?? (names.at(-1) as string);
}

/** The digits that come with the source code. */
function findDigits(): string {
  const path = locateDataset('digits');
  if (path !== undefined) return path;
  throw new StorageError(
    'The digits are not here: they come with the source code, as examples/data/digits.csv.gz. Give the path of a CSV file with --data.',
  );
}
