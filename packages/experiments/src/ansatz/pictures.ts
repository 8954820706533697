import type { MeasuredLayer } from '@agop/nfa/features';
import type { AnsatzResult } from './result.ts';

/**
 * What the first layer looks at, pixel by pixel: the diagonals of its neural feature matrix before and after
 * training, of that of its change, and of its AGOP.
 *
 * @param shape of the images, channels last
 */
export function diagonalPictures(
  after: MeasuredLayer,
  before: MeasuredLayer,
  [, height, width, channels]: readonly [number, number, number, number],
): AnsatzResult['pictures'] {
  const [units, inputs] = after.weights.shape;
  const [w, w0] = [after.weights.data, before.weights.data];
  const at = (values: ArrayLike<number>, index: number): number => values[index] as number;
  const columns = (of: (column: number) => number): number[] =>
    Array.from({ length: inputs }, (_, j) => of(j));
  const squares = (of: (index: number) => number): number[] =>
    columns((column) => {
      let sum = 0;
      for (let unit = 0; unit < units; unit++) sum += of(unit * inputs + column) ** 2;
      return sum;
    });
  const k = after.covariance.data;
  const agop = columns((column) => {
    let sum = 0;
    for (let i = 0; i < units; i++) {
      let row = 0;
      for (let j = 0; j < units; j++) row += at(k, i * units + j) * at(w, j * inputs + column);
      sum += at(w, i * inputs + column) * row;
    }
    return sum;
  });
  const named: readonly (readonly [string, number[]])[] = [
    ['W0, before training', squares((index) => at(w0, index))],
    ['W, trained', squares((index) => at(w, index))],
    ['D = W - W0', squares((index) => at(w, index) - at(w0, index))],
    ['AGOP', agop],
  ];
  return named.map(([label, data]) => ({ label, data: grayOf(data, channels), height, width, channels: 1 }));
}

/** Sums over the channels of each pixel. */
function grayOf(values: readonly number[], channels: number): number[] {
  return Array.from({ length: values.length / channels }, (_, pixel) =>
    values.slice(pixel * channels, (pixel + 1) * channels).reduce((sum, value) => sum + value, 0),
  );
}
