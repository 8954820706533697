import { ShapeError, shownValue } from '@agop/core';
import { checkMembers, checkWhole } from '@agop/core/options';
import { zlibSync } from 'fflate';
import type { Rgb } from '../color/ramp.ts';

/** Pixels of a PNG: numbers into a palette, or red, green and blue. */
export type PngPixels =
  | { readonly indices: Uint8Array; readonly palette: readonly Rgb[] }
  | { readonly rgb: Uint8Array };

/**
 * A PNG file (8 bits a channel, no interlacing; W3C Portable Network Graphics) as a `data:` address.
 *
 * @param pixels row-major, `width` x `height` (x 3)
 */
export function pngDataUri(width: number, height: number, pixels: PngPixels): string {
  return `data:image/png;base64,${toBase64(encodePng(width, height, pixels))}`;
}

/**
 * The bytes of a PNG file (8 bits a channel, no interlacing; W3C Portable Network Graphics).
 *
 * @param pixels row-major, `width` x `height` (x 3)
 */
export function encodePng(width: number, height: number, pixels: PngPixels): Uint8Array {
  checkPixels(width, height, pixels);
  const isIndexed = 'indices' in pixels;
  const header = new DataView(new ArrayBuffer(13));
  header.setUint32(0, width);
  header.setUint32(4, height);
  header.setUint8(8, 8);
  header.setUint8(9, isIndexed ? 3 : 2);
  const chunks = [chunk('IHDR', new Uint8Array(header.buffer))];
  if (isIndexed) chunks.push(chunk('PLTE', Uint8Array.from(pixels.palette.flat())));
  const lines = isIndexed ? filtered(pixels.indices, width, height) : filtered(pixels.rgb, 3 * width, height);
  chunks.push(chunk('IDAT', zlibSync(lines, { level: 9 })), chunk('IEND', new Uint8Array(0)));
  return concatenate([Uint8Array.of(0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a), ...chunks]);
}

function checkPixels(width: number, height: number, pixels: PngPixels): void {
  checkWhole('width', width, 1, 2 ** 16);
  checkWhole('height', height, 1, 2 ** 16);
  const isIndexed = typeof pixels === 'object' && pixels !== null && 'indices' in pixels;
  checkMembers(
    'encodePng()',
    pixels,
    isIndexed ? { indices: 'numbers', palette: 'lists' } : { rgb: 'numbers' },
  );
  const bytes: unknown = isIndexed ? pixels.indices : pixels.rgb;
  const expected = width * height * (isIndexed ? 1 : 3);
  if (bytes instanceof Uint8Array && bytes.length === expected) return;
  const given = bytes instanceof Uint8Array ? `${bytes.length}` : shownValue(bytes);
  throw new ShapeError(
    `encodePng: ${width} x ${height} pixels are ${expected} bytes, but these are ${given}.`,
  );
}

/** Every line with the filter type 0 (none) before it. */
function filtered(bytes: Uint8Array, stride: number, height: number): Uint8Array {
  const lines = new Uint8Array((stride + 1) * height);
  for (let y = 0; y < height; y++) {
    lines.set(bytes.subarray(y * stride, (y + 1) * stride), y * (stride + 1) + 1);
  }
  return lines;
}

function chunk(type: string, data: Uint8Array): Uint8Array {
  const bytes = new Uint8Array(12 + data.length);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, data.length);
  bytes.set(new TextEncoder().encode(type), 4);
  bytes.set(data, 8);
  view.setUint32(8 + data.length, crc32(bytes.subarray(4, 8 + data.length)));
  return bytes;
}

function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc >>> 1) ^ (crc & 1 ? 0xedb88320 : 0);
  }
  return (crc ^ 0xffffffff) >>> 0;
}

function concatenate(parts: readonly Uint8Array[]): Uint8Array {
  const out = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
}

function toBase64(bytes: Uint8Array): string {
  let text = '';
  for (let i = 0; i < bytes.length; i += 0x8000)
    text += String.fromCharCode(...bytes.subarray(i, i + 0x8000));
  return btoa(text);
}
