import type { GrokkingIteration, GrokkingResult } from '@agop/grokking';
import { formatNumber, formatPercent, type Panel, panelChart, terminalStyle } from '@agop/report';
import type { Context } from '../command.ts';
import { tracedStructures } from './structures.ts';

/**
 * The run so far as curves for a terminal: what one sees (accuracy, loss) and what happens behind it (structure, alignment).
 *
 * @param steps iterations that the whole width stands for
 */
export function terminalChart(
  run: Pick<GrokkingResult, 'task' | 'iterations'>,
  steps: number,
  context: Pick<Context, 'columns' | 'color'>,
): string[] {
  const { iterations, task } = run;
  const { p } = task;
  const values = (of: (iteration: GrokkingIteration) => number): number[] => iterations.map(of);
  const panels: Panel[] = [
    {
      label: 'test accuracy',
      values: values((i) => i.testAccuracy),
      domain: [0, 1],
      format: formatPercent,
    },
    {
      label: 'test loss',
      values: values((i) => i.testLoss),
      domain: [0, Math.max(1.2 / p, ...values((i) => i.testLoss))],
      format: formatNumber,
    },
    {
      label: 'training loss',
      values: values((i) => i.trainLoss),
      domain: [0, Math.max(1.2 / p, ...values((i) => i.trainLoss))],
      format: (value) => value.toExponential(1),
    },
  ];
  for (const { operation, deviations } of tracedStructures(run)) {
    panels.push({
      label: task.operations.length === 1 ? 'circulant structure' : `structure, ${operation.formula}`,
      values: deviations.map((deviation) => 1 - deviation),
      domain: [0, 1],
      format: formatPercent,
    });
  }
  if (iterations.some((i) => i.alignment !== null)) {
    const alignments = values((i) => i.alignment ?? Number.NaN);
    panels.push({
      label: 'AGOP alignment',
      values: alignments,
      domain: [Math.min(...alignments), 1],
      format: formatPercent,
    });
  }
  return panelChart(panels, {
    width: Math.min(100, context.columns - 1),
    steps,
    style: terminalStyle(context.color),
  });
}
