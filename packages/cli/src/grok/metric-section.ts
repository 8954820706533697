import { type GrokkingResult, reorderMetric } from '@agop/grokking';
import { type Block, heatMap, imageGrid, type Section } from '@agop/report';

/** Pictures of the metric at chosen iterations; for * and / also with residues in the order of their discrete logarithms. */
export function metricSection({ task, nextMetrics }: GrokkingResult, chosen: readonly number[]): Section {
  const { p, columns } = task;
  const isMultiplicative = task.operations[0]?.structure?.group === 'multiplicative';
  const metricAfter = (iteration: number): Float64Array =>
    withoutDiagonal(nextMetrics[iteration] as Float64Array, columns);
  const grid = (title: string, of: (metric: Float64Array) => Float64Array): string =>
    imageGrid({
      title,
      pictures: chosen.map((iteration) => ({
        data: of(metricAfter(iteration)),
        height: columns,
        width: columns,
        label: `after iteration ${iteration}`,
      })),
      columns: chosen.length,
      ramp: 'diverging',
    });
  const blocks: Block[] = [
    {
      kind: 'text',
      text: `The metric M compares the pairs [one-hot a, one-hot b]: ${columns} x ${columns} numbers, in four blocks. Its diagonal, which outweighs the rest, is left out of the pictures.`,
    },
    {
      kind: 'figure',
      svg: grid('The metric at chosen iterations', (metric) => metric),
      caption: isMultiplicative
        ? 'Residues in their natural order 0, 1, 2, ...: no pattern to be seen.'
        : 'Stripes appear in the off-diagonal blocks long before the test accuracy moves.',
    },
  ];
  if (isMultiplicative) {
    blocks.push({
      kind: 'figure',
      svg: grid('The same metrics, reordered', (metric) => reorderMetric(metric, p)),
      caption:
        'The same matrices with 0 first and the other residues in the order of their discrete logarithms: the pattern was there.',
    });
  }
  const last = chosen.at(-1) ?? 0;
  blocks.push({
    kind: 'figure',
    svg: heatMap({
      title: `The metric after iteration ${last}`,
      matrix: {
        data: isMultiplicative ? reorderMetric(metricAfter(last), p) : metricAfter(last),
        shape: [columns, columns],
      },
      ramp: 'diverging',
      blocks: [p],
    }),
    caption: `The metric after iteration ${last}${isMultiplicative ? ', reordered' : ''}: outer blocks of the form c1 I + c2 11ᵀ, off-diagonal blocks constant along wrapped diagonals or anti-diagonals.`,
  });
  return { heading: 'The metric it learned', blocks };
}

function withoutDiagonal(matrix: Float64Array, order: number): Float64Array {
  return matrix.map((value, i) => (i % (order + 1) === 0 ? 0 : value));
}
