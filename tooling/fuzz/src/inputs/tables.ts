import * as fc from 'fast-check';

/** Small tables in notations that people use. */
export const texts: Readonly<Record<string, string>> = {
  plain: 'a,b,c,y\n1,2.5,red,0.1\n2,3.5,blue,0.2\n3,NA,red,0.3\n4,1e3,"green, light",0.4\n5,-7,blue,0.5\n',
  semicolons:
    'sep=;\nwert;preis;datum\n1,25;1.234,50;03.01.2020\n2,5;12,00;04.02.2021\n0,75;3,10;28.12.2022\n',
  tabs: 'x\ty\tclass\r\n1\t2\t01\r\n3\t4\t02\r\n\r\n5\t6\t01\r\n',
  quotes: '"a ""b""","c\nd"\n"1","x"\n"","y"\n"3",""\n',
  comments: '# made by hand\n# twice\nu,v\n1,true\n2,false\n3,true\n',
  blanks: 'a  b   c\n1  2   3\n4  5   6\n7  8   9\n',
  notations:
    'cost,share,when,at\n"€ 1,234.50",50 %,2020-01-31,12:30\n$7,7.5%,2021-02-28,00:15\n−3,100 %,1999-12-31,23:59\n',
  names: 'a,a,,__proto__,constructor\n1,2,3,4,5\n6,7,8,9,10\n',
  one: 'only\n5\n',
  wide: `${Array.from({ length: 60 }, (_, i) => `c${i}`).join()}\n${'1,'.repeat(59)}2\n${'3,'.repeat(59)}4\n`,
};

const numbers = fc.oneof(
  { weight: 6, arbitrary: fc.integer({ min: -50, max: 50 }).map(String) },
  {
    weight: 4,
    arbitrary: fc.float({ noNaN: true, noDefaultInfinity: true, min: -100, max: 100 }).map(String),
  },
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
);
const huge = fc.constantFrom(
  '1e308',
  '-1e308',
  '1e-308',
  '5e-324',
  '1.7976931348623157e308',
  '1e30',
  '0',
  '-0',
);
const label = fc.constantFrom(
  'red',
  'blue',
  '01',
  '1',
  '1.0',
  'True',
  'yes',
  'no',
  'NA',
  'None',
  'a b',
  'é',
  '="x"',
);
const missing = fc.constantFrom('', 'NA', 'nan', '?', '-', 'NULL', '#N/A', 'NaT', 'missing');
const dates = fc
  .tuple(
    fc.integer({ min: 1890, max: 2100 }),
    fc.integer({ min: 1, max: 13 }),
    fc.integer({ min: 1, max: 31 }),
  )
  .chain(([year, month, day]) => {
    const two = (n: number): string => String(n).padStart(2, '0');
    return fc.constantFrom(
      `${year}-${two(month)}-${two(day)}`,
      `${two(day)}.${two(month)}.${year}`,
      `${month}/${day}/${year}`,
      `${year}-${two(month)}-${two(day)}T12:30:00Z`,
    );
  });
const spelled = fc.oneof(
  fc.integer({ min: 0, max: 10 ** 7 }).map((n) => n.toLocaleString('en-US')),
  fc.integer({ min: 0, max: 10 ** 7 }).map((n) => (n / 100).toLocaleString('de-DE')),
  fc.integer({ min: 0, max: 100 }).map((n) => `${n} %`),
  fc.integer({ min: 0, max: 10000 }).map((n) => `$${n}`),
  fc.integer({ min: 0, max: 10 ** 9 }).map((n) => `${n / 7}`),
  fc.integer({ min: 1, max: 99 }).map((n) => `−${n}`),
  fc
    .integer({ min: 0, max: 86399 })
    .map((s) => `${Math.floor(s / 3600)}:${String(Math.floor(s / 60) % 60).padStart(2, '0')}`),
);
const anything = fc.oneof(fc.string({ maxLength: 8 }), fc.string({ unit: 'grapheme', maxLength: 5 }));

/** Cells of one column: of one kind, with a share of missing ones and a few of another kind. */
const column: fc.Arbitrary<fc.Arbitrary<string>> = fc
  .record({
    main: fc.constantFrom(numbers, numbers, label, dates, spelled, huge, anything, fc.constant('7')),
    other: fc.constantFrom(numbers, label, huge, anything, dates),
    missing: fc.constantFrom(0, 0, 1, 3, 10),
    odd: fc.constantFrom(0, 0, 0, 1),
  })
  .map(({ main, other, missing: absent, odd }) =>
    fc.oneof(
      { weight: 20, arbitrary: main },
      { weight: absent, arbitrary: missing },
      { weight: odd, arbitrary: other },
    ),
  );

/** Rows of cells below names. */
export interface Cells {
  readonly names: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const name = fc.oneof(
  { weight: 8, arbitrary: fc.constantFrom('a', 'b', 'c', 'id', 'x', 'y', 'date', 'label') },
  fc.constantFrom(
    '',
    ' ',
    '__proto__',
    'constructor',
    'pixel_0_0',
    'pixel_0_1',
    'a,b',
    'a"b',
    'é',
    '\u001b[31m',
    '=1+1',
  ),
);

/** Tables of up to 30 rows, with few kinds of cells, some of them twice. */
export const cells: fc.Arbitrary<Cells> = fc
  .tuple(
    fc.array(column, { minLength: 1, maxLength: 5 }),
    fc.integer({ min: 0, max: 30 }),
    fc.constantFrom(1, 1, 1, 3),
  )
  .chain(([columns, count, times]) =>
    fc.record({
      names: fc.array(name, { minLength: columns.length, maxLength: columns.length }),
      rows: fc
        .array(fc.tuple(...columns), { minLength: count, maxLength: count })
        .map((rows) => Array.from({ length: times }, () => rows).flat()),
    }),
  );

const layout = fc.record({
  delimiter: fc.constantFrom(',', ',', ';', '\t', '|'),
  newline: fc.constantFrom('\n', '\r\n', '\r'),
  start: fc.constantFrom('', '', '\uFEFF', 'sep=;\n', '# a table\n', '\n'),
  end: fc.constantFrom('', '\n', '\n\n', '\u001a', ',,,\n'),
  quoted: fc.boolean(),
});

/** A table as a text. */
export function written({ names, rows }: Cells, { delimiter, newline, start, end, quoted }: Layout): string {
  const cell = (text: string): string =>
    quoted || text.includes(delimiter) || /["\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  return start + [names, ...rows].map((row) => row.map(cell).join(delimiter)).join(newline) + end;
}

type Layout = typeof layout extends fc.Arbitrary<infer L> ? L : never;

export const tableText: fc.Arbitrary<string> = fc
  .tuple(cells, layout)
  .map(([table, how]) => written(table, how));
