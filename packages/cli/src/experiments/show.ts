import { type Panel, type PanelOptions, panelChart, terminalStyle } from '@agop/report/terminal';
import type { Context } from '../command.ts';

/** What the width of curves stands for: so many steps, what they are called, the number of the first. */
type CurveAxis = Required<Pick<PanelOptions, 'steps' | 'stepLabel' | 'firstStep'>>;

/**
 * Curves below each other, in the width of the terminal.
 */
export function curves(
  panels: readonly Panel[],
  { steps, ...axis }: CurveAxis,
  { columns, color }: Context,
): string[] {
  return panelChart(panels, {
    width: Math.min(100, columns - 1),
    steps,
    ...axis,
    style: terminalStyle(color),
  });
}

/** A title as it is shown. */
export function headline(title: string, { color }: Context): string {
  return terminalStyle(color).bold(title);
}
