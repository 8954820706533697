import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { type ImageSet, splitRows, TablePreprocessor, takeRows } from '@agop/data';
import { readImageFile, readTableFile } from '@agop/data/node';
import type { ShapedArray } from '@agop/estimators';

/** Rows and their classes. */
export interface LabelledRows {
  readonly x: ShapedArray;
  readonly y: readonly number[];
}

/** What a run is made on and measured on. */
export interface RunData {
  readonly training: LabelledRows;
  readonly held: LabelledRows;
}

export type DataName = 'mnist' | 'cifar10' | 'digits';

const images = {
  mnist: { folder: 'images/mnist', training: 5000, held: 1000 },
  cifar10: { folder: 'images/cifar10', training: 3000, held: 1000 },
} as const;

/**
 * The first training and test images of the files, or the digits with a fifth held out.
 *
 * @param folder where the data sets are
 * @param digits path of the digits
 */
export async function readRunData(name: DataName, folder: string, digits: string): Promise<RunData> {
  if (name === 'digits') return readDigits(digits);
  const { folder: inside, training, held } = images[name];
  const path = join(folder, inside);
  if (!existsSync(path))
    throw new Error(`There is no ${path}: name the folder of the data sets with --data.`);
  return {
    training: rowsOf(await readImageFile(path, { limit: training })),
    held: rowsOf(await readImageFile(path, { limit: held, part: 'test' })),
  };
}

async function readDigits(path: string): Promise<RunData> {
  const table = await readTableFile(path);
  const options = { target: 'class', task: 'classification' } as const;
  const labels = TablePreprocessor.fit(table, options).labels(table).map(Number);
  const { train, test } = splitRows(table.rows, { fraction: 0.2, seed: 0, stratify: labels });
  const preprocessor = TablePreprocessor.fit(takeRows(table, train), options);
  const part = (rows: Int32Array): LabelledRows => ({
    x: preprocessor.transform(takeRows(table, rows)),
    y: Array.from(rows, (row) => labels[row] as number),
  });
  return { training: part(train), held: part(test) };
}

function rowsOf({ data, shape, labels }: ImageSet): LabelledRows {
  const [count, height, width, channels] = shape;
  return { x: { data, shape: [count, height * width * channels] }, y: Array.from(labels ?? []) };
}
