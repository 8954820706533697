import { expect, test } from 'vitest';
import { parseCsv, TablePreprocessor, takeRows } from '../src/index.ts';

const header = 'when,open,area,colour,half,y';
const training = parseCsv(
  [
    header,
    ...Array.from({ length: 100 }, (_, i) => {
      const day = `2024-${String(1 + (i % 12)).padStart(2, '0')}-15`;
      return `${day},0${8 + (i % 2)}:30,${i},${i % 2 === 0 ? 'red' : 'blue'},${i % 3 === 0 ? '' : i},${i}`;
    }),
  ].join('\n'),
);
const fitted = TablePreprocessor.fit(training, { target: 'y', unknownCategories: 'ignore' });
const outsideOf = (rows: readonly string[], preprocessor = fitted) =>
  preprocessor.outside(parseCsv([header, ...rows].join('\n'), { types: preprocessor.columnTypes }));

test('training rows are not outside', () => {
  expect(fitted.outside(training)).toEqual([]);
});

test('numbers are outside beyond a tenth of the range, and a tenth more for 100 rows', () => {
  const usual = '2024-05-01,08:30';
  expect(outsideOf([`${usual},118,red,1,`, `${usual},-19,red,1,`])).toEqual([]);
  expect(outsideOf([`${usual},119,red,1,`, `${usual},-20,red,1,`, `${usual},120.5,red,1,`])).toEqual([
    { column: 'area', kind: 'below', rows: Int32Array.of(1), example: '-20', limit: '0' },
    { column: 'area', kind: 'above', rows: Int32Array.of(0, 2), example: '119', limit: '99' },
  ]);
});

test('dates and times of day are said as they are written', () => {
  expect(outsideOf(['2026-01-01,23:15,1,red,1,'])).toEqual([
    { column: 'when', kind: 'above', rows: Int32Array.of(0), example: '2026-01-01', limit: '2024-12-15' },
    { column: 'open', kind: 'above', rows: Int32Array.of(0), example: '23:15', limit: '09:30' },
  ]);
});

test('new categories, and no value where all rows had one', () => {
  expect(outsideOf(['2024-05-01,08:30,,mauve,,', '2024-05-01,08:30,5,,1,'])).toEqual([
    { column: 'area', kind: 'missing', rows: Int32Array.of(0), example: '' },
    { column: 'colour', kind: 'unseen', rows: Int32Array.of(0), example: 'mauve' },
    { column: 'colour', kind: 'missing', rows: Int32Array.of(1), example: '' },
  ]);
});

test('new categories of a column of codes are told, too', () => {
  const options = { target: 'y', maxCategories: 1, rareCategories: 'codes' } as const;
  const coded = TablePreprocessor.fit(training, options);
  const [found] = outsideOf(['2024-05-01,08:30,5,mauve,1,'], coded);
  expect(found).toMatchObject({ column: 'colour', kind: 'unseen', example: 'mauve' });
  expect(coded.unknownCategories(parseCsv(`${header}\n2024-05-01,08:30,5,mauve,1,\n`))).toEqual({
    rows: 1,
    example: { column: 'colour', category: 'mauve' },
  });
});

test('ranges are saved; states of earlier versions, without them, are read', () => {
  const state = fitted.toJSON();
  const again = TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(state)));
  const rows = ['2024-05-01,08:30,500,red,1,'];
  expect(outsideOf(rows, again)).toHaveLength(1);
  const old = state.encoders.map((encoder) => {
    if (!('range' in encoder)) return encoder;
    const { range: _, ...others } = encoder;
    return others;
  });
  expect(outsideOf(rows, TablePreprocessor.fromJSON({ ...state, encoders: old }))).toEqual([]);
});

test('few rows leave a wider margin: their range is smaller than that of further ones', () => {
  const ten = TablePreprocessor.fit(takeRows(training, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9]), {
    target: 'y',
    unknownCategories: 'ignore',
  });
  expect(outsideOf(['2024-05-01,08:30,18,red,1,'], ten)).toEqual([]);
  expect(outsideOf(['2024-05-01,08:30,19,red,1,'], ten)).toHaveLength(1);
});
