import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellText, formatCsv, parseCsv, readCsv, requireColumn, type Table } from '../src/index.ts';

function numbers(table: Table, name: string): number[] {
  const column = requireColumn(table, name);
  if (column.kind !== 'numeric') throw new Error(`${name} is ${column.kind}`);
  return [...column.values];
}

function texts(table: Table, name: string): (string | null)[] {
  const column = requireColumn(table, name);
  return Array.from({ length: table.rows }, (_, row) => cellText(column, row));
}

describe('reading', () => {
  test('numbers and categories are told apart, missing cells are explicit', () => {
    const table = parseCsv('age,colour,price\n31,red,1.5e3\nNA, blue ,\n?,red,-.5\n');
    expect(table.rows).toBe(3);
    expect(numbers(table, 'age')).toEqual([31, Number.NaN, Number.NaN]);
    expect(numbers(table, 'price')).toEqual([1500, Number.NaN, -0.5]);
    expect(texts(table, 'colour')).toEqual(['red', 'blue', 'red']);
    expect(table.columns.map((column) => column.missing)).toEqual([2, 0, 1]);
  });

  test.each([
    ['semicolons', 'a;b\n1;2\n'],
    ['tabs', 'a\tb\n1\t2\n'],
    ['bars', 'a|b\n1|2\n'],
    ['carriage returns', 'a,b\r\n1,2\r\n'],
    ['old Mac line ends', 'a,b\r1,2\r'],
    ['mixed line ends', 'a,b\r\n1,2\n'],
    ['a byte order mark', '\uFEFFa,b\n1,2'],
    ['no line end at the end', 'a,b\n1,2'],
    ['empty lines', '\na,b\n\n1,2\n\n'],
    ['quotes around everything', '"a","b"\r\n"1","2"\r\n'],
    ['blanks around cells', ' a , b \n 1 , 2 \n'],
  ])('%s are understood', (_, text) => {
    const table = parseCsv(text);
    expect(table.columns.map((column) => column.name)).toEqual(['a', 'b']);
    expect(numbers(table, 'a')).toEqual([1]);
    expect(numbers(table, 'b')).toEqual([2]);
  });

  test('quoted cells keep separators, quotes and line ends', () => {
    const table = parseCsv('name,x\n"Smith, ""Jo""",1\n"two\nlines",2\nplain,3\n');
    expect(texts(table, 'name')).toEqual(['Smith, "Jo"', 'two\nlines', 'plain']);
    expect([...(table.lines ?? [])]).toEqual([2, 3, 5]);
  });

  test('decimal commas on request', () => {
    expect(numbers(parseCsv('a;b\n1,5;2\n', { decimal: ',' }), 'a')).toEqual([1.5]);
  });

  test('a file without a header', () => {
    const table = parseCsv('1,2\n3,4\n', { header: false });
    expect(numbers(table, 'column2')).toEqual([2, 4]);
  });

  test('declared types win', () => {
    const table = parseCsv('zip,x\n01234,1\n90210,2\n', { types: { zip: 'categorical' } });
    expect(texts(table, 'zip')).toEqual(['01234', '90210']);
  });

  test('a column that is numbers first and text later keeps the spelling of all its cells', () => {
    const table = parseCsv('code,x\n007,1\n08,2\nA,3\nB,4\n');
    expect(texts(table, 'code')).toEqual(['007', '08', 'A', 'B']);
    expect(numbers(table, 'x')).toEqual([1, 2, 3, 4]);
  });

  test('other spellings of numbers are text', () => {
    const table = parseCsv('a,b,c\n0x10,"1.2.3",1_0\n');
    expect(table.columns.map((column) => column.kind)).toEqual(['categorical', 'categorical', 'categorical']);
  });

  test('gzip and UTF-16', async () => {
    expect(numbers(await readCsv(gzipSync('a,b\n1,2\n')), 'b')).toEqual([2]);
    expect(texts(await readCsv(Buffer.from('\uFEFFa,b\n1,é\n', 'utf16le')), 'b')).toEqual(['é']);
    expect(texts(await readCsv(Uint8Array.of(97, 10, 233), { encoding: 'windows-1252' }), 'a')).toEqual([
      'é',
    ]);
  });

  test('columns called like members of Object are ordinary', () => {
    const table = parseCsv('__proto__,constructor,toString\n1,2,x\n3,4,y\n');
    expect(table.columns.map(({ name, kind }) => [name, kind])).toEqual([
      ['__proto__', 'numeric'],
      ['constructor', 'numeric'],
      ['toString', 'categorical'],
    ]);
  });
});

