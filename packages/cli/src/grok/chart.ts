import type { GrokkingIteration } from '@agop/grokking';
import { formatNumber, formatPercent, type Panel, panelChart, terminalStyle } from '@agop/report';
import type { Context } from '../command.ts';

/**
 * The run so far as curves for a terminal: what one sees (accuracy, loss) and what happens behind it (structure, alignment).
 *
 * @param steps iterations that the whole width stands for
 */
export function terminalChart(
  iterations: readonly GrokkingIteration[],
  p: number,
  steps: number,
  context: Pick<Context, 'columns' | 'color'>,
): string[] {
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
  if (iterations.some((i) => i.circulantDeviation !== null)) {
    panels.push({
      label: 'circulant structure',
      values: values((i) => 1 - (i.circulantDeviation ?? Number.NaN)),
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
