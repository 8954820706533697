import type { ColumnImportance, TablePreprocessor } from '@agop/data';
import type { HostMetric } from '@agop/rfm';
import type { Model } from './train.ts';

/** Columns that are the pixels of an image, by their names. */
export interface PixelGrid {
  readonly height: number;
  readonly width: number;
  /** Column of the table at each pixel, row by row. */
  readonly columns: readonly string[];
}

/** What a model found, on the host. */
export interface Findings {
  /** Importance of every column of the table, in its order; the sum is 1. */
  readonly importances: readonly ColumnImportance[];
  /** The learned metric: full [d, d] or weights [1, d]. */
  readonly metric: HostMetric;
  readonly featureNames: readonly string[];
  /** Present if the columns are the pixels of an image. */
  readonly grid: PixelGrid | undefined;
}

/** Asks a model what it found. */
export async function findingsOf(model: Model, preprocessor: TablePreprocessor): Promise<Findings> {
  const importances = preprocessor.columnImportances(await model.featureImportances());
  return {
    importances,
    metric: await model.metric(),
    featureNames: preprocessor.featureNames,
    grid: pixelGrid(importances.map(({ column }) => column)),
  };
}

/** The most important columns, largest first. */
export function topImportances(importances: readonly ColumnImportance[], count: number): ColumnImportance[] {
  return importances
    .filter(({ importance }) => importance > 0)
    .toSorted((a, b) => b.importance - a.importance)
    .slice(0, count);
}

/**
 * Recognises columns called `<name>_<row>_<column>` (or with other separators), numbered from 0 or 1, that fill a
 * rectangle of at least 3 x 3.
 */
export function pixelGrid(names: readonly string[]): PixelGrid | undefined {
  const pixels = names.map((name) => /^(.*?)[_\-.x ]?(\d+)[_\-.x ](\d+)$/.exec(name));
  const [first] = pixels;
  if (!first || pixels.some((pixel) => pixel?.[1] !== first[1])) return undefined;
  const rows = pixels.map((pixel) => Number(pixel?.[2]));
  const columns = pixels.map((pixel) => Number(pixel?.[3]));
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  const height = Math.max(...rows) - top + 1;
  const width = Math.max(...columns) - left + 1;
  if (top > 1 || left > 1 || height < 3 || width < 3 || height * width !== names.length) return undefined;
  const placed = new Map(
    names.map((name, i) => [`${(rows[i] ?? 0) - top} ${(columns[i] ?? 0) - left}`, name]),
  );
  if (placed.size !== names.length) return undefined;
  const inOrder = Array.from(
    { length: height * width },
    (_, i) => placed.get(`${Math.floor(i / width)} ${i % width}`) ?? '',
  );
  return { height, width, columns: inOrder };
}

/** The importances as a picture, row by row. */
export function importancePicture(importances: readonly ColumnImportance[], grid: PixelGrid): number[] {
  const byName = new Map(importances.map(({ column, importance }) => [column, importance]));
  return grid.columns.map((column) => byName.get(column) ?? 0);
}
