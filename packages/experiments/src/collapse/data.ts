import { OptionError, subkey, type Wording, wording } from '@agop/core';
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
import type { ShapedArray } from '@agop/estimators';
import { checkClasses, type LabelledImages, pickImages } from '../images.ts';
import type { CollapseSettings } from './settings.ts';

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
  /** How the rows were made of a table. */
  readonly preprocessor?: TablePreprocessor;
  /** Size of the images that the rows are. */
  readonly image?: { readonly height: number; readonly width: number; readonly channels: number };
  /** What people should know of the data. */
  readonly remark?: Wording;
}

/** The settings that say which data, and how they are divided. */
export type CollapseDataSettings = Pick<
  CollapseSettings,
  | 'data'
  | 'images'
  | 'testImages'
  | 'target'
  | 'ignore'
  | 'categorical'
  | 'samples'
  | 'testSamples'
  | 'validation'
  | 'seed'
>;

/** Share of the rows that is held out where no others are given. */
const heldShare = 0.2;

/**
 * A table, a part of whose rows is held out. Preprocessing is fitted on the training rows.
 *
 * @param holdOut whether some are held out; if not, all rows are for training
 * @throws {OptionError} for a target that does not look like classes, or fewer samples than classes
 */
export function collapseTable(
  table: Table,
  name: string,
  settings: CollapseDataSettings,
  holdOut = true,
): CollapseData {
  const target = settings.target ?? targetColumn(table);
  const { ignore, categorical } = settings;
  const fit = (rows: Table): TablePreprocessor =>
    TablePreprocessor.fit(rows, {
      target,
      ignore,
      categorical,
      task: 'classification',
      unknownCategories: 'ignore',
    });
  // Fitted on all rows for its checks of the target: they should name the row in the file.
  const labels = fit(table).labels(table);
  checkTarget(table, target, labels);
  const { train, test } = holdOut
    ? splitRows(table.rows, { ...splitOf(settings), stratify: labels })
    : { train: Int32Array.from(labels.keys()), test: new Int32Array() };
  const training = takeRows(table, sampled(train, labels, settings));
  const preprocessor = fit(training);
  const rows = (part: Table): LabelledRows => ({
    x: preprocessor.transform(part),
    y: preprocessor.labels(part),
  });
  const made = rows(training);
  const none = { x: { data: new Float64Array(), shape: [0, made.x.shape[1] as number] }, y: [] };
  return { name, training: made, held: holdOut ? rows(takeRows(table, test)) : none, preprocessor };
}

/**
 * Images, with others that are held out. @throws {OptionError} for held-out images of a class that no
 * training image has
 */
export function collapseImages(name: string, training: LabelledImages, held: LabelledImages): CollapseData {
  checkClasses(training, held, 'Held-out', 'samples');
  const [, height, width, channels] = training.shape;
  return { name, training: rowsOf(training), held: rowsOf(held), image: { height, width, channels } };
}

/** Images, a part of which is held out. */
export function collapseSplitImages(
  name: string,
  images: LabelledImages,
  settings: CollapseDataSettings,
): CollapseData {
  const stratify = Array.from(images.labels);
  const { train, test } = splitRows(stratify.length, { ...splitOf(settings), stratify });
  return collapseImages(name, pickImages(images, train), pickImages(images, test));
}

function splitOf({ validation, seed }: CollapseDataSettings): { fraction: number; seed: number } {
  return { fraction: validation ?? heldShare, seed };
}

/** Images as rows of pixels. */
function rowsOf({ data, shape: [count, ...size], labels }: LabelledImages): LabelledRows {
  const pixels = size.reduce((product, length) => product * length, 1);
  return { x: { data, shape: [count, pixels] }, y: Array.from(labels) };
}

/** At most so many of the training rows, of every class in proportion. */
function sampled(
  train: Int32Array,
  labels: readonly Label[],
  { samples: most, seed }: CollapseDataSettings,
): Int32Array {
  if (most === undefined) return train;
  const own = Array.from(train, (row) => labels[row] as Label);
  const classes = new Set(own).size;
  if (classes > most) {
    throw new OptionError(
      'samples',
      wording`${{ option: 'samples', value: most }} is too few: the training rows have ${classes} classes, of which each needs one.`,
    );
  }
  return sampleRows(own, most, subkey(seed, 'row-sample')).map((at) => train[at] as number);
}

/** @throws {OptionError} for a column whose values are hardly ever the same */
function checkTarget(table: Table, target: string, labels: readonly Label[]): void {
  const different = new Set(labels).size;
  if (2 * different <= table.rows) return;
  const column = requireColumn(table, target);
  const looks = column.kind === 'numeric' ? 'looks like numbers, not classes' : 'does not look like classes';
  const advice = column.kind === 'numeric' ? ', or fit a regression' : '';
  throw new OptionError(
    'target',
    wording`Column '${target}' ${looks}: ${different} different values in ${table.rows} rows, such as ${cellText(column, 0) ?? ''}. Name the column of the classes with ${{ option: 'target' }}${advice}.`,
  );
}

function targetColumn(table: Table): string {
  const names = table.columns.map(({ name }) => name);
  const usual = names.find((name) => ['class', 'target', 'label'].includes(name.toLowerCase()));
  return usual ?? (names.at(-1) as string);
}
