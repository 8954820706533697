import { readCifar, readIdx, readIdxImages } from '@agop/data';
import * as fc from 'fast-check';
import { type ByteInput, bytesOf, changedFiles } from '../inputs/bytes.ts';
import type { Target } from '../target.ts';
import { demand, demandFinite } from '../verdict.ts';

interface Input {
  readonly reader: 'idx' | 'idx images' | 'cifar';
  readonly file: ByteInput;
  readonly labels: ByteInput | null;
  readonly size: readonly number[];
  readonly limit: number | null;
}

const files: Readonly<Record<string, () => Uint8Array>> = {
  images: () => idx(8, [3, 4, 5], 60),
  'color images': () => idx(8, [2, 3, 3, 3], 54),
  labels: () => idx(8, [3], 3),
  floats: () => idx(13, [2, 3], 24),
  doubles: () => idx(14, [2], 16),
  records: () => Uint8Array.from({ length: 2 * 13 }, (_, i) => i % 10),
};

function idx(type: number, shape: readonly number[], bytes: number): Uint8Array {
  const sizes = shape.flatMap((size) => [0, 0, 0, size]);
  return Uint8Array.of(
    0,
    0,
    type,
    shape.length,
    ...sizes,
    ...Array.from({ length: bytes }, (_, i) => (i * 7) % 256),
  );
}

/** Image files of changed bytes. */
export const images: Target<Input> = {
  name: 'images',
  inTests: 4000,
  about: 'readIdx, readIdxImages, readCifar: changed bytes, sizes and limits',
  inputs: fc.record({
    reader: fc.constantFrom('idx', 'idx images', 'cifar'),
    file: changedFiles(Object.keys(files), ['\0\0\b\u0003', '\0\0\u000e\u0001']),
    labels: fc.option(changedFiles(['labels'], ['\0']), { freq: 2 }),
    size: fc.array(fc.constantFrom(1, 2, 3, 4, 32, 2 ** 20, 2 ** 31, 2 ** 50), { maxLength: 5 }),
    limit: fc.option(fc.constantFrom(0, 1, 2, 1e9, 0.5, -1)),
  }),
  refusals: ['FORMAT', 'VALUE', 'OPTION'],
  run: async ({ reader, file, labels, size, limit }) => {
    const bytes = await bytesOf(file, files);
    const most = limit === null ? {} : { limit };
    if (reader === 'idx') {
      const { shape, data } = await readIdx(bytes);
      checkSize(shape, data.length);
      return 'array';
    }
    if (reader === 'idx images') {
      const given = labels === null ? undefined : await bytesOf(labels, files);
      const set = await readIdxImages(bytes, given, most);
      checkSize(set.shape, set.data.length);
      demandFinite(set.data, 'pixels');
      demand((set.labels?.length ?? set.shape[0]) === set.shape[0], 'broken promise', 'Labels are missing.');
      return 'images';
    }
    const [height, width, channels, labelBytes, classes] = size;
    const layout = Object.entries({ height, width, channels, labelBytes, classes });
    const given = Object.fromEntries(layout.filter(([, value]) => value !== undefined));
    const set = await readCifar(bytes, { height: 2, width: 2, ...given, ...most });
    checkSize(set.shape, set.data.length);
    return 'records';
  },
  fixed: async ({ file, labels, ...rest }) => ({
    ...rest,
    file: { base64: Buffer.from(await bytesOf(file, files)).toString('base64') },
    labels: labels && { base64: Buffer.from(await bytesOf(labels, files)).toString('base64') },
  }),
};

function checkSize(shape: readonly number[], length: number): void {
  const size = shape.reduce((product, axis) => product * axis, 1);
  demand(size === length, 'broken promise', `There are ${length} numbers, but the shape is [${shape}].`);
}
