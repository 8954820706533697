import { say } from '@agop/core';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { cellText, parseCsv, requireColumn, type Table, TablePreprocessor, takeRows } from '../src/index.ts';
import { parseJsonTable } from '../src/json/json.ts';

/** A table of one column `x` of the given cells, beside a column of plain integers. */
function columnOf(cells: readonly string[], options = {}): Table {
  const quoted = cells.map((cell, i) => `"${cell}",${i}`);
  return parseCsv(`x,row\n${quoted.join('\n')}\n`, options);
}

function values(table: Table, name = 'x'): number[] {
  const column = requireColumn(table, name);
  if (column.kind !== 'numeric') throw new Error(`${name} is ${column.kind}`);
  return [...column.values];
}

const codes = (table: Table): string[] => (table.notes ?? []).map(({ code }) => code);

describe('numbers as people write them', () => {
  test.each([
    ['thousands', ['1,234', '12,345,678', '999'], [1234, 12345678, 999]],
    ['thousands with decimals', ['1,234.5', '0.25'], [1234.5, 0.25]],
    ['thousands in India', ['1,23,456', '12,34,567'], [123456, 1234567]],
    ['blanks between thousands', ['1 234,5', '12 345,25'], [1234.5, 12345.25]],
    ['narrow blanks', ['1\u202F234', '2\u00A0345'], [1234, 2345]],
    ['apostrophes', ["1'234.5", '2’345.5'], [1234.5, 2345.5]],
    ['decimal commas', ['1,5', '-0,25', '3'], [1.5, -0.25, 3]],
    ['decimal commas and thousands', ['1.234,5', '2.345.678,25', '1.234'], [1234.5, 2345678.25, 1234]],
    ['currencies', ['$1,234.50', '-$5', '$ 7', '8'], [1234.5, -5, 7, 8]],
    ['currencies after', ['12,50 €', '7 €', '1.000,00 €'], [12.5, 7, 1000]],
    ['codes of currencies', ['USD 12', 'USD 13.5'], [12, 13.5]],
    ['percent', ['54.9%', '13 %', '0%'], [54.9, 13, 0]],
    ['minus of typesetting', ['\u22120.26', '0.51'], [-0.26, 0.51]],
    ['parentheses and a trailing minus', ['(1,234)', '12-', '7'], [-1234, -12, 7]],
    ['exponents', ['1.5e3', '2E-1', '3 × 10^2', '1,000'], [1500, 0.2, 300, 1000]],
    ['units', ['12 kg', '7.5 kg'], [12, 7.5]],
    ['units without a blank', ['12km', '7km'], [12, 7]],
    ['magnitudes', ['1.5k', '$2M', '300'], [1500, 2e6, 300]],
    ['digits of other scripts', ['１２', '٣', '۴'], [12, 3, 4]],
    ['durations', ['0:30:00', '25:30:00'], [0.5, 25.5]],
    ['times of day', ['12:30', '06:15', '11:45 PM'], [12.5, 6.25, 23.75]],
  ])('%s', (_, cells, expected) => {
    const table = columnOf(cells);
    expect(values(table)).toEqual(expected);
    expect(table.notes, 'a guess is said').not.toEqual([]);
    for (const note of table.notes ?? []) expect(say(note.message)).toContain(note.option);
  });

  test('what one column shows decides for those that leave it open', () => {
    expect(values(parseCsv('x;y\n1,234;0,5\n2,345;1,5\n'))).toEqual([1.234, 2.345]);
    expect(values(parseCsv('x;y\n1.234;0,5\n12;1,5\n'))).toEqual([1234, 12]);
    expect(values(parseCsv('x;y\n1,234;0.5\n2,345;1.5\n'))).toEqual([1234, 2345]);
    expect(values(parseCsv('x;y\n1,234;a\n2,345;b\n', { decimal: '.' }))).toEqual([1234, 2345]);
  });

  test.each([
    ['codes', ['4a', '4b', '5a']],
    ['ordinals', ['1st', '2nd', '3rd']],
    ['signs', ['+', '-', '-']],
    ['versions', ['1.2.3', '1.2.4', '2.0.0']],
    ['a letter and digits', ['Q1', 'Q2', 'Q3']],
    ['classes of which some are digits', ['1x', '01', '1x']],
    ['different units', ['5 kg', '3 g', '2 lb']],
    ['truth', ['True', 'False', 'True']],
  ])('%s are texts, spelt as they were', (_, cells) => {
    const column = requireColumn(columnOf(cells), 'x');
    expect(column.kind).toBe('categorical');
    expect(cells.map((_cell, row) => cellText(column, row))).toEqual(cells);
  });

  test('many texts with digits are not taken as categories in silence', () => {
    const ranges = Array.from({ length: 30 }, (_, i) => `${i}-${i + 5}`);
    expect(codes(columnOf(ranges))).toEqual(['texts-with-digits']);
  });

  test('the kind does not depend on which cell is bad', () => {
    const cells = Array.from({ length: 50 }, (_, i) => String(i / 4));
    for (const bad of [0, 1, 25, 49]) {
      expect(() => columnOf(cells.map((cell, i) => (i === bad ? 'oops' : cell)))).toThrow(
        new RegExp(`Line ${bad + 2}, column 'x': 'oops' is not a number, but 49 of 50`),
      );
    }
    fc.assert(
      fc.property(
        fc.shuffledSubarray([...cells.slice(0, 30), '-', 'n.a.', '1,234'], { minLength: 33 }),
        (some) => {
          expect(requireColumn(columnOf(some), 'x').kind).toBe('numeric');
        },
      ),
      { numRuns: 20 },
    );
  });

  test('long cells take time in proportion to their length', () => {
    const started = performance.now();
    for (const cell of [
      '1'.repeat(200_000),
      `${'1,'.repeat(50_000)}x`,
      ' '.repeat(100_000),
      '1 '.repeat(50_000),
    ]) {
      columnOf([cell, `${cell}z`]);
    }
    expect(performance.now() - started).toBeLessThan(2000);
  });

  test('columns read again as they were learned', () => {
    const fitted = TablePreprocessor.fit(parseCsv('x;y\n1,25;1,5\n2,5;3\n4,125;5\n'), { target: 'y' });
    const types = fitted.columnTypes;
    expect(types).toEqual({ x: 'decimal comma', y: 'decimal comma' });
    expect(values(parseCsv('x;z\n1,234;1\n', { types }))).toEqual([1.234]);
  });
});

