import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCifar, readIdx, readIdxImages } from '../src/index.ts';
import { readImageFile } from '../src/node.ts';

/** An IDX file of unsigned bytes. */
function idx(shape: number[], bytes: number[], type = 8): Uint8Array {
  const header = new DataView(new ArrayBuffer(4 + 4 * shape.length));
  header.setUint8(2, type);
  header.setUint8(3, shape.length);
  for (const [i, size] of shape.entries()) header.setUint32(4 + 4 * i, size);
  return Uint8Array.from([...new Uint8Array(header.buffer), ...bytes]);
}

const images = idx([2, 1, 3], [0, 51, 102, 153, 204, 255]);
const labels = idx([2], [7, 3]);
const pixels = [0, 0.2, 0.4, 0.6, 0.8, 1].map(Math.fround);

describe('IDX', () => {
  test('images and labels, also compressed', async () => {
    for (const pack of [(bytes: Uint8Array) => bytes, gzipSync]) {
      const set = await readIdxImages(pack(images), pack(labels));
      expect(set.shape).toEqual([2, 1, 3, 1]);
      expect([...set.data]).toEqual(pixels);
      expect([...(set.labels ?? [])]).toEqual([7, 3]);
    }
    const one = await readIdxImages(images, labels, { limit: 1 });
    expect(one.shape).toEqual([1, 1, 3, 1]);
    expect([...(one.labels ?? [])]).toEqual([7]);
  });

  test('other number types are big-endian', async () => {
    const { data } = await readIdx(idx([2], [1, 2, 255, 254], 0x0b));
    expect([...data]).toEqual([258, -2]);
    const float = await readIdx(idx([1], [0x3f, 0x80, 0, 0], 0x0d));
    expect([...float.data]).toEqual([1]);
  });

  test.each([
    ['a foreign file', Uint8Array.from(Buffer.from('PNG? no, text.')), /not an IDX file/],
    ['an empty file', new Uint8Array(), /not an IDX file/],
    [
      'a file cut off',
      images.subarray(0, 20),
      /cut off: its header announces 2 x 1 x 3 values, 22 bytes in all/,
    ],
    ['a cut off header', images.subarray(0, 10), /ends within its header/],
    ['a file too long', Uint8Array.from([...images, 1]), /too long/],
    ['labels as images', labels, /not images/],
    ['huge sizes', idx([0xffffffff, 0xffffffff, 0xffffffff], []), /cut off/],
  ])('%s is refused', async (_, bytes, message) => {
    await expect(readIdxImages(bytes)).rejects.toThrow(
      expect.objectContaining({ code: 'FORMAT', message: expect.stringMatching(message) }),
    );
  });

  test('labels of another number, images as labels', async () => {
    await expect(readIdxImages(images, idx([3], [1, 2, 3]))).rejects.toThrow(
      /3 labels, but there are 2 images/,
    );
    await expect(readIdxImages(images, images)).rejects.toThrow(/not labels/);
  });
});

describe('CIFAR records', () => {
  const layout = { height: 1, width: 2, channels: 3, classes: 10 };
  // One record: label, then R R, G G, B B.
  const record = [4, 255, 0, 51, 102, 153, 204];

  test('planes become channels', async () => {
    const set = await readCifar(Uint8Array.from([...record, ...record]), layout);
    expect(set.shape).toEqual([2, 1, 2, 3]);
    expect([...set.data.subarray(0, 6)]).toEqual([1, 0.2, 0.6, 0, 0.4, 0.8].map(Math.fround));
    expect([...(set.labels ?? [])]).toEqual([4, 4]);
  });

  test('two label bytes: the last one counts', async () => {
    const set = await readCifar(Uint8Array.from([9, ...record]), { ...layout, labelBytes: 2 });
    expect([...(set.labels ?? [])]).toEqual([4]);
  });

  test('bad files', async () => {
    const cut = Uint8Array.from(record).subarray(0, 6);
    await expect(readCifar(cut, layout)).rejects.toThrow(
      /6 bytes, which is not a whole number of records of 7 bytes/,
    );
    await expect(readCifar(new Uint8Array(), layout)).rejects.toMatchObject({ code: 'FORMAT' });
    await expect(readCifar(Uint8Array.from([77, ...record.slice(1)]), layout)).rejects.toThrow(
      /image 0 has label 77/,
    );
    await expect(readCifar(Uint8Array.from(record), { height: 0 })).rejects.toMatchObject({ code: 'OPTION' });
  });
});

describe('files', () => {
  let folder = '';
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'agop-images-'));
    await writeFile(join(folder, 'train-images-idx3-ubyte.gz'), gzipSync(images));
    await writeFile(join(folder, 'train-labels-idx1-ubyte.gz'), gzipSync(labels));
    await writeFile(join(folder, 't10k-images-idx3-ubyte'), images);
    await writeFile(join(folder, 'note.txt'), 'not an image');
  });
  afterAll(() => rm(folder, { recursive: true }));

  test('a folder, with the labels beside the images', async () => {
    expect((await readImageFile(folder)).labels).toEqual(Int32Array.of(7, 3));
    expect((await readImageFile(folder, { part: 'test' })).labels).toBeUndefined();
  });

  test('what is not there or not images', async () => {
    await expect(readImageFile(join(folder, 'none.bin'))).rejects.toThrow(
      /Cannot read .*none.bin: there is no such file/,
    );
    await expect(readImageFile(join(folder, 'note.txt'))).rejects.toMatchObject({ code: 'FORMAT' });
    await expect(readImageFile(tmpdir())).rejects.toMatchObject({ code: 'STORAGE' });
  });
});
