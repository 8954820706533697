import { ShapeError } from '@agop/core';
import type { FitOptions } from './fit-options.ts';
import { type MatrixInput, toHostMatrix } from './input/index.ts';
import { checkLabelCount, hostLabels, type Label, type LabelEncoder, type LabelInput } from './labels.ts';
import { holdOut, type Rows, takeRows } from './rows.ts';

/** Rows with their classes as indices. */
export interface LabelledRows {
  readonly x: Rows;
  readonly y: Int32Array;
}

/** Rows for the fit, and rows beside it. */
export interface LabelledSplit {
  readonly training: LabelledRows;
  readonly held: LabelledRows | undefined;
}

/**
 * Takes validation data as given, or holds a fraction of the rows of each class out.
 *
 * @param rows all rows of the fit
 * @param seed chooses the rows that are held out
 * @throws {ValueError} {ShapeError} {UnknownLabelError} {OptionError} for validation data that cannot be used
 */
export async function splitLabelled<L extends Label>(
  rows: LabelledRows,
  labels: LabelEncoder<L>,
  validation: FitOptions<MatrixInput, LabelInput<L>>['validation'],
  seed: number,
): Promise<LabelledSplit> {
  if (validation === undefined) return { training: rows, held: undefined };
  const { x, y } = rows;
  if (typeof validation === 'number') {
    const chosen = holdOut(x.rows, validation, seed, y);
    return { training: someRows(rows, chosen.training), held: someRows(rows, chosen.held) };
  }
  const heldX = await toHostMatrix(validation.x, 'validation X');
  const heldY = await hostLabels(validation.y, 'validation y');
  checkLabelCount(heldX.rows, heldY.length, 'validation ');
  if (heldX.columns !== x.columns) {
    throw new ShapeError(`Validation X has ${heldX.columns} columns, but X has ${x.columns}.`);
  }
  return { training: rows, held: { x: heldX, y: labels.encode(heldY, 'validation y') } };
}

function someRows({ x, y }: LabelledRows, chosen: Int32Array): LabelledRows {
  return {
    x: { data: takeRows(x.data, x.columns, chosen), rows: chosen.length, columns: x.columns },
    y: chosen.map((row) => y[row] as number),
  };
}