describe('dates', () => {
  const day = (text: string): number => Date.parse(text) / 86_400_000;

  test.each([
    ['ISO', ['2023-01-31', '2023-02-01T12:00:00Z'], ['2023-01-31', '2023-02-01T12:00:00Z']],
    ['days first', ['31.01.2023', '01.02.2023'], ['2023-01-31', '2023-02-01']],
    ['months first', ['01/31/2023', '02/01/2023'], ['2023-01-31', '2023-02-01']],
    ['days first with slashes', ['31/01/2023', '01/02/2023'], ['2023-01-31', '2023-02-01']],
    ['names of months', ['5 Jan 2023', '7 March 2024'], ['2023-01-05', '2024-03-07']],
    ['names first', ['Jan 5, 2023', 'March 7, 2024'], ['2023-01-05', '2024-03-07']],
    ['digits alone', ['20230131', '20240229'], ['2023-01-31', '2024-02-29']],
    [
      'names in other languages',
      ['31. Januar 2023', '1 août 2023', '5 de mayo de 2023'],
      ['2023-01-31', '2023-08-01', '2023-05-05'],
    ],
    ['quarters', ['2020Q1', 'Q3 2021'], ['2020-01-01', '2021-07-01']],
    ['years of two digits', ['31.01.23', '01.02.99'], ['2023-01-31', '1999-02-01']],
  ])('%s', (_, cells, expected) => {
    const table = columnOf(cells);
    expect(values(table)).toEqual(expected.map(day));
    expect(codes(table)[0]).toMatch(/^date/);
  });

  test('an open order is said', () => {
    expect(codes(columnOf(['01/02/2023', '03/04/2023']))).toEqual(['date-order']);
  });

  test('become days, month and weekday, one block, through JSON', () => {
    const days = Array.from({ length: 40 }, (_, i) =>
      new Date(Date.UTC(2023, 0, 1 + i)).toISOString().slice(0, 10),
    );
    const table = parseCsv(`day,y\n${days.map((cell, i) => `${cell},${i / 2}`).join('\n')}\n`);
    const fitted = TablePreprocessor.fit(table, { target: 'y', scale: 'none' });
    expect(fitted.featureNames).toEqual(['day:days', 'day:month', 'day:weekday']);
    expect(fitted.blocks).toEqual([{ column: 'day', kind: 'numeric', start: 0, length: 3 }]);
    // 2023-01-01 was a Sunday.
    expect([...fitted.transform(takeRows(table, [0])).data]).toEqual([day('2023-01-01'), 1, 7]);
    const back = TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(fitted)));
    const next = parseCsv('day\n2023-06-05\nNaT\n', { types: back.columnTypes });
    const encoded = [...back.transform(next).data];
    expect(encoded.slice(0, 3)).toEqual([day('2023-06-05'), 6, 1]);
    expect(encoded[3]).toBeCloseTo(day('2023-01-20') + 0.5);
  });

  test('predictions are written as the target was: days, times of a day, or both', () => {
    const dates = ['01/03/2024', '15/03/2024', '31/12/2023'];
    const times = ['2024-03-01T13:00', '2024-03-15T08:30', '2023-12-31T23:59'];
    const clocks = ['08:00', '13:45', '23:59'];
    const rows = dates.map((date, i) => `${i},${date},${times[i]},${clocks[i]},${i / 2}`);
    const table = parseCsv(`x,date,time,clock,y\n${rows.join('\n')}\n`);
    const fitted = TablePreprocessor.fit(table, { target: ['date', 'time', 'clock', 'y'] });
    const back = TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(fitted)));
    const written = back.targetCells(back.targets(table).data);
    expect(written).toEqual([
      ['2024-03-01', times[0], clocks[0], 0],
      ['2024-03-15', times[1], clocks[1], 0.5],
      ['2023-12-31', times[2], clocks[2], 1],
    ]);
    // To the nearest day or minute; what no date can say stays a number.
    const odd = [day('2024-03-01') + 0.6, day('2024-03-01') + 0.4999, 7.999, 1];
    expect(back.targetCells(odd)).toEqual([['2024-03-02', '2024-03-01T12:00', '08:00', 1]]);
    expect(back.targetCells([1e9, Number.NaN, -1, 1])).toEqual([[1e9, Number.NaN, -1, 1]]);
    const asClass = TablePreprocessor.fit(parseCsv('x,y\n1,a\n2,b\n'), { target: 'y' });
    expect(() => asClass.targetCells([1])).toThrow(/'y' is a class/);
  });

  test('a day that there is not is named', () => {
    const cells = Array.from({ length: 28 }, (_, i) => `2023-02-${String(i + 1).padStart(2, '0')}`);
    expect(() => columnOf([...cells, '2023-02-30'])).toThrow(/'2023-02-30' is not a number, but 28 of 29/);
  });
});

