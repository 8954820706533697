import { type GrokkingResult, reorderMetric } from '@agop/grokking';
import { type Block, heatMap, imageGrid, type Section } from '@agop/report';
import { tracedStructures, whyNoStructure } from './structures.ts';
import { deviationsInWords } from './words.ts';

/** Pictures of the metric at chosen iterations; for * and / modulo a prime also with residues in the order of their discrete logarithms. */
export function metricSection(result: GrokkingResult, chosen: readonly number[]): Section {
  const { task, nextMetrics } = result;
  const { p, columns } = task;
  const structures = tracedStructures(result);
  const additive = structures.filter(({ structure }) => structure.group === 'additive');
  const multiplicative = structures.filter(({ structure }) => structure.group === 'multiplicative');
  const isReordered = multiplicative.length > 0;
  // The large picture is in the order of the first operation that has one.
  const isLargeReordered = structures[0]?.structure.group === 'multiplicative';
  const reasons = task.operations.flatMap((operation) => whyNoStructure(operation, p) ?? []);
  const metricAfter = (iteration: number): Float64Array => nextMetrics[iteration] as Float64Array;
  const grid = (title: string, of: (metric: Float64Array) => Float64Array): string =>
    imageGrid({
      title,
      pictures: chosen.map((iteration) => ({
        data: of(withoutMeans(metricAfter(iteration), columns, p)),
        height: columns,
        width: columns,
        label: `after iteration ${iteration}`,
      })),
      columns: chosen.length,
      width: 820,
      ramp: 'diverging',
    });
  const blocks: Block[] = [
    {
      kind: 'text',
      text: `The metric M compares pairs [one-hot x, one-hot y${columns > 2 * p ? ', task bit' : ''}]: ${columns} x ${columns} numbers, in four blocks${columns > 2 * p ? ' (the task bit counts to those of y)' : ''}. Its diagonal and the mean of each block outweigh the rest, so they are left out of these pictures.`,
    },
    {
      kind: 'figure',
      svg: grid('The metric at chosen iterations', (metric) => metric),
      caption: ['Residues in their natural order 0, 1, 2, …', deviationsInWords(additive, chosen), ...reasons]
        .filter((text) => text !== '')
        .join(' '),
    },
  ];
  if (isReordered) {
    blocks.push(
      {
        kind: 'text',
        text: 'The same matrices with 0 first and the other residues in the order of their discrete logarithms, in which multiplication is addition:',
      },
      {
        kind: 'figure',
        svg: grid('The same metrics, reordered', (metric) => reorderMetric(metric, p)),
        caption: deviationsInWords(multiplicative, chosen),
      },
    );
  }
  const last = chosen.at(-1) ?? 0;
  const matrix = withoutDiagonal(metricAfter(last), columns);
  blocks.push(
    { kind: 'text', text: `The metric after iteration ${last} as it is, but for its diagonal:` },
    {
      kind: 'figure',
      svg: heatMap({
        title: `The metric after iteration ${last}`,
        matrix: {
          data: isLargeReordered ? reorderMetric(matrix, p) : matrix,
          shape: [columns, columns],
        },
        ramp: 'diverging',
        blocks: [p],
      }),
      caption: `${isLargeReordered ? 'Reordered. ' : ''}Where a task with such a structure is learned, the outer blocks have the form c1 I + c2 11ᵀ, and the others are constant along wrapped diagonals or anti-diagonals.`,
    },
  );
  return { heading: 'The metric it learned', blocks };
}

function withoutDiagonal(matrix: Float64Array, order: number): Float64Array {
  return matrix.map((value, i) => (i % (order + 1) === 0 ? 0 : value));
}

/** Zeros on the diagonal, and the mean of the other entries subtracted in each of the four blocks. A task bit counts to b. */
function withoutMeans(matrix: Float64Array, order: number, p: number): Float64Array {
  const sums = [0, 0, 0, 0];
  const counts = [0, 0, 0, 0];
  const blockOf = (i: number): number => (Math.floor(i / order) < p ? 0 : 2) + (i % order < p ? 0 : 1);
  for (const [i, value] of matrix.entries()) {
    if (i % (order + 1) === 0) continue;
    const block = blockOf(i);
    sums[block] = (sums[block] as number) + value;
    counts[block] = (counts[block] as number) + 1;
  }
  return matrix.map((value, i) => {
    const block = blockOf(i);
    return i % (order + 1) === 0 ? 0 : value - (sums[block] as number) / (counts[block] as number);
  });
}
