import { largest } from '../extent.ts';
import { formatNumber } from '../svg/text.ts';
import { type TerminalStyle, terminalStyle } from './style.ts';
import { columnsOf, fitColumns, printable } from './text.ts';

/** One curve in its own strip. */
export interface Panel {
  readonly label: string;
  /** One value per step so far; what is not finite leaves a gap. */
  readonly values: ArrayLike<number>;
  /** Values at the bottom and top of the strip. Default: those of the data so far. */
  readonly domain?: readonly [number, number];
  readonly format?: (value: number) => string;
}

/** Options of {@link panelChart}. */
export interface PanelOptions {
  /** Columns in all. */
  readonly width: number;
  /** Lines of each strip. Default 3. */
  readonly height?: number;
  /** Steps that the whole width stands for; more steps shrink it. Default: those so far. */
  readonly steps?: number;
  /** What the steps are called, in a line of its own with the first and the last. Default: no line. */
  readonly stepLabel?: string;
  /** Number of the first step. Default 0. */
  readonly firstStep?: number;
  readonly style?: TerminalStyle;
}

/** Bits of the dots of a Braille cell (Unicode U+2800), by column and row. */
const dots = [
  [0x01, 0x02, 0x04, 0x40],
  [0x08, 0x10, 0x20, 0x80],
] as const;

/**
 * Curves below each other, each in a strip of Braille dots with its name and latest value: they are told
 * apart without colour, and each has a scale of its own, whose ends stand beside the strip where there are 60
 * columns.
 *
 * @returns lines of exactly `width` columns (when they are at least 30), `height` for each panel, and one
 *   with `stepLabel`
 */
export function panelChart(panels: readonly Panel[], options: PanelOptions): string[] {
  const style = options.style ?? terminalStyle(false);
  const height = options.height ?? 3;
  const labelWidth = Math.min(24, Math.max(12, Math.floor(options.width / 4)));
  const scaleWidth = options.width >= 60 && height > 1 ? 10 : 0;
  const plotWidth = Math.max(8, options.width - labelWidth - scaleWidth - 2);
  const steps = largest(
    panels.map((panel) => panel.values.length),
    options.steps ?? 0,
  );
  const lines = panels.flatMap((panel, p) => {
    const { values, format = formatNumber } = panel;
    const domain = panel.domain ?? range(values);
    const last = values.length === 0 ? Number.NaN : (values[values.length - 1] as number);
    const side = Array.from({ length: height }, () => ' '.repeat(labelWidth));
    side[0] = style.bold(fitColumns(panel.label, labelWidth));
    if (height > 1) side[1] = fitColumns(format(last), labelWidth);
    else side[0] = fitColumns(`${panel.label} ${format(last)}`, labelWidth);
    const ends = Array.from({ length: height }, () => '');
    if (domain && scaleWidth > 0) [ends[0], ends[height - 1]] = [format(domain[1]), format(domain[0])];
    return brailleCurve(values, domain ?? [0, 1], plotWidth, height, steps).map((line, i) => {
      const end = style.dim(fitColumns(ends[i] ?? '', scaleWidth, 'left'));
      return `${side[i]}${end} ${style.dim('│')}${style.series(p, line)}`;
    });
  });
  const { stepLabel, firstStep = 0 } = options;
  if (stepLabel === undefined) return lines;
  const before = ' '.repeat(labelWidth + scaleWidth + 1);
  const axis = stepAxis(stepLabel, firstStep, firstStep + Math.max(0, steps - 1), plotWidth);
  return [...lines, `${before}${style.dim(`└${axis}`)}`];
}

/** `0 ─── iteration ─── 25`, in exactly `width` columns. */
function stepAxis(label: string, first: number, last: number, width: number): string {
  const [begin, end, name] = [`${first} `, ` ${last}`, ` ${printable(label)} `];
  const free = width - columnsOf(begin) - columnsOf(end) - columnsOf(name);
  if (free < 2) return fitColumns(`${begin}${printable(label)}${end}`, width);
  const half = Math.floor(free / 2);
  return `${begin}${'─'.repeat(half)}${name}${'─'.repeat(free - half)}${end}`;
}

/** The least and the greatest of finite values; undefined where there are none. */
function range(values: ArrayLike<number>): readonly [number, number] | undefined {
  const finite = Array.from(values).filter(Number.isFinite);
  const low = finite.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const high = finite.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  if (low > high) return undefined;
  return low < high ? [low, high] : [low - 0.5, low + 0.5];
}

function brailleCurve(
  values: ArrayLike<number>,
  [low, high]: readonly [number, number],
  width: number,
  height: number,
  steps: number,
): string[] {
  const cells = new Uint8Array(width * height);
  const [columns, rows] = [2 * width, 4 * height];
  const dot = (x: number, y: number) => {
    const cell = Math.floor(y / 4) * width + Math.floor(x / 2);
    cells[cell] = (cells[cell] as number) | ((dots[x % 2]?.[y % 4] ?? 0) as number);
  };
  let previous: number | undefined;
  let previousX = 0;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) {
      previous = undefined;
      continue;
    }
    // By halves: the difference of extremes would overflow.
    const t = Math.min(1, Math.max(0, (value / 2 - low / 2) / (high / 2 - low / 2 || 1)));
    const y = Math.round((1 - t) * (rows - 1));
    const x = steps <= 1 ? 0 : Math.round((i / (steps - 1)) * (columns - 1));
    if (previous === undefined) dot(x, y);
    else segment(previousX, previous, x, y, dot);
    previous = y;
    previousX = x;
  }
  return Array.from({ length: height }, (_, row) =>
    Array.from(cells.subarray(row * width, (row + 1) * width), (bits) =>
      String.fromCodePoint(0x2800 + bits),
    ).join(''),
  );
}

/** Dots from one point to the next, so that a jump stays connected. */
function segment(x0: number, y0: number, x1: number, y1: number, dot: (x: number, y: number) => void): void {
  const count = Math.max(Math.abs(x1 - x0), Math.abs(y1 - y0), 1);
  for (let i = 1; i <= count; i++) {
    dot(Math.round(x0 + (i / count) * (x1 - x0)), Math.round(y0 + (i / count) * (y1 - y0)));
  }
}
