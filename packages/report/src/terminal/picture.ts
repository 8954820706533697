import { ShapeError } from '@agop/core';

const shades = ' ░▒▓█';

/**
 * A small one-channel picture as lines of shaded blocks, two columns for each pixel. The largest value is the
 * fullest block on light and dark terminals alike; values below zero are blank.
 *
 * @throws {ShapeError} if there are not height x width values
 */
export function shadePicture(data: ArrayLike<number>, height: number, width: number): string[] {
  if (data.length !== height * width) {
    throw new ShapeError(`A picture of ${height} x ${width} pixels cannot have ${data.length} values.`);
  }
  let largest = 0;
  for (let i = 0; i < data.length; i++) largest = Math.max(largest, data[i] as number);
  return Array.from({ length: height }, (_, y) => {
    const pixels = Array.from({ length: width }, (_, x) => {
      const share = largest > 0 ? Math.max(0, data[y * width + x] as number) / largest : 0;
      return shades[Math.min(4, Math.ceil(share * 4.999 - 0.5))] ?? ' ';
    });
    return pixels.map((pixel) => pixel + pixel).join('');
  });
}
