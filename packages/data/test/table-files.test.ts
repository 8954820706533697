import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { type TableFormat, tableFromColumns } from '../src/index.ts';
import { locateDataset, readTableFile, tableFormats } from '../src/node.ts';

let folder = '';
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'agop-data-'));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** A file of one column: `LIST`, then a byte for each row. */
const list: TableFormat = {
  name: 'LIST',
  recognize: (head) => new TextDecoder().decode(head.subarray(0, 4)) === 'LIST',
  read: async (bytes, { name = 'value' }) => tableFromColumns({ [name]: bytes.subarray(4) }),
};

describe('readTableFile', () => {
  test('CSV, also compressed, with its options; messages name the file', async () => {
    const path = join(folder, 'table.csv.gz');
    await writeFile(path, gzipSync('a;b\n1,5;x\n'));
    const table = await readTableFile(path, { decimal: ',' });
    expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['a', 'numeric'],
      ['b', 'categorical'],
    ]);
    await writeFile(path, 'a,b\n1\n');
    await expect(readTableFile(path)).rejects.toThrow(`${path}, line 2: 1 cell`);
    await expect(readTableFile(join(folder, 'none.csv'))).rejects.toMatchObject({ code: 'STORAGE' });
  });

  test('a further format is asked before CSV, and sees decompressed bytes and the options', async () => {
    const path = join(folder, 'numbers');
    await writeFile(path, gzipSync(Buffer.from([...Buffer.from('LIST'), 3, 4])));
    const table = await readTableFile(path, { name: 'n' }, [list, ...tableFormats]);
    expect(table.columns).toEqual([
      { kind: 'numeric', name: 'n', values: Float64Array.of(3, 4), missing: 0 },
    ]);
    const text = join(folder, 'text');
    await writeFile(text, 'a\n1\n');
    expect((await readTableFile(text, {}, [list, ...tableFormats])).rows).toBe(1);
    await expect(readTableFile(text, {}, [list])).rejects.toMatchObject({
      code: 'FORMAT',
      message: `${text} is not a table of a known format (LIST).`,
    });
  });
});

describe('locateDataset', () => {
  afterEach(() => void vi.unstubAllEnvs());

  test('toy sets come with the source code', () => {
    expect(locateDataset('digits')).toMatch(/examples.data.digits\.csv\.gz$/);
  });

  test('others are looked for in the folder that AGOP_DATA names, and nowhere else', async () => {
    vi.stubEnv('AGOP_DATA', folder);
    await mkdir(join(folder, 'images/mnist'), { recursive: true });
    await mkdir(join(folder, 'collection'));
    expect(locateDataset('mnist')).toBe(join(folder, 'images/mnist'));
    expect(locateDataset('collection')).toBe(join(folder, 'collection'));
    expect(locateDataset('cifar10')).toBe(undefined);
  });
});
