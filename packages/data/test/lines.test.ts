import { gzipSync } from 'node:zlib';
import { describe, expect, test } from 'vitest';
import { parseCsv, readBytes, readCsv, requireColumn, type Table } from '../src/index.ts';

const names = (table: Table): string[] => table.columns.map(({ name }) => name);
const cells = (table: Table, name: string): number[] => {
  const column = requireColumn(table, name);
  return column.kind === 'numeric' ? [...column.values] : [...column.codes];
};

describe('lines that are no rows', () => {
  test.each([
    ['a separator named by Excel', 'sep=;\na;b\n1,5;2\n', [], [2]],
    ['the same in quotes', '"sep=\t"\na\tb\n1\t2\n', [], [2]],
    ['blank lines with blanks', 'a,b\n  \n1,2\n \t\n', [], [2]],
    ['comments first', '# made by lab\n% v1, 2020\n\na,b\n1,2\n', ['comment-lines'], [2]],
    ['comments between', 'a,b\n1,2\n# pause\n3,4\n', ['comment-lines'], [2, 4]],
    ['Ctrl-Z at the end', 'a,b\n1,2\n\x1A', [], [2]],
    ['empty rows at the end', 'a,b,,\n1,2,,\n,,,\n,,,\n', ['empty-rows'], [2]],
    ['a separator after each row', 'a,b\n1,2,\n3,4,\n', [], [2, 4]],
    ['runs of blanks', 'a   b\n  1  2\n 10  4\n', [], [2, 4]],
    ['a header that is marked as a comment', '#a,b\n1,2\n', [], [2]],
  ])('%s', (_, text, codes, expected) => {
    const table = parseCsv(text);
    expect(cells(table, 'b')).toEqual(expected);
    expect((table.notes ?? []).map(({ code }) => code).filter((code) => code !== 'decimal-comma')).toEqual(
      codes,
    );
  });

  test('lines are counted through them', () => {
    expect([...(parseCsv('sep=,\n# x\na,b\n1,2\n\n3,4\n').lines ?? [])]).toEqual([4, 6]);
  });

  test('a quoted empty cell of one column is a row', () => {
    expect(cells(parseCsv('a\n0.1\n""\n\n0.3\n""\n'), 'a')).toEqual([0.1, Number.NaN, 0.3, Number.NaN]);
  });

  test('an empty row between others is a row', () => {
    expect(cells(parseCsv('a,b\n1,2\n,\n3,4\n'), 'b')).toEqual([2, Number.NaN, 4]);
  });
});

test('names are unique, and made-up ones are none that the file has', () => {
  expect(names(parseCsv('x,,x,column2,x_2\n1,2,3,4,5\n'))).toEqual([
    'x',
    'column2_2',
    'x_3',
    'column2',
    'x_2',
  ]);
  expect(parseCsv('x,x\n1,2\n').notes).toMatchObject([{ code: 'duplicate-name', column: 'x_2' }]);
});

describe('bytes', () => {
  test('text that is not UTF-8 is read as windows-1252, with a note', async () => {
    const table = await readCsv(Buffer.from('größe,b\n1,2\n', 'latin1'));
    expect(names(table)).toEqual(['größe', 'b']);
    expect(table.notes).toMatchObject([{ code: 'encoding', option: 'encoding' }]);
    expect(names(await readCsv(Buffer.from('größe,b\n1,2\n', 'utf16le')))).toEqual(['größe', 'b']);
  });

  test('several gzip members are one text', async () => {
    const members = [gzipSync('a,b\n1,2\n'), gzipSync('3,4\n'), gzipSync(''), gzipSync('5,6\n')];
    expect(cells(await readCsv(Buffer.concat(members)), 'b')).toEqual([2, 4, 6]);
    await expect(readCsv(Buffer.concat(members).subarray(0, -3))).rejects.toMatchObject({ code: 'FORMAT' });
    await expect(readCsv(Buffer.concat([...members, Buffer.from('junk')]))).rejects.toMatchObject({
      code: 'FORMAT',
    });
  });

  test('a bomb is refused as soon as it grows, and said to be one', async () => {
    const bomb = gzipSync(Buffer.alloc(2 ** 26, 'a,b\n'));
    await expect(readBytes(bomb, 'x.gz')).rejects.toMatchObject({
      code: 'FORMAT',
      message: expect.stringMatching(/x\.gz: .* decompress to more than/),
    });
    await expect(readBytes(Buffer.concat([gzipSync('a'), bomb]), 'x.gz')).rejects.toMatchObject({
      code: 'FORMAT',
    });
  });

  test.each([
    ['PK\x03\x04', /Excel/],
    ['PAR1', /Parquet/],
    ['ARROW1', /Arrow/],
    ['\xd0\xcf\x11\xe0', /xls/],
    ['<!DOCTYPE html>', /web page/],
    ['\n  <Table border=1>', /web page/],
    ['<?XML version', /XML/],
    ['{\\rtf1', /RTF/],
    ['version https://git-lfs.github.com/spec/v1', /Git LFS/],
    ['INSERT INTO t VALUES', /SQL/],
    ['BZh9', /bzip2/],
  ])('a file that begins with %j is named', async (start, message) => {
    await expect(readCsv(Buffer.from(`${start}\0\0\0`, 'latin1'), { name: 'f' })).rejects.toMatchObject({
      code: 'FORMAT',
      message: expect.stringMatching(message),
    });
  });

  test('too many columns are refused before they take memory', () => {
    expect(() => parseCsv(`${','.repeat(1_000_000)}\n1\n`)).toThrow(/1000001 columns, more than/);
  });
});
