import { OptionError } from '@agop/core';
import { expect, test } from 'vitest';
import { divergingRamp, rasterPixels, sequentialRamp } from '../src/index.ts';

const hex = (pixels: Uint8ClampedArray, i: number): string =>
  `#${Array.from(pixels.subarray(4 * i, 4 * i + 3), (value) => value.toString(16).padStart(2, '0')).join('')}`;

test('values have the colors of heat maps, on light and dark', () => {
  const signed = rasterPixels([-2, 0, 2]);
  expect(signed).toHaveLength(12);
  expect([hex(signed, 0), hex(signed, 2)]).toEqual([divergingRamp.light[0], divergingRamp.light.at(-1)]);
  expect(signed[3]).toBe(255);
  const dark = rasterPixels([0, 1], { dark: true });
  expect([hex(dark, 0), hex(dark, 1)]).toEqual([sequentialRamp.dark[0], sequentialRamp.dark.at(-1)]);
  // A domain of its own: values beyond it share the last color.
  const limited = rasterPixels([-9, 9], { ramp: 'diverging', domain: [-1, 1] });
  expect([hex(limited, 0), hex(limited, 1)]).toEqual([divergingRamp.light[0], divergingRamp.light.at(-1)]);
});

test('what is no list of numbers, and options of another kind', () => {
  expect(() => Reflect.apply(rasterPixels, undefined, [['1']])).toThrow(OptionError);
  expect(() => Reflect.apply(rasterPixels, undefined, [[1], { domain: ['0', 1] }])).toThrow(OptionError);
  expect(() => Reflect.apply(rasterPixels, undefined, [[1], { nonesuch: 1 }])).toThrow(OptionError);
});
