import { formatPercent, type Panel, panelChart, terminalStyle } from '@agop/report';
import type { Context } from '../command.ts';

/** What the terminal shows of a layer, while the work goes on and afterwards. */
export interface ChartLayer {
  readonly nc1: number;
  readonly nc2: number;
  readonly heldOutNc1: number;
  readonly accuracy: number;
}

/**
 * Collapse over depth as curves for a terminal, NC1 and NC2 on a logarithmic scale.
 *
 * @param depth layers that the whole width stands for
 */
export function terminalChart(
  layers: readonly ChartLayer[],
  depth: number,
  context: Pick<Context, 'columns' | 'color'>,
): string[] {
  const accuracies = layers.map(({ accuracy }) => accuracy);
  const panels: Panel[] = [
    logarithmic(
      'NC1, training',
      layers.map(({ nc1 }) => nc1),
    ),
    logarithmic(
      'NC1, held out',
      layers.map(({ heldOutNc1 }) => heldOutNc1),
    ),
    logarithmic(
      'NC2, training',
      layers.map(({ nc2 }) => nc2),
    ),
    {
      label: 'accuracy',
      values: accuracies,
      domain: [Math.min(0.9, ...accuracies), 1],
      format: formatPercent,
    },
  ];
  return panelChart(panels, {
    width: Math.min(100, context.columns - 1),
    steps: depth,
    style: terminalStyle(context.color),
  });
}

function logarithmic(label: string, values: readonly number[]): Panel {
  return {
    label,
    values: values.map((value) => (value > 0 ? Math.log10(value) : Number.NaN)),
    format: (exponent) => (Number.isFinite(exponent) ? (10 ** exponent).toExponential(1) : '0'),
  };
}
