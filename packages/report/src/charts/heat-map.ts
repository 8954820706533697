import { ShapeError } from '@agop/core';
import { checkMembers } from '@agop/core/options';
import { type ChartOptions, checkChart, defaultWidth, frameSvg } from '../svg/frame.ts';
import { escapeMarkup, formatNumber } from '../svg/text.ts';
import { fitText, textWidth } from './labels.ts';
import { type RampName, rampMarkup, rasterMarkup, shrink, valueScale } from './raster.ts';

/** A dense row-major matrix. */
export interface MatrixData {
  readonly data: ArrayLike<number>;
  readonly shape: readonly [rows: number, columns: number] | readonly number[];
}

/** Options of {@link heatMap}. */
export interface HeatMapOptions extends ChartOptions {
  readonly matrix: MatrixData;
  /** Names of rows and columns; drawn while there is room for them. */
  readonly rowLabels?: readonly string[];
  readonly columnLabels?: readonly string[];
  /** Colours. Default `auto`: diverging if there are negative values, else sequential. */
  readonly ramp?: RampName;
  /** Values that have the first and the last colour. Default: those of the data, symmetric if diverging. */
  readonly domain?: readonly [number, number];
  /** Rows and columns before which a thin line is drawn, to show blocks. */
  readonly blocks?: readonly number[];
}

/** A larger matrix is shrunk to this many rows and columns. */
const largest = 512;
/** Most rows or columns whose names are drawn. */
const namedCells = 32;
const legend = { gap: 16, width: 12, text: 52 };

/**
 * A matrix as a picture: one cell per entry, embedded as a small PNG, with a colour ramp. A matrix of more
 * than 512 rows or columns is shrunk: each cell then shows the entry of largest magnitude among those it
 * stands for.
 *
 * @returns the text of an `<svg>` element
 * @throws {OptionError} for unknown options, and for values of another kind
 * @throws {ShapeError} if `data` and `shape` do not go together
 */
export function heatMap(options: HeatMapOptions): string {
  checkChart('heatMap()', options, {
    ...{ matrix: 'object', rowLabels: 'texts?', columnLabels: 'texts?', ramp: 'text?' },
    ...{ domain: 'numbers?', blocks: 'numbers?' },
  });
  checkMembers('the matrix of heatMap()', options.matrix, { data: 'numbers', shape: 'numbers' });
  const [rows = 0, columns = 0] = options.matrix.shape;
  const { data } = options.matrix;
  if (options.matrix.shape.length !== 2 || rows * columns !== data.length || data.length === 0) {
    throw new ShapeError(
      `A heat map needs a matrix, but shape [${options.matrix.shape}] has ${data.length} values.`,
    );
  }
  const small = shrink(data, rows, columns, largest);
  const scale = valueScale(data, options.ramp, options.domain);
  const names = namesOf(options, rows, columns);
  const left = names.left.width;
  const top = names.top.width;
  const room = (options.width ?? defaultWidth) - left - legend.gap - legend.width - legend.text;
  const cell = Math.min(room / columns, (1.5 * room) / rows, 40);
  const box = { x: left, y: top, width: round(cell * columns), height: round(cell * rows) };
  const ramp = {
    x: left + box.width + legend.gap,
    y: top,
    width: legend.width,
    height: Math.max(60, Math.min(box.height, 200)),
  };
  const body = [
    rasterMarkup(small.data, small.rows, small.columns, scale, box),
    blockLines(options.blocks ?? [], rows, columns, box),
    `<rect x="${box.x}" y="${box.y}" width="${box.width}" height="${box.height}" fill="none" stroke="currentColor" stroke-opacity=".4"/>`,
    names.left.markup(cell, box),
    names.top.markup(cell, box),
    rampMarkup(scale, ramp),
    legendText(scale.low, scale.high, ramp),
  ].join('');
  const height = Math.ceil(Math.max(box.y + box.height, ramp.y + ramp.height) + 8);
  const width = Math.ceil(ramp.x + ramp.width + legend.text);
  const shrunk =
    small.rows < rows || small.columns < columns ? ' Shrunk: each cell shows its largest entry.' : '';
  const description = `${rows} x ${columns} matrix, values from ${formatNumber(scale.low)} to ${formatNumber(scale.high)}.${shrunk}`;
  return frameSvg(width, height, body, { ...options, description: options.description ?? description });
}

interface Edge {
  readonly width: number;
  readonly markup: (cell: number, box: { x: number; y: number; width: number; height: number }) => string;
}

function namesOf(options: HeatMapOptions, rows: number, columns: number): { left: Edge; top: Edge } {
  return {
    left: edge(
      options.rowLabels,
      rows,
      (position, text, box) =>
        `<text x="${box.x - 6}" y="${round(box.y + position)}" dy=".35em" text-anchor="end">${text}</text>`,
    ),
    top: edge(options.columnLabels, columns, (position, text, box) => {
      const x = round(box.x + position);
      return `<text transform="translate(${x},${box.y - 6}) rotate(-60)" dy=".35em">${text}</text>`;
    }),
  };
}

/** Names along one edge if there are few enough, else the numbers of some of its cells. */
function edge(
  labels: readonly string[] | undefined,
  count: number,
  draw: (position: number, text: string, box: { x: number; y: number }) => string,
): Edge {
  if (labels !== undefined && count <= namedCells) {
    const names = labels.slice(0, count).map((label) => fitText(label, 110));
    const width = names.reduce((most, name) => Math.max(most, 14 + textWidth(name)), 14);
    return {
      width: Math.ceil(width),
      markup: (cell, box) => names.map((name, i) => draw((i + 0.5) * cell, escapeMarkup(name), box)).join(''),
    };
  }
  const step = tickStep(count);
  const ticks = Array.from({ length: Math.ceil(count / step) }, (_, i) => i * step);
  return {
    width: Math.ceil(14 + textWidth(String(count))),
    markup: (cell, box) => ticks.map((tick) => draw((tick + 0.5) * cell, String(tick), box)).join(''),
  };
}

/** 1, 2 or 5 times a power of ten, for about six ticks. */
function tickStep(count: number): number {
  const rough = Math.max(1, count / 6);
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * ([1, 2, 5, 10].find((factor) => factor * power >= rough) ?? 10);
}

function blockLines(
  blocks: readonly number[],
  rows: number,
  columns: number,
  box: { x: number; y: number; width: number; height: number },
): string {
  const line = (x1: number, y1: number, x2: number, y2: number) =>
    `<line x1="${round(x1)}" y1="${round(y1)}" x2="${round(x2)}" y2="${round(y2)}" stroke="currentColor" stroke-opacity=".45"/>`;
  return blocks
    .map((at) => {
      const x = box.x + (at / columns) * box.width;
      const y = box.y + (at / rows) * box.height;
      const vertical = at > 0 && at < columns ? line(x, box.y, x, box.y + box.height) : '';
      return vertical + (at > 0 && at < rows ? line(box.x, y, box.x + box.width, y) : '');
    })
    .join('');
}

function legendText(
  low: number,
  high: number,
  box: { x: number; y: number; width: number; height: number },
): string {
  const middle = low < 0 && high > 0 ? 0 : (low + high) / 2;
  return [high, middle, low]
    .map((value) => {
      const y = round(box.y + box.height * (1 - (value - low) / (high - low)));
      return `<text x="${box.x + box.width + 5}" y="${y}" dy=".35em">${escapeMarkup(formatNumber(value, 3))}</text>`;
    })
    .join('');
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
