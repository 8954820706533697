import { mkdir, mkdtemp, readdir, readFile, rm, symlink, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { randomArray } from '@agop/core';
import { decodeSafetensors, type Rows, takeRows } from '@agop/estimators';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { RowsPublisher } from '../src/rows/publish.ts';
import { RowsReader } from '../src/rows/rows-reader.ts';
import { decodeSelection, encodeSelection } from '../src/rows/selection.ts';
import { writableFolder } from '../src/storage/folder.ts';
import { openRoots } from '../src/storage/open.ts';
import type { Storage } from '../src/storage/storage.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agop-rows-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const matrix = (rows: number, columns: number, seed = 1): Rows => ({
  data: randomArray(rows * columns, 'normal', { seed }, 'float64'),
  rows,
  columns,
});

test('any selection of rows comes back from its text', () => {
  const rows = fc.array(fc.nat(2 ** 31 - 2), { maxLength: 200 });
  fc.assert(
    fc.property(rows, (chosen) => {
      expect(Array.from(decodeSelection(encodeSelection(chosen), 2 ** 31 - 1))).toEqual(chosen);
    }),
  );
  const leaf = Array.from({ length: 5000 }, (_, at) => 3 * at);
  expect(encodeSelection(leaf).length).toBeLessThan(7000);
});

test('rows that are not there, and texts that are cut off, are refused', () => {
  expect(() => decodeSelection(encodeSelection([5]), 5)).toThrow('row 5 of a file that has 5 rows');
  expect(() => decodeSelection(encodeSelection([-1]), 5)).toThrow('row -1');
  expect(() => decodeSelection(Buffer.from([200]).toString('base64'), 5)).toThrow('cut off');
});

test('a file of rows is a safetensors file, written once for all that hold the same', async () => {
  const shared = join(folder, 'once');
  const [first, second] = [await publisher(shared), await publisher(shared)];
  const x = matrix(1000, 4);
  const reference = await first.publish(x);
  expect(await second.publish({ ...x, data: Array.from(x.data) })).toEqual(reference);
  const taken = takeRows(takeRows(x, Int32Array.of(9, 4, 999)), Int32Array.of(2, 0));
  expect(await first.publish(taken)).toEqual({ ...reference, chosen: encodeSelection([999, 9]) });
  const [name = '', ...others] = await readdir(shared);
  expect(others).toEqual([]);
  const { tensors } = decodeSafetensors(await readFile(join(shared, name)));
  expect(tensors['rows']).toEqual({ dtype: 'float64', shape: [1000, 4], data: x.data });
});

test('chosen rows are read by blocks, kept within the budget, and are those that were taken', async () => {
  const shared = join(folder, 'blocks');
  const x = matrix(30_000, 8, 2);
  const published = await publisher(shared);
  const storage = await openRoots([shared], undefined);
  let bytes = 0;
  const counted: Storage = {
    async read(url, begin, end) {
      const read = await storage.read(url, begin, end);
      bytes += read.length;
      return read;
    },
  };
  const reader = new RowsReader(counted, 600_000);
  const chosen = Int32Array.from([29_999, 4, 5, 20_000, 4]);
  const read = await reader.read(await published.publish(takeRows(x, chosen)));
  expect(read).toEqual({ data: takeRows(x, chosen).data, rows: 5, columns: 8 });
  expect(bytes).toBeLessThan(900_000);
  const before = bytes;
  await reader.read(await published.publish(takeRows(x, Int32Array.of(20_001))));
  expect(bytes).toBe(before);
  expect((await reader.read(await published.publish(x))).data).toEqual(x.data);
  expect(reader.bytes).toBeLessThanOrEqual(600_000);
  const floats = { data: Float32Array.of(1.5, 2.5), rows: 2, columns: 1 };
  expect((await reader.read(await published.publish(floats))).data).toEqual(floats.data);
});

test('a file that was changed, cut or exchanged is refused', async () => {
  const shared = join(folder, 'damaged');
  const reference = await (await publisher(shared)).publish(matrix(100, 3, 3));
  const path = join(shared, `${reference.hash}.rows`);
  const bytes = await readFile(path);
  const read = async (content: Uint8Array) => {
    await writeFile(path, content);
    const reader = new RowsReader(await openRoots([shared], undefined), 0);
    return reader.read(reference).catch((error: Error) => error.message);
  };
  const flipped = (at: number) => bytes.map((byte, index) => (index === at ? byte ^ 1 : byte));
  expect(await read(flipped(bytes.length - 1))).toContain('block 0 has another hash');
  expect(await read(flipped(40))).toContain('its header has another hash');
  expect(await read(bytes.subarray(0, bytes.length - 8))).toContain('block 0 has another hash');
  expect(await read(Buffer.from('x,y\n1,2\n'))).toMatch(/header/);
  expect(await read(bytes)).toMatchObject({ rows: 100 });
});

test('a worker reads below its folders alone, also where links lead out of them', async () => {
  const [own, other] = [join(folder, 'own'), join(folder, 'other')];
  const secret = await (await publisher(other)).publish(matrix(10, 2, 4));
  await mkdir(own, { recursive: true });
  const name = `${secret.hash}.rows`;
  await symlink(join(other, name), join(own, name));
  await symlink(other, join(own, 'link'));
  const reader = new RowsReader(await openRoots([own], undefined), 0);
  const reading = (url: string) => reader.read({ ...secret, url }).catch((error: Error) => error.message);
  expect(await reading(secret.url)).toContain('this worker reads only below');
  expect(await reading(pathToFileURL(join(own, name)).href)).toContain('it lies outside of');
  expect(await reading(pathToFileURL(join(own, 'link', name)).href)).toContain('it lies outside of');
  expect(await reading(`${pathToFileURL(own).href}/../other/${name}`)).toContain('reads only below');
  expect(await reading(`${pathToFileURL(own).href}/%2e%2e%2fother/${name}`)).toMatch(/only below|no address/);
  expect(await reading(`s3://bucket/${name}`)).toContain('reads only below');
  expect(await reading('file://elsewhere/rows')).toMatch(/no address|only below/);
  // The driver may have the folder under another name.
  const named = new RowsReader(await openRoots([`/driver/rows=${other}`], undefined), 0);
  expect(await named.read({ ...secret, url: `file:///driver/rows/${name}` })).toMatchObject({ rows: 10 });
});

test('files that nobody asked for in a week are removed, and others are left alone', async () => {
  const shared = join(folder, 'old');
  const [old, used] = [matrix(5, 1, 5), matrix(5, 1, 6)];
  const references = await Promise.all([old, used].map(async (x) => (await publisher(shared)).publish(x)));
  await writeFile(join(shared, 'notes.txt'), 'mine');
  const weeksAgo = new Date(Date.now() - 15 * 24 * 3600 * 1000);
  const running = await publisher(shared);
  for (const name of await readdir(shared)) await utimes(join(shared, name), weeksAgo, weeksAgo);
  await running.publish(used);
  await publisher(shared);
  expect((await readdir(shared)).toSorted()).toEqual([`${references[1]?.hash}.rows`, 'notes.txt'].toSorted());
});

async function publisher(shared: string): Promise<RowsPublisher> {
  return new RowsPublisher(await writableFolder(shared));
}
