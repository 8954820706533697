import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { readCifar, readIdx, readIdxImages } from '../src/index.ts';
import { listImageFolder, readImageFile } from '../src/node.ts';

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

  test.each([Number.NaN, -1, 1.5])('a limit of %d is refused', async (limit) => {
    await expect(readIdxImages(images, labels, { limit })).rejects.toThrow(
      expect.objectContaining({ code: 'OPTION' }),
    );
    await expect((async () => readCifar(new Uint8Array(3073), { limit }))()).rejects.toThrow(
      /limit must be a whole number from 0/,
    );
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
    await expect(readImageFile(join(folder, 'nowhere'))).rejects.toThrow(
      expect.objectContaining({
        code: 'STORAGE',
        message: expect.stringMatching(/nowhere: there is no such file or folder/),
      }),
    );
  });

  /** A folder with files of the same name as their key. */
  async function make(name: string, files: Readonly<Record<string, Uint8Array>>): Promise<string> {
    const path = join(folder, name);
    await mkdir(path);
    for (const [file, bytes] of Object.entries(files)) await writeFile(join(path, file), bytes);
    return path;
  }

  test('one file for training is not the test file too', async () => {
    const path = await make('one', { 'images-idx3-ubyte': images, 'labels-idx1-ubyte': labels });
    expect((await readImageFile(path)).shape).toEqual([2, 1, 3, 1]);
    expect(await listImageFolder(path)).toEqual({ train: [join(path, 'images-idx3-ubyte')], test: [] });
    await expect(readImageFile(path, { part: 'test' })).rejects.toThrow(
      expect.objectContaining({
        code: 'STORAGE',
        message: expect.stringMatching(/no image file for the test part/),
      }),
    );
  });

  test('a folder with a test file alone: the message says so', async () => {
    const path = await make('tests', { 't10k-images-idx3-ubyte': images });
    await expect(readImageFile(path)).rejects.toThrow(
      /no image file for the train part .* By its name, t10k-images-idx3-ubyte is for testing/,
    );
  });

  test('all batches of records, in the order of their numbers, up to the limit', async () => {
    const layout = { height: 1, width: 1, channels: 1 };
    const path = await make('batches', {
      'data_batch_10.bin': Uint8Array.of(3, 153),
      'data_batch_2.bin.gz': gzipSync(Uint8Array.of(2, 102)),
      'data_batch_1.bin': Uint8Array.of(0, 0, 1, 51),
      'data_batch_1.bin.gz': gzipSync(Uint8Array.of(0, 0, 1, 51)),
      'test_batch.bin': Uint8Array.of(9, 255),
    });
    const all = await readImageFile(path, layout);
    expect(all.shape).toEqual([4, 1, 1, 1]);
    expect([...(all.labels ?? [])]).toEqual([0, 1, 2, 3]);
    expect([...all.data]).toEqual([0, 0.2, 0.4, 0.6].map(Math.fround));
    const three = await readImageFile(path, { ...layout, limit: 3 });
    expect([...(three.labels ?? [])]).toEqual([0, 1, 2]);
    expect([...((await readImageFile(path, { ...layout, part: 'test' })).labels ?? [])]).toEqual([9]);
  });

  test('files of CIFAR-10 have labels up to 9', async () => {
    const layout = { height: 1, width: 1, channels: 1 };
    const path = await make('foreign', { 'data_batch_1.bin': Uint8Array.of(10, 0) });
    await expect(readImageFile(path, layout)).rejects.toThrow(
      expect.objectContaining({
        code: 'FORMAT',
        message: expect.stringMatching(/image 0 has label 10, but there are 10 classes/),
      }),
    );
    expect((await readImageFile(path, { ...layout, classes: 11 })).labels).toEqual(Int32Array.of(10));
  });

  test('several files that do not belong together', async () => {
    const path = await make('several', {
      'letters-images-idx3-ubyte': images,
      'digits-images-idx3-ubyte': images,
    });
    await expect(readImageFile(path)).rejects.toThrow(
      /several image files for the training part \(digits-.*, letters-.*\).* Name one of them/,
    );
  });
});
