import { inflateSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { encodePng } from '../src/png.ts';

/** Chunks of a PNG file by type. */
function chunks(png: Uint8Array): Map<string, Uint8Array> {
  const view = new DataView(png.buffer);
  const found = new Map<string, Uint8Array>();
  for (let at = 8; at < png.length; ) {
    const length = view.getUint32(at);
    found.set(String.fromCharCode(...png.subarray(at + 4, at + 8)), png.subarray(at + 8, at + 8 + length));
    at += 12 + length;
  }
  return found;
}

test('pixels come back', () => {
  const png = encodePng(3, 2, {
    indices: Uint8Array.of(0, 1, 0, 1, 1, 0),
    palette: [
      [255, 0, 0],
      [0, 0, 255],
    ],
  });
  expect([...png.subarray(0, 8)]).toEqual([137, 80, 78, 71, 13, 10, 26, 10]);
  const parts = chunks(png);
  expect([...(parts.get('PLTE') ?? [])]).toEqual([255, 0, 0, 0, 0, 255]);
  expect([...inflateSync(parts.get('IDAT') ?? new Uint8Array())]).toEqual([0, 0, 1, 0, 0, 1, 1, 0]);
  expect(parts.has('IEND')).toBe(true);
  // The checksum of the empty IEND chunk is the same in every PNG file.
  expect([...png.subarray(-4)]).toEqual([0xae, 0x42, 0x60, 0x82]);
});

test('red, green and blue', () => {
  const parts = chunks(encodePng(1, 1, { rgb: Uint8Array.of(1, 2, 3) }));
  expect([...inflateSync(parts.get('IDAT') ?? new Uint8Array())]).toEqual([0, 1, 2, 3]);
});