describe('missing values', () => {
  const numbers = Array.from({ length: 20 }, (_, i) => `${i}.5`);

  test.each(['<NA>', 'NaT', '-nan', '#DIV/0!', '#N/A N/A', 'NA_real_', '\\N', '(null)', '1.#QNAN'])(
    '%s is missing everywhere',
    (mark) => {
      expect(requireColumn(columnOf([mark, ...numbers]), 'x').missing).toBe(1);
      expect(requireColumn(columnOf([mark, 'a', 'b']), 'x').missing).toBe(1);
    },
  );

  test.each(['-', '--', '–', '.', 'n.a.', 'unknown', 'missing'])('%s is missing among numbers', (mark) => {
    for (const count of [1, 15]) {
      const table = columnOf([...new Array<string>(count).fill(mark), ...numbers]);
      expect(requireColumn(table, 'x')).toMatchObject({ kind: 'numeric', missing: count });
      expect(codes(table)).toEqual(['missing-text']);
    }
    expect(requireColumn(columnOf([mark, 'a', 'b']), 'x').missing).toBe(0);
  });

  test('a word read as missing among texts is told, with what keeps it', () => {
    const text = 'x,country\n1,ZA\n2,NA\n3,ZA\n4,NA\n';
    const table = parseCsv(text);
    expect(requireColumn(table, 'country')).toMatchObject({ missing: 2, absent: ['NA'] });
    expect(table.notes?.map(({ code, column }) => [code, column])).toEqual([['missing-word', 'country']]);
    expect(() => TablePreprocessor.fit(table, { target: 'country' })).toThrow(
      /no value in 2 rows, first in line 3.*'NA' is read as a missing value there: `kept` keeps such texts/,
    );
    const known = takeRows(table, [0, 2]);
    expect(() => TablePreprocessor.fit(known, { target: 'country' })).toThrow(/one class only.*`kept`/);
    expect(parseCsv(text, { kept: { country: ['NA'] } }).notes).toEqual([]);
    const records = JSON.stringify([{ country: 'ZA' }, { country: 'None' }, { country: null }]);
    expect(requireColumn(parseJsonTable(records), 'country')).toMatchObject({ missing: 2, absent: ['None'] });
    // A sign is no category, and among numbers nothing is one.
    expect(parseCsv('x,c\n1,a\nNA,?\n3,b\n').notes).toEqual([]);
  });

  test('NA is a country where it is to be kept, also when the rows to predict are read', () => {
    const text = 'x,country\n1,ZA\n2,NA\n3,ZA\n4,NA\n';
    const fitted = TablePreprocessor.fit(parseCsv(text, { missing: [''] }), { target: 'country' });
    const { columnTypes: types, keptTexts: kept } = TablePreprocessor.fromJSON(
      JSON.parse(JSON.stringify(fitted)),
    );
    expect(fitted.labels(parseCsv(text, { types, kept }))).toEqual(['ZA', 'NA', 'ZA', 'NA']);
  });
});

