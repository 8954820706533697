import type { TablePreprocessor } from '@agop/data';
import type { PixelGrid, TabularSummary } from './result.ts';

/**
 * Recognizes columns called `<name>_<row>_<column>` (or with other separators), numbered from 0 or 1, that
 * fill a rectangle of at least 3 x 3.
 */
export function pixelGrid(names: readonly string[]): PixelGrid | null {
  const pixels = names.map((name) => /^(.*?)[_\-.x ]?(\d+)[_\-.x ](\d+)$/.exec(name));
  const [first] = pixels;
  if (!first || pixels.some((pixel) => pixel?.[1] !== first[1])) return null;
  const rows = pixels.map((pixel) => Number(pixel?.[2]));
  const columns = pixels.map((pixel) => Number(pixel?.[3]));
  const [top, left] = [Math.min(...rows), Math.min(...columns)];
  const height = Math.max(...rows) - top + 1;
  const width = Math.max(...columns) - left + 1;
  if (top > 1 || left > 1 || height < 3 || width < 3 || height * width !== names.length) return null;
  const placed = new Map(
    names.map((name, i) => [`${(rows[i] ?? 0) - top} ${(columns[i] ?? 0) - left}`, name]),
  );
  if (placed.size !== names.length) return null;
  const inOrder = Array.from(
    { length: height * width },
    (_, i) => placed.get(`${Math.floor(i / width)} ${i % width}`) ?? '',
  );
  return { height, width, columns: inOrder };
}

/** The importances as a picture, row by row. */
export function importancePicture({ importances }: TabularSummary, { columns }: PixelGrid): number[] {
  const byName = new Map(importances.map(({ column, importance }) => [column, importance]));
  return columns.map((column) => byName.get(column) ?? 0);
}

/** A vector over the features as a picture over the pixels; columns without features are 0. */
export function vectorPicture(
  vector: ArrayLike<number>,
  { columns }: PixelGrid,
  { blocks }: TablePreprocessor,
): number[] {
  const values = new Map(blocks.map(({ column, start }) => [column, vector[start] ?? 0]));
  return columns.map((column) => values.get(column) ?? 0);
}
