import { ShapeError } from '@agop/core';
import { checkMembers } from '@agop/core/options';
import { largest, smallest } from '../extent.ts';
import {
  type ChartOptions,
  checkChart,
  defaultWidth,
  frameSvg,
  seriesColor,
  signColors,
} from '../svg/frame.ts';
import { escapeMarkup, formatNumber } from '../svg/text.ts';
import { fitText, textWidth } from './labels.ts';

/** Bars of one quantity, one for each name of the chart. */
export interface BarPanel {
  readonly label: string;
  /** One value for each name; NaN has no bar. */
  readonly values: ArrayLike<number>;
}

/** Options of {@link barPanels}. */
export interface BarPanelsOptions extends ChartOptions {
  /** What the bars of each panel are of, from top to bottom. */
  readonly names: readonly string[];
  readonly panels: readonly BarPanel[];
  /** How values are printed at the ends of bars. Default: three significant digits. */
  readonly format?: (value: number) => string;
}

const rowHeight = 17;
const barHeight = 11;
/** Of the label of a panel, and below its bars. */
const [headHeight, footHeight] = [20, 12];
const nameLimit = 110;
/** Room for the longest bar where panels stand beside each other, and between them. */
const [narrowestBar, gap] = [56, 14];

/**
 * Horizontal bars of several quantities over the same names, a panel for each, all in one scale: how the
 * probabilities of classes change with a category.
 *
 * @returns the text of an `<svg>` element
 * @throws {OptionError} for unknown options, and for values of another kind
 * @throws {ShapeError} for a panel with more or fewer values than there are names
 */
export function barPanels(options: BarPanelsOptions): string {
  checkBarPanels(options);
  const { panels, format = (value: number) => formatNumber(value, 3) } = options;
  const width = options.width ?? defaultWidth;
  const names = options.names.map((name) => fitText(name, nameLimit));
  const left = 8 + largest(names.map(textWidth), 0);
  const texts = panels.map(({ values }) => Array.from(values, format));
  const printed = 8 + largest(texts.flat().map(textWidth), 0);
  const scale = scaleOf(panels.flatMap(({ values }) => Array.from(values).filter(Number.isFinite)));
  const ends = scale.zero > 0 ? 2 * printed : printed;
  const fitting = Math.max(1, Math.floor((width - left + gap) / (narrowestBar + ends + gap)));
  const lines = Math.max(1, Math.ceil(panels.length / fitting));
  const columns = Math.max(1, Math.ceil(panels.length / lines));
  const panelWidth = (width - left - gap * (columns - 1)) / columns;
  const room = Math.max(1, panelWidth - ends);
  const panelHeight = headHeight + rowHeight * names.length + footHeight;
  const body = panels.map(({ label, values }, k) => {
    const x = left + (k % columns) * (panelWidth + gap);
    const top = Math.floor(k / columns) * panelHeight;
    const zero = x + (scale.zero > 0 ? printed : 0) + room * scale.zero;
    const bars = names.map((_, i) => {
      const middle = top + headHeight + rowHeight * (i + 0.5);
      return barMarkup(values[i] as number, texts[k]?.[i] ?? '', { zero, middle, room, scale });
    });
    const head = fitText(label, panelWidth / boldness);
    const bottom = top + headHeight + rowHeight * names.length;
    return (
      `<text x="${round(x)}" y="${top + 13}" font-weight="600">${escapeMarkup(head)}</text>${bars.join('')}` +
      `<line x1="${round(zero)}" x2="${round(zero)}" y1="${top + headHeight}" y2="${bottom}" ` +
      'stroke="currentColor" stroke-opacity=".5"/>'
    );
  });
  const beside = Array.from({ length: panels.length === 0 ? 0 : lines }, (_, line) =>
    names.map((name, i) => {
      const y = line * panelHeight + headHeight + rowHeight * (i + 0.5);
      return `<text x="${round(left - 6)}" y="${y}" dy=".35em" text-anchor="end">${escapeMarkup(name)}</text>`;
    }),
  );
  const description = panels.map(({ label }, k) => `${label}: ${(texts[k] ?? []).slice(0, 5).join(', ')}`);
  return frameSvg(
    width,
    Math.max(1, lines * panelHeight - footHeight),
    [...beside.flat(), ...body].join(''),
    {
      ...options,
      description: options.description ?? (description.join('; ') || 'No bars.'),
    },
  );
}

/** How much wider semibold letters are. */
const boldness = 1.1;

/** From values to shares of the room for bars; values may be as large as numbers are. */
interface BarScale {
  /** Where 0 is. */
  readonly zero: number;
  readonly lengthOf: (value: number) => number;
}

function scaleOf(values: readonly number[]): BarScale {
  const [low, high] = [smallest(values, 0), largest(values, 0)];
  const size = Math.max(-low, high) || 1;
  const span = high / size - low / size || 1;
  return { zero: -low / size / span, lengthOf: (value) => Math.abs(value) / size / span };
}

interface BarPlace {
  readonly zero: number;
  readonly middle: number;
  readonly room: number;
  readonly scale: BarScale;
}

function barMarkup(value: number, text: string, { zero, middle, room, scale }: BarPlace): string {
  const isNegative = value < 0;
  const length = Number.isFinite(value) ? room * scale.lengthOf(value) : 0;
  const color = scale.zero === 0 ? seriesColor(0) : isNegative ? signColors.negative : signColors.positive;
  const end = isNegative ? zero - length : zero + length;
  return (
    `<rect x="${round(Math.min(zero, end))}" y="${middle - barHeight / 2}" width="${round(length)}" ` +
    `height="${barHeight}" fill="${color}"/>` +
    `<text x="${round(end + (isNegative ? -4 : 4))}" y="${middle}" dy=".35em" fill-opacity=".85" ` +
    `text-anchor="${isNegative ? 'end' : 'start'}">${escapeMarkup(text)}</text>`
  );
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}

function checkBarPanels(options: BarPanelsOptions): void {
  checkChart('barPanels()', options, { names: 'texts', panels: 'objects', format: 'function?' });
  const { length } = options.names;
  for (const [i, panel] of options.panels.entries()) {
    checkMembers(`panels[${i}]`, panel, { label: 'text', values: 'numbers' });
    if (panel.values.length === length) continue;
    throw new ShapeError(
      `Panel ${i} has ${panel.values.length} values, but the chart has ${length} names: it needs one for each.`,
    );
  }
}
