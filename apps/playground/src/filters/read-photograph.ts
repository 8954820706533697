import type { Photograph } from '@agop/experiments/filters';

/** Photographs are made this wide at most: pieces of larger ones are blurred. */
const mostWidth = 640;

/** The gray values of an image file, 0 to 1. @throws {Error} saying so where it is no image */
export async function readPhotograph(name: string, blob: Blob): Promise<Photograph> {
  const bitmap = await createImageBitmap(blob).catch(() => {
    throw new Error(`${name} is no image that this browser can read.`);
  });
  const scale = Math.min(1, mostWidth / bitmap.width);
  const [width, height] = [Math.round(bitmap.width * scale), Math.round(bitmap.height * scale)];
  const context = new OffscreenCanvas(width, height).getContext('2d', { willReadFrequently: true });
  if (!context) throw new Error('This browser cannot read the pixels of images.');
  context.drawImage(bitmap, 0, 0, width, height);
  bitmap.close();
  const pixels = context.getImageData(0, 0, width, height).data;
  const gray = (at: number): number =>
    (0.299 * (pixels[4 * at] ?? 0) + 0.587 * (pixels[4 * at + 1] ?? 0) + 0.114 * (pixels[4 * at + 2] ?? 0)) /
    255;
  return { name, data: Float32Array.from({ length: width * height }, (_, at) => gray(at)), height, width };
}
