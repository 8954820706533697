import { ShapeError } from '@agop/core';
import { checkMembers } from '@agop/core/options';
import { type ChartOptions, checkChart, defaultWidth, frameSvg } from '../svg/frame.ts';
import { escapeMarkup } from '../svg/text.ts';
import { wrapText } from './labels.ts';
import { type RampName, rasterMarkup, rgbMarkup, valueScale } from './raster.ts';

/** One picture: row-major values, channels last. */
export interface Picture {
  readonly data: ArrayLike<number>;
  readonly height: number;
  readonly width: number;
  /** 1 (default): values in colours of a ramp. 3: red, green and blue. */
  readonly channels?: number;
  readonly label?: string;
}

/** Options of {@link imageGrid}. */
export interface ImageGridOptions extends ChartOptions {
  readonly pictures: readonly Picture[];
  /** Pictures in a row. Default: as many as fit at 64 pixels or more. */
  readonly columns?: number;
  /** Colours of one-channel pictures. Default `auto`; `gray` for photographs. */
  readonly ramp?: RampName;
  /** Whether pictures share one scale of values (`shared`), or each has its own (default `each`). */
  readonly range?: 'shared' | 'each';
  /** Values that have the first and the last colour (black and full colour, with three channels). */
  readonly domain?: readonly [number, number];
}

const gap = 10;
/** Of captions. */
const lineHeight = 14;
const smallest = 64;
const largest = 280;

/**
 * Small pictures side by side: filters, digits, importances arranged as an image. Three-channel pictures are
 * scaled so that the smallest value is dark and the largest light, unless `domain` is given.
 *
 * @returns the text of an `<svg>` element
 * @throws {OptionError} for unknown options, and for values of another kind
 * @throws {ShapeError} if a picture's data are not height x width x channels values, with 1 or 3 channels
 */
export function imageGrid(options: ImageGridOptions): string {
  checkChart('imageGrid()', options, {
    ...{ pictures: 'objects', columns: 'number?', ramp: 'text?', range: 'text?', domain: 'numbers?' },
  });
  const kinds = {
    data: 'numbers',
    height: 'number',
    width: 'number',
    channels: 'number?',
    label: 'text?',
  } as const;
  for (const [i, picture] of options.pictures.entries()) checkMembers(`pictures[${i}]`, picture, kinds);
  const { pictures } = options;
  for (const [i, { data, height, width, channels = 1 }] of pictures.entries()) {
    if ((channels === 1 || channels === 3) && data.length === height * width * channels && data.length > 0)
      continue;
    throw new ShapeError(
      `Picture ${i} has ${data.length} values, which are not ${height} x ${width} pixels with ${channels} channels (1 or 3).`,
    );
  }
  const width = options.width ?? defaultWidth;
  const fitting = Math.max(1, Math.floor((width + gap) / (smallest + gap)));
  const columns = Math.max(1, options.columns ?? Math.min(pictures.length, fitting));
  const size = Math.min(largest, (width - gap * (columns - 1)) / columns);
  const captions = pictures.map(({ label }) => (label ? wrapText(label, size + gap) : []));
  const captionLines = captions.reduce((most, { length }) => Math.max(most, length), 0);
  const captionHeight = captionLines === 0 ? 0 : 4 + lineHeight * captionLines;
  const tallest = pictures.reduce((most, picture) => Math.max(most, picture.height / picture.width), 0);
  const rowHeight = size * tallest + captionHeight + gap;
  const shared =
    options.range === 'shared' ? pictures.flatMap((picture) => Array.from(picture.data)) : undefined;
  const body = pictures.map((picture, i) => {
    const x = round((i % columns) * (size + gap));
    const y = round(Math.floor(i / columns) * rowHeight);
    const box = { x, y, width: round(size), height: round((size * picture.height) / picture.width) };
    const caption = (captions[i] ?? []).map(
      (line, at) =>
        `<text x="${round(x + size / 2)}" y="${round(y + box.height + lineHeight * (at + 1))}" text-anchor="middle">${escapeMarkup(line)}</text>`,
    );
    const outline = `<rect x="${x}" y="${y}" width="${box.width}" height="${box.height}" fill="none" stroke="currentColor" stroke-opacity=".2"/>`;
    return drawPicture(picture, shared ?? picture.data, options, box) + outline + caption.join('');
  });
  const drawnWidth = Math.ceil(Math.min(columns, Math.max(1, pictures.length)) * (size + gap) - gap);
  const drawnHeight = Math.ceil(Math.ceil(pictures.length / columns) * rowHeight - gap);
  return frameSvg(drawnWidth, Math.max(1, drawnHeight), body.join(''), {
    ...options,
    description: options.description ?? `${pictures.length} pictures.`,
  });
}

function drawPicture(
  picture: Picture,
  scaled: ArrayLike<number>,
  options: ImageGridOptions,
  box: { x: number; y: number; width: number; height: number },
): string {
  const scale = valueScale(scaled, picture.channels === 3 ? 'gray' : options.ramp, options.domain);
  if (picture.channels !== 3) return rasterMarkup(picture.data, picture.height, picture.width, scale, box);
  const rgb = Uint8Array.from(picture.data, (value) =>
    Math.min(255, Math.max(0, Math.round((255 * (value - scale.low)) / (scale.high - scale.low)))),
  );
  return rgbMarkup(rgb, picture.height, picture.width, box);
}

function round(value: number): number {
  return Math.round(value * 100) / 100;
}
