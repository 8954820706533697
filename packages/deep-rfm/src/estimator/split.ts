import { ShapeError, toHostMatrix, ValueError } from '@agop/core';
import { holdOut, type Label, type LabelEncoder, takeRows } from '@agop/rfm';
import { checkCount, hostLabels } from './labels.ts';
import type { DeepFitOptions } from './options.ts';
import type { LabelledRows } from './training.ts';

/** Rows for the fit, and rows that are only measured. */
export interface SplitRows {
  readonly training: LabelledRows;
  readonly held: LabelledRows | undefined;
}

/**
 * Takes the validation data as given, or holds rows out.
 *
 * @throws {ValueError} {ShapeError} {UnknownLabelError} {OptionError} for validation data that cannot be used
 */
export async function splitRows<L extends Label>(
  { x, y }: LabelledRows,
  labels: LabelEncoder<L>,
  validation: DeepFitOptions<L>['validation'],
  seed: number,
): Promise<SplitRows> {
  if (validation === undefined) return { training: { x, y }, held: undefined };
  if (typeof validation === 'number') {
    const rows = holdOut(x.rows, validation, seed, y);
    const part = (chosen: Int32Array): LabelledRows => ({
      x: { data: takeRows(x.data, x.columns, chosen), rows: chosen.length, columns: x.columns },
      y: chosen.map((row) => y[row] as number),
    });
    return { training: part(rows.training), held: checkVaried(part(rows.held)) };
  }
  const heldX = await toHostMatrix(validation.x, 'validation X');
  const heldY = await hostLabels(validation.y, 'validation y');
  checkCount(heldX.rows, heldY.length, 'validation ');
  if (heldX.columns !== x.columns) {
    throw new ShapeError(`Validation X has ${heldX.columns} columns, but X has ${x.columns}.`);
  }
  const held = { x: heldX, y: labels.encode(heldY, 'validation y') };
  return { training: { x, y }, held: checkVaried(held) };
}

/** Collapse is measured on these rows too, which takes two classes. */
function checkVaried(held: LabelledRows): LabelledRows {
  if (held.y.every((index) => index === held.y[0])) {
    throw new ValueError(
      'The validation rows are all of one class, so that collapse cannot be measured on them. Give more of them, or none.',
    );
  }
  return held;
}
