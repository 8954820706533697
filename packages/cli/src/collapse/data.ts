import { existsSync, statSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { OptionError, type ShapedArray, StorageError, ValueError } from '@agop/core';
import { type ImageSet, type Label, splitRows, type Table, TablePreprocessor, takeRows } from '@agop/data';
import { readImageFile } from '@agop/data/node';
import type { OptionValues } from '../options.ts';
import { readTable } from '../table/table-options.ts';

/** Rows and their classes. */
export interface LabelledRows {
  readonly x: ShapedArray;
  readonly y: readonly Label[];
}

/** What the network is built on and measured on. */
export interface CollapseData {
  /** For people: mnist, digits, the name of a file. */
  readonly name: string;
  readonly training: LabelledRows;
  readonly held: LabelledRows;
}

/** Training images that are used unless `--samples` says otherwise. */
const imageSamples = { mnist: 5000, cifar10: 3000 } as const;
type ImageData = keyof typeof imageSamples;

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
    const flag = name.replace(/[A-Z]/, (letter) => `-${letter.toLowerCase()}`);
    throw new OptionError(name, `--${flag} needs --data mnist or cifar10.`);
  }
  const path = asked === 'digits' && !existsSync(asked) ? findDigits() : asked;
  return divide(await readTable(path, options), basename(asked), options);
}

async function readImages(data: ImageData, options: OptionValues): Promise<CollapseData> {
  const path = options.text('images');
  if (path === undefined) {
    throw new OptionError(
      'images',
      `--data ${data} needs --images: the path of its image file, or of the folder with its files.`,
    );
  }
  const limit = options.whole('samples', 2) ?? imageSamples[data];
  const testLimit = options.whole('testSamples', 2) ?? 1000;
  const isFolder = statSync(path, { throwIfNoEntry: false })?.isDirectory() ?? false;
  const testPath = options.text('testImages') ?? (isFolder ? path : undefined);
  if (testPath !== undefined) {
    return {
      name: data,
      training: rowsOf(await readImageFile(path, { limit }), path),
      held: rowsOf(await readImageFile(testPath, { limit: testLimit, part: 'test' }), testPath),
    };
  }
  const all = rowsOf(await readImageFile(path, { limit }), path);
  const { train, test } = splitRows(all.y.length, { ...splitOptions(options), stratify: all.y });
  return { name: data, training: chosen(all, train), held: chosen(all, test) };
}

function rowsOf({ data, shape, labels }: ImageSet, path: string): LabelledRows {
  const [count, height, width, channels] = shape;
  if (labels === undefined) {
    throw new ValueError(`${path} has no labels beside it, so that its images have no classes.`);
  }
  return { x: { data, shape: [count, height * width * channels] }, y: Array.from(labels) };
}

function chosen({ x, y }: LabelledRows, rows: Int32Array): LabelledRows {
  const width = x.shape[1] as number;
  const data = new Float32Array(rows.length * width);
  rows.forEach((row, i) => {
    for (let j = 0; j < width; j++) data[i * width + j] = x.data[row * width + j] as number;
  });
  return { x: { data, shape: [rows.length, width] }, y: Array.from(rows, (row) => y[row] as Label) };
}

function divide(table: Table, name: string, options: OptionValues): CollapseData {
  const target = targetColumn(table, options);
  const fit = (rows: Table): TablePreprocessor =>
    TablePreprocessor.fit(rows, { target, task: 'classification', unknownCategories: 'ignore' });
  // Fitted on all rows for its checks of the target: they should name the row in the file.
  const stratify = fit(table).labels(table);
  const { train, test } = splitRows(table.rows, { ...splitOptions(options), stratify });
  const training = takeRows(table, train.subarray(0, options.whole('samples', 2) ?? train.length));
  const preprocessor = fit(training);
  const rows = (part: Table): LabelledRows => ({
    x: preprocessor.transform(part),
    y: preprocessor.labels(part),
  });
  return { name, training: rows(training), held: rows(takeRows(table, test)) };
}

function splitOptions(options: OptionValues): { fraction: number; seed: number } {
  const fraction = options.number('validation') ?? 0.2;
  if (!(fraction > 0 && fraction < 1)) {
    throw new OptionError(
      'validation',
      `--validation must be a share between 0 and 1, but is ${options.text('validation')}.`,
    );
  }
  return { fraction, seed: options.whole('seed', 0) ?? 0 };
}

function targetColumn(table: Table, options: OptionValues): string {
  const asked = options.text('target');
  if (asked !== undefined) return asked;
  const names = table.columns.map(({ name }) => name);
  const usual = names.find((name) => ['class', 'target', 'label'].includes(name.toLowerCase()));
  return usual ?? (names.at(-1) as string);
}

/** The digits that come with the source code: in `examples/data` of a folder above this file or above the working directory. */
function findDigits(): string {
  for (const start of [dirname(fileURLToPath(import.meta.url)), process.cwd()]) {
    for (let folder = start; ; folder = dirname(folder)) {
      const path = join(folder, 'examples/data/digits.csv.gz');
      if (existsSync(path)) return path;
      if (folder === dirname(folder)) break;
    }
  }
  throw new StorageError(
    'The digits are not here: they come with the source code, as examples/data/digits.csv.gz. Give the path of a CSV file with --data.',
  );
}
