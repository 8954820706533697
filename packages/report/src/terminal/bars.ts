import { largest } from '../extent.ts';
import { formatNumber } from '../svg/text.ts';
import { type TerminalStyle, terminalStyle } from './style.ts';
import { columnsOf, fitColumns, printable } from './text.ts';

const eighths = ['', '▏', '▎', '▍', '▌', '▋', '▊', '▉'];

/** Options of {@link barTable}. */
export interface BarTableOptions {
  /** Columns in all. */
  readonly width: number;
  /** Value of a full bar. Default: the largest. */
  readonly maximum?: number;
  readonly format?: (value: number) => string;
  readonly style?: TerminalStyle;
}

/** Names, values and bars, one line each. Values below zero have no bar. */
export function barTable(
  bars: readonly { readonly label: string; readonly value: number }[],
  options: BarTableOptions,
): string[] {
  const { format = formatNumber, style = terminalStyle(false) } = options;
  const texts = bars.map((bar) => format(bar.value));
  const valueWidth = largest(texts.map(columnsOf), 0);
  const longest = largest(
    bars.map((bar) => columnsOf(printable(bar.label))),
    0,
  );
  const labelWidth = Math.min(longest, Math.max(8, Math.floor(0.4 * options.width)));
  const barWidth = Math.max(0, options.width - labelWidth - valueWidth - 4);
  const maximum = options.maximum ?? largest(bars.map((bar) => bar.value).filter(Number.isFinite), 0);
  return bars.map(({ label, value }, i) => {
    const share = maximum > 0 && value > 0 ? Math.min(1, value / maximum) : 0;
    const size = Math.round(share * barWidth * 8);
    const bar = '█'.repeat(Math.floor(size / 8)) + eighths[size % 8];
    const line = `${fitColumns(label, labelWidth)}  ${fitColumns(texts[i] ?? '', valueWidth, 'left')}  ${style.series(0, bar)}`;
    return line.trimEnd();
  });
}
