import { gzipSync, zstdCompressSync } from 'node:zlib';
import { parquetWriteBuffer } from 'hyparquet-writer';
import { describe, expect, test } from 'vitest';
import { cellText, parseCsv, readTable, requireColumn, type Table } from '../src/index.ts';

const columnData = [
  { name: 'size', data: [1.5, -2, null, 4e-3], type: 'DOUBLE', nullable: true },
  { name: 'count', data: [1n, 2n, 3n, 9007199254740993n], type: 'INT64' },
  { name: 'place', data: ['north', '', 'NA', 'south'], type: 'STRING' },
  { name: 'open', data: [true, false, true, true], type: 'BOOLEAN' },
  { name: 'day', data: ['2024-01-31', '2024-02-01', '2024-02-02', '2023-12-31'].map((d) => new Date(d)) },
  { name: 'zip', data: ['01067', '80331', '20095', '50667'], type: 'STRING' },
] as const;

type Options = Parameters<typeof parquetWriteBuffer>[0];

function written(options: Partial<Options> = {}): Uint8Array {
  const columns = columnData.map((column) => ({ ...column, data: [...column.data] }));
  return new Uint8Array(parquetWriteBuffer({ columnData: columns, ...options } as Options));
}

const cells = (table: Table, name: string) => {
  const column = requireColumn(table, name);
  return Array.from({ length: table.rows }, (_, row) => cellText(column, row));
};

describe('Parquet', () => {
  test('numbers, texts, dates and what is missing, as in CSV', async () => {
    const table = await readTable(written(), { name: 'table.parquet' });
    expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['size', 'numeric'],
      ['count', 'numeric'],
      ['place', 'categorical'],
      ['open', 'categorical'],
      ['day', 'numeric'],
      ['zip', 'numeric'],
    ]);
    expect(cells(table, 'size')).toEqual(['1.5', '-2', null, '0.004']);
    // Integers beyond what numbers hold keep their digits, as labels do.
    expect(cells(table, 'count')).toEqual(['1', '2', '3', '9007199254740993']);
    expect(cells(table, 'place')).toEqual(['north', null, null, 'south']);
    expect(cells(table, 'open')).toEqual(['true', 'false', 'true', 'true']);
    expect(cells(table, 'zip')).toEqual(['01067', '80331', '20095', '50667']);
    const csv = parseCsv('day\n2024-01-31\n2024-02-01\n2024-02-02\n2023-12-31\n');
    expect(requireColumn(table, 'day')).toEqual(requireColumn(csv, 'day'));
  });

  test('declared kinds and kept texts', async () => {
    const options = { types: { zip: 'categorical' }, kept: { place: ['NA'] } } as const;
    const table = await readTable(written(), options);
    expect(requireColumn(table, 'zip').kind).toBe('categorical');
    expect(cells(table, 'place')).toEqual(['north', null, 'NA', 'south']);
  });

  test.each([
    ['GZIP', gzipSync],
    ['ZSTD', zstdCompressSync],
  ] as const)('compressed with %s', async (codec, compress) => {
    const compressors = { [codec]: (input: Uint8Array) => new Uint8Array(compress(input)) };
    const table = await readTable(written({ codec, compressors }));
    expect(cells(table, 'size')).toEqual(['1.5', '-2', null, '0.004']);
  });

  test('damaged and empty files are told, with their names', async () => {
    const bytes = written();
    const cut = bytes.subarray(0, bytes.length - 20);
    await expect(readTable(cut, { name: 'cut.parquet' })).rejects.toMatchObject({ code: 'FORMAT' });
    await expect(readTable(cut, { name: 'cut.parquet' })).rejects.toThrow('cut.parquet is damaged');
    // A byte of the description at its end exchanged: whatever the reader stumbles on stays inside.
    for (let at = bytes.length - 120; at < bytes.length - 8; at++) {
      const changed = bytes.map((byte, place) => (place === at ? byte ^ 0xff : byte));
      const error = await readTable(changed, { name: 'a' }).then(
        () => undefined,
        (found: unknown) => found,
      );
      if (error !== undefined)
        expect(String(error)).not.toMatch(/Cannot read|not a function|of undefined|RangeError/);
    }
    const flipped = bytes.map((byte, i) => (i > 4 && i < 40 ? 255 - byte : byte));
    await expect(readTable(flipped)).rejects.toMatchObject({ code: expect.stringMatching(/FORMAT|VALUE/) });
    const none = written({ columnData: [{ name: 'a', data: [], type: 'DOUBLE' }] });
    await expect(readTable(none, { name: 'none.parquet' })).rejects.toThrow('none.parquet has no rows');
  });
});
