import { describe, expect, test } from 'vitest';
import { parseCsv, TablePreprocessor, tableFromColumns, takeRows } from '../src/index.ts';

const houses = parseCsv(
  [
    'area,colour,zone,heated,price',
    '100,red,3,yes,10',
    '120,blue,3,no,12',
    ',red,3,yes,11',
    '140,,3,yes,15.5',
    '80,green,3,no,7',
  ].join('\n'),
);

describe('features', () => {
  const fitted = TablePreprocessor.fit(houses, { target: 'price' });

  test('numbers are standardised, missing ones become the mean, constants are left out', () => {
    const { data, shape } = fitted.transform(houses);
    expect(shape).toEqual([5, 7]);
    expect(fitted.featureNames).toEqual([
      'area',
      'colour=blue',
      'colour=green',
      'colour=red',
      'colour=(missing)',
      'heated=no',
      'heated=yes',
    ]);
    const area = [0, 1, 2, 3, 4].map((row) => data[row * 7] as number);
    const deviation = Math.sqrt((100 + 100 + 900 + 900) / 4);
    expect(area).toEqual([-10, 10, 0, 30, -30].map((v) => v / deviation));
    expect(fitted.leftOut).toEqual([{ column: 'zone', reason: 'constant', detail: expect.any(String) }]);
    expect(fitted.imputed).toEqual([
      { column: 'area', missing: 1 },
      { column: 'colour', missing: 1 },
    ]);
  });

  test('a category block stays together', () => {
    expect(fitted.blocks).toEqual([
      { column: 'area', kind: 'numeric', start: 0, length: 1 },
      { column: 'colour', kind: 'categorical', start: 1, length: 4 },
      { column: 'heated', kind: 'categorical', start: 5, length: 2 },
    ]);
    const { data } = fitted.transform(houses);
    expect([...data.subarray(1, 7)]).toEqual([0, 0, 1, 0, 0, 1]);
    expect([...data.subarray(3 * 7 + 1, 3 * 7 + 7)]).toEqual([0, 0, 0, 1, 0, 1]);
    expect(fitted.columnImportances([1, 2, 3, 4, 5, 6, 7])).toEqual([
      { column: 'area', importance: 1 },
      { column: 'colour', importance: 14 },
      { column: 'zone', importance: 0 },
      { column: 'heated', importance: 13 },
    ]);
    expect(() => fitted.columnImportances([1])).toThrow(expect.objectContaining({ code: 'SHAPE' }));
  });

  test('the order of columns and further columns do not matter at prediction', () => {
    const rows = parseCsv('heated,other,colour,area,zone\nyes,1,red,100,9\n');
    expect([...fitted.transform(rows).data]).toEqual([...fitted.transform(takeRows(houses, [0])).data]);
  });

  test('a missing category that training never saw becomes the frequencies', () => {
    const row = parseCsv('area,colour,heated\n100,red,\n');
    expect([...fitted.transform(row).data.subarray(5)]).toEqual([0.4, 0.6]);
  });

  test('an unknown category is an error that names it, or zeros on request', () => {
    const rows = parseCsv('area,colour,heated\n100,red,yes\n100,pink,yes\n');
    expect(() => fitted.transform(rows)).toThrow(
      expect.objectContaining({
        code: 'LABEL',
        label: 'pink',
        row: 1,
        column: 1,
        message: expect.stringMatching(/Column 'colour', line 3: .*'pink'.*'blue', 'green', 'red'/s),
      }),
    );
    const lenient = TablePreprocessor.fit(houses, { target: 'price', unknownCategories: 'ignore' });
    expect([...lenient.transform(rows).data.subarray(7 + 1, 7 + 5)]).toEqual([0, 0, 0, 0]);
    expect(fitted.transform(rows, { unknownCategories: 'ignore' })).toEqual(lenient.transform(rows));
  });

  test('categories that only the held-out rows have are unknown', () => {
    const part = TablePreprocessor.fit(takeRows(houses, [0, 1, 2]), { target: 'price' });
    expect(part.featureNames).toContain('colour=red');
    expect(part.featureNames).not.toContain('colour=green');
    expect(() => part.transform(houses)).toThrow(/'green'/);
  });

  test('numbers as categories, unscaled numbers, ignored columns, too many categories', () => {
    const table = tableFromColumns({
      code: [1, 2, 1, 2],
      size: [10, 20, Number.NaN, 60],
      id: ['a', 'b', 'c', 'd'],
      skip: [1, 2, 3, 4],
      y: [1, 2, 3, 4.5],
    });
    const some = TablePreprocessor.fit(table, {
      target: 'y',
      categorical: ['code'],
      ignore: ['skip'],
      scale: 'none',
      maxCategories: 3,
    });
    expect(some.featureNames).toEqual(['code=1', 'code=2', 'size']);
    expect([...some.transform(table).data]).toEqual([1, 0, 10, 0, 1, 20, 1, 0, 30, 0, 1, 60]);
    expect(some.leftOut.map(({ column, reason }) => [column, reason])).toEqual([
      ['id', 'too many categories'],
      ['skip', 'ignored'],
    ]);
  });

  test('infinite cells are named, in training and later', () => {
    const table = parseCsv('x,z,y\n1,2,1.5\n2,inf,2\n3,4,2.5\n');
    const where = expect.objectContaining({
      code: 'VALUE',
      row: 1,
      column: 1,
      message: expect.stringMatching(/'z', line 3/),
    });
    expect(() => TablePreprocessor.fit(table, { target: 'y' })).toThrow(where);
    const fine = TablePreprocessor.fit(takeRows(table, [0, 2]), { target: 'y' });
    expect(() => fine.transform(table)).toThrow(where);
  });

  test('text where training had numbers', () => {
    expect(() => fitted.transform(parseCsv('area,colour,heated\nbig,red,yes\n'))).toThrow(
      /Column 'area', line 2: 'big' is not a number/,
    );
  });

  test('no feature left', () => {
    expect(() =>
      TablePreprocessor.fit(tableFromColumns({ a: [1, 1], y: [1, 2.5] }), { target: 'y' }),
    ).toThrow(/No feature column is left \('a': all of its values are equal\)/);
  });
});

