import { type Panel, panelChart, terminalStyle } from '@agop/report/terminal';
import type { Context } from '../command.ts';

/**
 * Curves below each other, in the width of the terminal.
 *
 * @param steps what the whole width stands for
 */
export function curves(panels: readonly Panel[], steps: number, { columns, color }: Context): string[] {
  return panelChart(panels, { width: Math.min(100, columns - 1), steps, style: terminalStyle(color) });
}

/** A title as it is shown. */
export function headline(title: string, { color }: Context): string {
  return terminalStyle(color).bold(title);
}
