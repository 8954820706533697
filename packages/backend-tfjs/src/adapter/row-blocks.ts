import type * as tfjs from '@tensorflow/tfjs-core';
import type { Tfjs } from './library.ts';

/** Results of more elements are computed in row blocks, so that intermediates stay small. */
const blockElements = 2 ** 22;

/**
 * A matrix made block by block of rows; what a block leaves behind is freed before the next.
 *
 * @param perRow elements of the largest intermediate result per row
 */
export function inRowBlocks(
  tf: Tfjs,
  rows: number,
  perRow: number,
  block: (begin: number, end: number) => tfjs.Tensor2D,
): tfjs.Tensor2D {
  const height = Math.max(1, Math.floor(blockElements / Math.max(1, perRow)));
  if (height >= rows) return block(0, rows);
  const parts: tfjs.Tensor2D[] = [];
  for (let begin = 0; begin < rows; begin += height) {
    parts.push(tf.tidy(() => block(begin, Math.min(rows, begin + height))));
  }
  return tf.concat2d(parts, 0);
}