describe('targets', () => {
  test('regression: the numbers as they are', () => {
    const fitted = TablePreprocessor.fit(houses, { target: 'price' });
    expect(fitted.task).toBe('regression');
    expect(fitted.targets(houses)).toEqual({ data: Float64Array.of(10, 12, 11, 15.5, 7), shape: [5, 1] });
    expect(() => fitted.labels(houses)).toThrow(/has no classes/);
  });

  test('several outputs', () => {
    const table = tableFromColumns({ x: [1, 2, 3], y: [1, 2, 6], z: [0.5, 0, 1] });
    const fitted = TablePreprocessor.fit(table, { target: ['y', 'z'] });
    expect(fitted.targets(table).shape).toEqual([3, 2]);
    expect(fitted.featureNames).toEqual(['x']);
    expect([...fitted.targets(table).data]).toEqual([1, 0.5, 2, 0, 6, 1]);
  });

  test('the task is inferred', () => {
    const task = (y: (number | string)[]) =>
      TablePreprocessor.fit(tableFromColumns({ x: y.map((_, i) => i), y }), { target: 'y' }).task;
    const rows = Array.from({ length: 60 }, (_, i) => i);
    expect(task(['a', 'b', 'a'])).toBe('classification');
    expect(task(rows.map((i) => i % 10))).toBe('classification');
    expect(task([0, 1, 1])).toBe('classification');
    expect(task(rows)).toBe('regression');
    expect(task([0, 0.5, 1])).toBe('regression');
    expect(task([1, 2, 3, 4, 5, 6])).toBe('regression');
  });

  test('labels keep their type', () => {
    const numeric = tableFromColumns({ x: [1, 2, 3], y: [0, 1, 1] });
    expect(TablePreprocessor.fit(numeric, { target: 'y' }).labels(numeric)).toEqual([0, 1, 1]);
    const text = tableFromColumns({ x: [1, 2, 3], y: ['no', 'yes', 'no'] });
    expect(TablePreprocessor.fit(text, { target: 'y' }).labels(text)).toEqual(['no', 'yes', 'no']);
  });

  test.each([
    [
      'a missing column',
      'x,y\n1,2\n',
      { target: 'Price' },
      /no target column 'Price'. The columns are: x, y/,
    ],
    ['a name in another case', 'x,Price\n1,2\n', { target: 'price' }, /Did you mean 'Price'/],
    ['one class', 'x,y\n1,a\n2,a\n', { target: 'y' }, /one class only: every row is 'a'/],
    ['one value', 'x,y\n1,7\n2,7\n', { target: 'y' }, /one value only: every row is '7'/],
    [
      'text for regression',
      'x,y\n1,a\n2,b\n',
      { target: 'y', task: 'regression' },
      /is text \(for example 'a'\)/,
    ],
    ['a constant number', 'x,y\n1,2.5\n2,2.5\n', { target: 'y', task: 'regression' }, /is 2.5 in every row/],
    ['missing cells', 'x,y\n1,2.5\n2,\n3,\n', { target: 'y' }, /no value in 2 rows, first in line 3/],
    ['a missing label', 'x,y\n1,a\n2,\n', { target: 'y' }, /no value in line 3/],
    ['an infinite cell', 'x,y\n1,2.5\n2,-inf\n', { target: 'y' }, /'y', line 3: the value is -Infinity/],
    [
      'two columns of classes',
      'x,y,z\n1,a,b\n2,b,a\n',
      { target: ['y', 'z'], task: 'classification' },
      /Only one/,
    ],
    ['an unknown column to ignore', 'x,y\n1,a\n2,b\n', { target: 'y', ignore: ['q'] }, /no column 'q'/],
  ] as const)('%s', (_, text, options, message) => {
    expect(() => TablePreprocessor.fit(parseCsv(text), options)).toThrow(
      expect.objectContaining({ code: 'VALUE', message: expect.stringMatching(message) }),
    );
  });
});

