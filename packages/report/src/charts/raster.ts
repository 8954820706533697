import { checkMembers, checkNumbers } from '@agop/core/options';
import { divergingRamp, grayRamp, type Ramp, sequentialRamp } from '../color/palette.ts';
import { rampIndex, sampleRamp, toHex } from '../color/ramp.ts';
import { pngDataUri } from '../png/encode.ts';

/** Which colours stand for values. `auto`: diverging if any value is negative, else sequential. */
export type RampName = 'auto' | 'sequential' | 'diverging' | 'gray';

/** Colours and the range of values they stand for. */
export interface ValueScale {
  readonly ramp: Ramp;
  readonly low: number;
  readonly high: number;
}

/** The scale for values: from 0 (sequential), symmetric about 0 (diverging) or from the smallest (gray). */
export function valueScale(
  values: ArrayLike<number>,
  name: RampName = 'auto',
  domain?: readonly [number, number],
): ValueScale {
  let low = Number.POSITIVE_INFINITY;
  let high = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < values.length; i++) {
    const value = values[i] as number;
    if (!Number.isFinite(value)) continue;
    low = Math.min(low, value);
    high = Math.max(high, value);
  }
  if (low > high) [low, high] = [0, 1];
  const chosen = name === 'auto' ? (low < 0 ? 'diverging' : 'sequential') : name;
  if (chosen === 'gray') return { ramp: grayRamp, ...range(domain ?? [low, high]) };
  if (chosen === 'sequential') return { ramp: sequentialRamp, ...range(domain ?? [Math.min(0, low), high]) };
  const extreme = Math.max(Math.abs(low), Math.abs(high));
  return { ramp: divergingRamp, ...range(domain ?? [-extreme, extreme]) };
}

/** The difference of two numbers up to this one does not overflow; larger ones have the last colors. */
const most = Number.MAX_VALUE / 2;

function range(ends: readonly [number, number]): { low: number; high: number } {
  const [low, high] = ends.map((end) => Math.min(most, Math.max(-most, end))) as [number, number];
  if (low < high) return { low, high };
  return low < most ? { low, high: low + Math.max(1, Math.abs(low) / 2) } : { low: low / 2, high: low };
}

/** Where and how large a raster is drawn, in pixels of the drawing. */
export interface Box {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/**
 * SVG markup that draws a row-major array of values, one cell each, in the colours of the background it is
 * seen on. Cells that are not finite get the colour of the lowest value.
 */
export function rasterMarkup(
  values: ArrayLike<number>,
  rows: number,
  columns: number,
  scale: ValueScale,
  box: Box,
): string {
  const indices = Uint8Array.from({ length: rows * columns }, (_, i) =>
    rampIndex(values[i] as number, scale.low, scale.high),
  );
  const image = (mode: 'light' | 'dark') =>
    imageMarkup(pngDataUri(columns, rows, { indices, palette: sampleRamp(scale.ramp[mode]) }), box);
  if (scale.ramp.light === scale.ramp.dark || scale.ramp === grayRamp) return image('light');
  // The light one comes last: a viewer that does not know the style draws it on top.
  return `<g class="agop-on-dark">${image('dark')}</g><g class="agop-on-light">${image('light')}</g>`;
}

/** How {@link rasterPixels} colors values. */
export interface RasterPixelOptions {
  /** Default `auto`. */
  readonly ramp?: RampName;
  /** Values of the first and the last color. Default: of the values. */
  readonly domain?: readonly [number, number];
  /** Whether the background is dark. Default false. */
  readonly dark?: boolean;
}

/**
 * Values in the colors of heat maps, as pixels for a canvas: red, green, blue and 255 of each. For pictures
 * that move; those of pages are made by `heatMap` and `imageGrid`.
 *
 * @throws {OptionError} for unknown options, and for values of another kind
 */
export function rasterPixels(
  values: ArrayLike<number>,
  options: RasterPixelOptions = {},
): Uint8ClampedArray<ArrayBuffer> {
  checkMembers('rasterPixels()', options, { ramp: 'text?', domain: 'numbers?', dark: 'flag?' });
  checkNumbers('values', values);
  const { ramp = 'auto', domain, dark = false } = options;
  const scale = valueScale(values, ramp, domain);
  const colors = sampleRamp(scale.ramp[dark ? 'dark' : 'light']);
  const pixels = new Uint8ClampedArray(4 * values.length);
  for (let i = 0; i < values.length; i++) {
    const color = colors[rampIndex(values[i] as number, scale.low, scale.high)] as readonly [
      number,
      number,
      number,
    ];
    pixels.set(color, 4 * i);
    pixels[4 * i + 3] = 255;
  }
  return pixels;
}

/** SVG markup of a picture of red, green and blue bytes. */
export function rgbMarkup(rgb: Uint8Array, height: number, width: number, box: Box): string {
  return imageMarkup(pngDataUri(width, height, { rgb }), box);
}

/** SVG markup of a vertical colour ramp, the highest value on top. */
export function rampMarkup(scale: ValueScale, box: Box): string {
  const steps = 64;
  const strip = (mode: 'light' | 'dark') => {
    const colors = sampleRamp(scale.ramp[mode]);
    const height = box.height / steps;
    return Array.from({ length: steps }, (_, i) => {
      const color = colors[Math.round(((steps - 1 - i) / (steps - 1)) * (colors.length - 1))];
      const y = (box.y + i * height).toFixed(2);
      return `<rect x="${box.x}" y="${y}" width="${box.width}" height="${(height + 0.5).toFixed(2)}" fill="${toHex(color ?? [0, 0, 0])}"/>`;
    }).join('');
  };
  return `<g class="agop-on-dark">${strip('dark')}</g><g class="agop-on-light">${strip('light')}</g>`;
}

function imageMarkup(uri: string, { x, y, width, height }: Box): string {
  return `<image x="${x}" y="${y}" width="${width}" height="${height}" preserveAspectRatio="none" href="${uri}"/>`;
}

/** A row-major array of values. */
export interface Grid {
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/**
 * A matrix with at most `limit` rows and columns. Each new cell takes the entry of largest magnitude among
 * those it covers, so that single large entries (a diagonal, say) stay visible.
 */
export function shrink(data: ArrayLike<number>, rows: number, columns: number, limit: number): Grid {
  if (rows <= limit && columns <= limit) return { data, rows, columns };
  const newRows = Math.min(rows, limit);
  const newColumns = Math.min(columns, limit);
  const small = new Float64Array(newRows * newColumns);
  for (let row = 0; row < rows; row++) {
    const start = Math.floor((row * newRows) / rows) * newColumns;
    for (let column = 0; column < columns; column++) {
      const cell = start + Math.floor((column * newColumns) / columns);
      const value = data[row * columns + column] as number;
      if (Math.abs(value) > Math.abs(small[cell] as number)) small[cell] = value;
    }
  }
  return { data: small, rows: newRows, columns: newColumns };
}