describe('bad files', () => {
  test.each([
    ['an empty file', '', 'VALUE', /is empty/],
    ['a header only', 'a,b\n', 'VALUE', /no rows/],
    ['a short row', 'a,b\n1,2\n\n3\n', 'VALUE', /line 4: 1 cell, but there are 2 columns/],
    ['a long row', 'a,b\n1,2\n3,4,5\n', 'VALUE', /line 3: 3 cells/],
    ['no header', '5.1,3.5\n4.9,3\n', 'VALUE', /should name the columns/],
    ['an open quote', 'a,b\n1,2\n"x,3\n', 'FORMAT', /line 3: a quoted cell/],
    ['text after a quote', 'a,b\n"x"y,3\n', 'FORMAT', /line 2: a quoted cell/],
    ['a binary file', 'a,b\n\0,2\n', 'FORMAT', /zero bytes/],
  ])('%s', (_, text, code, message) => {
    expect(() => parseCsv(text, { name: 'my.csv' })).toThrow(
      expect.objectContaining({ code, message: expect.stringMatching(message) }),
    );
    expect(() => parseCsv(text, { name: 'my.csv' })).toThrow(/my\.csv/);
  });

  test('one wrong cell in a column of numbers is named', () => {
    const cells = Array.from({ length: 50 }, (_, i) => (i === 30 ? '3O' : String(i)));
    expect(() => parseCsv(`x,y\n${cells.map((cell) => `${cell},1`).join('\n')}`)).toThrow(
      /Line 32, column 'x': '3O' is not a number, but 49 of 50 cells.*\(missing '3O'\).*\(categorical 'x'\)/,
    );
  });

  test('text in a column that was declared numeric', () => {
    const read = () => parseCsv('x\n1\nabc\n', { types: { x: 'numeric' } });
    expect(read).toThrow(/Line 3, column 'x': 'abc'.* "no value": missing 'abc'\./);
  });

  test('damaged gzip, wrong encoding, unknown encoding', async () => {
    const gzipped = gzipSync('a,b\n1,2\n');
    await expect(readCsv(gzipped.subarray(0, 15))).rejects.toMatchObject({ code: 'FORMAT' });
    await expect(readCsv(Uint8Array.of(97, 10, 233, 10), { encoding: 'utf-8' })).rejects.toThrow(
      /not text in UTF-8/,
    );
    await expect(readCsv(Uint8Array.of(97), { encoding: 'klingon' })).rejects.toMatchObject({
      code: 'OPTION',
    });
  });
});

test('what is written reads back', () => {
  const cell = fc.string({ unit: 'grapheme', minLength: 1 }).map((text) => `t${text}`.trim());
  fc.assert(
    fc.property(fc.array(fc.tuple(cell, fc.double({ noNaN: true })), { minLength: 1 }), (rows) => {
      const clean = rows.map(
        ([text, value]) => [text.replaceAll('\0', '').replaceAll('\r', ''), value] as const,
      );
      const table = parseCsv(formatCsv(['text', 'value'], clean), { types: { text: 'categorical' } });
      expect(texts(table, 'text')).toEqual(clean.map(([text]) => text.trim()));
      expect(numbers(table, 'value').map((v) => v + 0)).toEqual(clean.map(([, value]) => value + 0));
    }),
  );
});

test('names that begin as comments read back, also above cells without numbers', () => {
  for (const name of ['# made by', '#', '% of all', '//', ' # ', '#,"']) {
    const table = parseCsv(formatCsv([name, 'value'], [[null, 'x'] as const, ['1', 'y'] as const]));
    expect([table.rows, table.columns.map((column) => column.name)]).toEqual([2, [name.trim(), 'value']]);
  }
  expect(formatCsv(['a', 'b'], [])).toBe('a,b\n');
  // A comment that a spreadsheet has put between quotes stays one.
  for (const comment of ['"# made by, me"', '"# made by me",""']) {
    const { columns } = parseCsv(`${comment}\na,b\n1,x\n2,y\n`);
    expect(columns.map((column) => column.name)).toEqual(['a', 'b']);
  }
});

test('cells may be separated by another character', () => {
  const rows = [
    ['a\tb', 1],
    [null, null],
  ];
  const text = formatCsv(['x', 'y'], rows, { delimiter: '\t' });
  expect(text).toBe('x\ty\n"a\tb"\t1\n""\t\n');
  expect(parseCsv(text, { delimiter: '\t' }).rows).toBe(2);
  for (const delimiter of ['', ' ', '"', '\n', ';;']) {
    expect(() => formatCsv(['x'], [], { delimiter })).toThrow(/delimiter must be one character/);
  }
});
