import type * as tfjs from '@tensorflow/tfjs-core';
import type { Patchwork, Piece } from './box.ts';
import type { Tfjs } from './library.ts';

/** The matrix that pieces form, over what was there: one copy where they tile it as rows or as columns. */
export function assemble(
  tf: Tfjs,
  { rows, columns, pieces }: Patchwork,
  before: () => tfjs.Tensor2D,
): tfjs.Tensor2D {
  for (const axis of [0, 1] as const) {
    if (tile(pieces, axis, [rows, columns])) {
      return tf.concat2d(
        pieces.map((piece) => piece.tensor),
        axis,
      );
    }
  }
  return pieces.reduce((whole, piece) => overlay(tf, whole, piece), before());
}

/** True if the pieces follow each other along `axis` without a gap and fill the shape. */
function tile(pieces: readonly Piece[], axis: 0 | 1, shape: readonly [number, number]): boolean {
  const across = axis === 0 ? 1 : 0;
  let next = 0;
  for (const { tensor, row, column } of pieces) {
    const [along, other] = axis === 0 ? [row, column] : [column, row];
    if (along !== next || other !== 0 || tensor.shape[across] !== shape[across]) return false;
    next += tensor.shape[axis];
  }
  return next === shape[axis];
}

/** `whole` with a piece in its place. */
function overlay(tf: Tfjs, whole: tfjs.Tensor2D, { tensor, row, column }: Piece): tfjs.Tensor2D {
  const [rows, columns] = whole.shape;
  const [height, width] = tensor.shape;
  const band = tf.concat2d(
    nonEmpty([
      tf.slice2d(whole, [row, 0], [height, column]),
      tensor,
      tf.slice2d(whole, [row, column + width], [height, columns - column - width]),
    ]),
    1,
  );
  return tf.concat2d(
    nonEmpty([
      tf.slice2d(whole, [0, 0], [row, columns]),
      band,
      tf.slice2d(whole, [row + height, 0], [rows - row - height, columns]),
    ]),
    0,
  );
}

function nonEmpty(parts: readonly tfjs.Tensor2D[]): tfjs.Tensor2D[] {
  return parts.filter((part) => part.size > 0);
}
