import { reorderMetric } from '@agop/grokking/analysis';
import { type Block, block, heatMap, imageGrid, type Section } from '@agop/report';
import { courseOf, type GrokkingRunResult } from './result.ts';
import { deviationsInWords, structuresMissing } from './sentences.ts';
import { tracedStructures } from './structures.ts';

/**
 * Pictures of the metric at the iterations shown; for * and / modulo a prime also with residues in the order
 * of their discrete logarithms.
 */
export function metricSection(result: GrokkingRunResult): Section {
  const { columns, metrics } = result;
  const course = courseOf(result);
  const { p } = course;
  const shown = metrics.map(({ iteration }) => iteration);
  const structures = tracedStructures(course);
  const additive = structures.filter(({ structure }) => structure.group === 'additive');
  const multiplicative = structures.filter(({ structure }) => structure.group === 'multiplicative');
  // The large picture is in the order of the first operation that has one.
  const isLargeReordered = structures[0]?.structure.group === 'multiplicative';
  const grid = (title: string, isReordered = false): string =>
    imageGrid({
      title,
      pictures: metrics.map(({ iteration, data }) => ({
        ...metricPicture(Float64Array.from(data), p, isReordered),
        label: `after iteration ${iteration}`,
      })),
      columns: metrics.length,
      width: 820,
      ramp: 'diverging',
    });
  const withBit = columns > 2 * p;
  const blocks: Block[] = [
    block.text(
      `The metric M compares pairs [one-hot x, one-hot y${withBit ? ', task bit' : ''}]: ${columns} x ${columns} numbers, in four blocks${withBit ? ' (the task bit counts to those of y)' : ''}. Its diagonal and the mean of each block outweigh the rest, so they are left out of these pictures.`,
    ),
    block.figure(
      grid('The metric at chosen iterations'),
      [
        'Residues in their natural order 0, 1, 2, …',
        deviationsInWords(additive, shown),
        ...structuresMissing(course),
      ]
        .filter((text) => text !== '')
        .join(' '),
    ),
  ];
  if (multiplicative.length > 0) {
    blocks.push(
      block.text(
        'The same matrices with 0 first and the other residues in the order of their discrete logarithms, in which multiplication is addition:',
      ),
      block.figure(grid('The same metrics, reordered', true), deviationsInWords(multiplicative, shown)),
    );
  }
  const last = metrics.at(-1);
  if (last) {
    const { iteration } = last;
    const matrix = Float64Array.from(last.data, (value, i) => (i % (columns + 1) === 0 ? 0 : value));
    blocks.push(
      block.text(`The metric after iteration ${iteration} as it is, but for its diagonal:`),
      block.figure(
        heatMap({
          title: `The metric after iteration ${iteration}`,
          matrix: { data: isLargeReordered ? reorderMetric(matrix, p) : matrix, shape: [columns, columns] },
          ramp: 'diverging',
          blocks: [p],
        }),
        `${isLargeReordered ? 'Reordered. ' : ''}Where a task with such a structure is learned, the outer blocks have the form c1 I + c2 11ᵀ, and the others are constant along wrapped diagonals or anti-diagonals.`,
      ),
    );
  }
  return { heading: 'The metric it learned', blocks };
}

/**
 * A metric, row-major [columns, columns], for a picture: its diagonal and the mean of each of its four blocks
 * outweigh the rest, so they are taken out.
 */
export function metricPicture(metric: Float64Array, p: number, isReordered = false) {
  const order = Math.sqrt(metric.length);
  const data = withoutMeans(metric, order, p);
  return { data: isReordered ? reorderMetric(data, p) : data, height: order, width: order };
}

/**
 * Zeros on the diagonal, and the mean of the other entries subtracted in each of the four blocks. A task bit
 * counts to b.
 */
function withoutMeans(matrix: Float64Array, order: number, p: number): Float64Array {
  const sums = [0, 0, 0, 0];
  const counts = [0, 0, 0, 0];
  const blockOf = (i: number): number => (Math.floor(i / order) < p ? 0 : 2) + (i % order < p ? 0 : 1);
  for (const [i, value] of matrix.entries()) {
    if (i % (order + 1) === 0) continue;
    const at = blockOf(i);
    sums[at] = (sums[at] as number) + value;
    counts[at] = (counts[at] as number) + 1;
  }
  return matrix.map((value, i) => {
    const at = blockOf(i);
    return i % (order + 1) === 0 ? 0 : value - (sums[at] as number) / (counts[at] as number);
  });
}