describe('labels and codes', () => {
  test.each([
    ['leading zeros', ['01', '07', '75']],
    ['18 digits', ['123456789012345678', '123456789012345679', '2']],
    ['truth', ['True', 'False', 'True']],
    ['percents', ['10%', '20%', '10%']],
    ['amounts with a unit and without', ['5', '$10', '5']],
    ['dates', ['2023-01-01', '2023-01-02', '2023-01-01']],
    ['words and digits', ['1x', '01', '1x']],
  ])('%s keep their spelling, also when one of them is read again', (_, labels) => {
    const csv = (some: readonly string[]): string =>
      `a,y\n${some.map((label, i) => `${i},${label}`).join('\n')}\n`;
    const all = [...labels, ...labels, ...labels, ...labels];
    const fitted = TablePreprocessor.fit(parseCsv(csv(all)), { target: 'y', task: 'classification' });
    expect(fitted.labels(parseCsv(csv(all)))).toEqual(all);
    const types = TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(fitted))).columnTypes;
    for (const label of labels) expect(fitted.labels(parseCsv(csv([label]), { types }))).toEqual([label]);
  });

  test('numbers are labels whatever their decimals', () => {
    const fitted = TablePreprocessor.fit(parseCsv('a,y\n1,0\n2,1\n3,1\n'), { target: 'y' });
    expect(fitted.labels(parseCsv('a,y\n1,1.0\n2,0.0\n'))).toEqual([1, 0]);
  });

  test('columns of such numbers stay amounts', () => {
    const fitted = TablePreprocessor.fit(parseCsv('month,y\n01,1.5\n02,2.5\n12,3\n'), { target: 'y' });
    expect(fitted.featureNames).toEqual(['month']);
    expect(codes(parseCsv('month,y\n01,1.5\n02,2.5\n'))).toEqual(['leading-zeros']);
  });

  test('the codes 1 and 1.0 are one, 01 is another', () => {
    const options = { target: 'y', categorical: ['code'] };
    const types = { code: 'categorical' } as const;
    const fitted = TablePreprocessor.fit(parseCsv('code,y\n1,1.5\n2,2.5\n1.0,3\n01,4\n', { types }), options);
    expect(fitted.featureNames).toEqual(['code=01', 'code=1', 'code=2']);
    const rows = parseCsv('code\n1.0\n2.00\n1\n', { types: fitted.columnTypes });
    expect([...fitted.transform(rows).data]).toEqual([0, 1, 0, 0, 0, 1, 0, 1, 0]);
    expect(fitted.unknownCategories(rows).rows).toBe(0);
    expect(fitted.unknownCategories(parseCsv('code\n7\n1\n', { types }))).toEqual({
      rows: 1,
      example: { column: 'code', category: '7' },
    });
  });
});
