import { formatNumber, formatPercent } from '@agop/report';
import type { Panel } from '@agop/report/terminal';
import type { Course, Iteration } from './result.ts';
import { tracedStructures } from './structures.ts';

/**
 * A run so far as curves for a terminal: what one sees (accuracy, loss) and what happens behind it
 * (structure, alignment).
 */
export function grokkingPanels(course: Course): Panel[] {
  const { p, operations, iterations } = course;
  const values = (of: (iteration: Iteration) => number): number[] => iterations.map(of);
  const losses = (label: string, of: (iteration: Iteration) => number, format: Panel['format']) => ({
    label,
    values: values(of),
    domain: [0, Math.max(1.2 / p, ...values(of))] as const,
    ...(format && { format }),
  });
  const shares = (label: string, list: number[], low = 0): Panel => ({
    label,
    values: list,
    domain: [low, 1],
    format: formatPercent,
  });
  const alignments = values((i) => i.alignment ?? Number.NaN);
  return [
    shares(
      'test accuracy',
      values((i) => i.testAccuracy),
    ),
    losses('test loss', (i) => i.testLoss, formatNumber),
    losses(
      'training loss',
      (i) => i.trainLoss,
      (value) => value.toExponential(1),
    ),
    ...tracedStructures(course).map(({ operation, deviations }) =>
      shares(
        operations.length === 1 ? 'circulant structure' : `structure, ${operation.formula}`,
        deviations.map((deviation) => 1 - deviation),
      ),
    ),
    ...(iterations.some((i) => i.alignment !== null)
      ? [shares('AGOP alignment', alignments, Math.min(...alignments))]
      : []),
  ];
}