describe('as JSON', () => {
  test('what is read back does the same', () => {
    const fitted = TablePreprocessor.fit(houses, { target: 'price' });
    const back = TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(fitted)));
    expect([...back.transform(houses).data]).toEqual([...fitted.transform(houses).data]);
    expect([...back.targets(houses).data]).toEqual([...fitted.targets(houses).data]);
    expect(back.leftOut).toEqual(fitted.leftOut);
  });

  test.each([
    ['nothing', undefined],
    ['another object', { format: 'other' }],
    ['a later version', { ...TablePreprocessor.fit(houses, { target: 'price' }).toJSON(), version: 2 }],
    ['no columns', { ...TablePreprocessor.fit(houses, { target: 'price' }).toJSON(), columns: [] }],
  ])('%s is refused', (_, json) => {
    expect(() => TablePreprocessor.fromJSON(json)).toThrow(expect.objectContaining({ code: 'FORMAT' }));
  });

  test('changing the JSON does not change the preprocessor', () => {
    const fitted = TablePreprocessor.fit(houses, { target: 'price' });
    fitted.toJSON().encoders.pop();
    expect(fitted.featureNames).toHaveLength(7);
  });
});

describe('spellings', () => {
  const table = tableFromColumns({
    town: ['Rome', 'rome', 'ROME ', 'Oslo', 'Rome', 'oslo'],
    size: [1, 2, 3, 4, 5, 6],
    sold: ['yes', 'Yes', ' yes', 'no', 'yes', 'No'],
  });
  const further = tableFromColumns({ town: ['rOME', 'Bern'], size: [1, 2], sold: ['YES', 'maybe'] });
  const fitted = (spellings: 'keep' | 'merge') =>
    TablePreprocessor.fit(table, { target: 'sold', spellings, unknownCategories: 'ignore' });

  test('are kept apart unless they are to be merged: then the usual one stands for all', () => {
    expect(fitted('keep').featureNames).toHaveLength(6);
    const merged = TablePreprocessor.fromJSON(JSON.parse(JSON.stringify(fitted('merge'))));
    expect(merged.featureNames).toEqual(['town=Oslo', 'town=Rome', 'size']);
    expect(merged.labels(table)).toEqual(['yes', 'yes', 'yes', 'No', 'yes', 'No']);
  });

  test('of further rows are known, other words are not', () => {
    const merged = fitted('merge');
    expect([...merged.transform(further).data.slice(0, 2)]).toEqual([0, 1]);
    expect(merged.labels(further)).toEqual(['yes', 'maybe']);
    expect(merged.unknownCategories(further)).toMatchObject({ rows: 1, example: { category: 'Bern' } });
    expect(fitted('keep').unknownCategories(further).rows).toBe(2);
  });

  test('one word only is no class to learn', () => {
    const one = tableFromColumns({ x: [1, 2, 3], y: ['a', 'A', 'a '] });
    expect(() => TablePreprocessor.fit(one, { target: 'y', spellings: 'merge' })).toThrow(/one class only/);
  });
});
