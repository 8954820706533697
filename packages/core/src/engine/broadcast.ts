import { type Shape, sizeOf } from '../dtype.ts';
import { ShapeError } from '../errors/index.ts';

/** How an input's element is found for element (i, j) of the result. */
export type BroadcastKind = 'full' | 'row' | 'column' | 'single';

/** The result of an elementwise operation, and how each input is read. */
export interface BroadcastPlan {
  readonly shape: Shape;
  readonly rows: number;
  readonly columns: number;
  /** One entry per input, in the order given. */
  readonly kinds: readonly BroadcastKind[];
}

/**
 * Broadcasts tensors as matrices: [] and [1, 1] fill everything, [n] and [1, n] are rows, [m, 1] columns.
 * Tensors of rank above 2 must be alike, or scalars.
 *
 * @throws {ShapeError} naming the inputs that do not go together
 */
export function planBroadcast(
  operation: string,
  inputs: readonly { readonly name: string; readonly shape: Shape }[],
): BroadcastPlan {
  let rank = 0;
  for (const { shape } of inputs) rank = Math.max(rank, shape.length);
  const asMatrix = (shape: Shape): [number, number] =>
    rank > 2 ? [1, sizeOf(shape)] : [rowsOf(shape), columnsOf(shape)];
  const fail = (): never => {
    const list = inputs.map((i) => `${i.name} [${i.shape.join(', ')}]`).join(', ');
    throw new ShapeError(
      `${operation}: the shapes of ${list} do not broadcast. Use equal shapes, [n] or [1, n] for a row, [m, 1] for a column, [] for a scalar.`,
    );
  };
  const largest = inputs.find((i) => i.shape.length === rank)?.shape ?? [];
  if (rank > 2 && inputs.some((i) => sizeOf(i.shape) !== 1 && !sameShape(i.shape, largest))) fail();

  let [rows, columns] = [1, 1];
  for (const { shape } of inputs) {
    const [m, n] = asMatrix(shape);
    if (m !== 1) rows = rows === 1 || rows === m ? m : fail();
    if (n !== 1) columns = columns === 1 || columns === n ? n : fail();
  }
  const kinds = inputs.map(({ shape }): BroadcastKind => {
    const [m, n] = asMatrix(shape);
    if (m === rows && n === columns) return 'full';
    if (m === 1 && n === 1) return 'single';
    return m === 1 ? 'row' : 'column';
  });
  const matrix = rank === 2 ? [rows, columns] : rank === 1 ? [columns] : [];
  return { shape: rank > 2 ? largest : matrix, rows, columns, kinds };
}

/** Rows of a tensor seen as a matrix; ranks 0 and 1 are one row. */
export function rowsOf(shape: Shape): number {
  return shape.length === 2 ? (shape[0] as number) : 1;
}

/** Columns of a tensor seen as a matrix; higher ranks are one long row. */
export function columnsOf(shape: Shape): number {
  return shape.length === 2 ? (shape[1] as number) : sizeOf(shape);
}

export function sameShape(a: Shape, b: Shape): boolean {
  return a.length === b.length && a.every((length, axis) => length === b[axis]);
}
