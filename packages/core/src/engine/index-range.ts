import { ShapeError } from '../errors/index.ts';

/** The least and greatest of a list of indices. */
export interface IndexRange {
  readonly least: number;
  readonly greatest: number;
}

/** As int32 holds them; undefined for an empty list. */
export function indexRange(list: ArrayLike<number>): IndexRange | undefined {
  if (list.length === 0) return undefined;
  let least = (list[0] as number) | 0;
  let greatest = least;
  for (let i = 1; i < list.length; i++) {
    const index = (list[i] as number) | 0;
    if (index < least) least = index;
    else if (index > greatest) greatest = index;
  }
  return { least, greatest };
}

/** @throws {ShapeError} where an index of the list is not one of so many rows */
export function checkIndexRange(operation: string, { least, greatest }: IndexRange, rows: number): void {
  const wrong = least < 0 ? least : greatest;
  if (wrong >= 0 && wrong < rows) return;
  throw new ShapeError(`${operation}: index ${wrong} is not a row of a matrix with ${rows} rows.`);
}
