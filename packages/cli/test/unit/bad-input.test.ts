import { existsSync, readFileSync } from 'node:fs';
import { afterAll, describe, expect, test } from 'vitest';
import { classes, Folder, houses, run } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());
const table = folder.file('houses.csv', houses(60));
const numbers = Array.from({ length: 40 }, (_, i) => `${i},${(i * 7) % 5},${i * 1.5}`);

/** Files that cannot be fitted, and what is said. */
const tables: readonly (readonly [
  name: string,
  content: string,
  options: readonly string[],
  message: RegExp,
])[] = [
  ['empty', '', [], /is empty/],
  ['header-only', 'a,b,y\n', [], /no rows/],
  ['ragged', 'a,b,y\n1,2,3\n4,5\n', [], /line 3: 2 cells, but there are 3 columns/],
  ['quotes', 'a,b,y\n1,"x,3\n', [], /line 2: a quoted cell is not closed/],
  ['no-target', `a,b,z\n${numbers.join('\n')}`, [], /no target column 'y'\. The columns are: a, b, z/],
  [
    'infinite',
    `a,b,y\n${numbers.join('\n')}\n1,inf,2\n`,
    ['--validation', 'none'],
    /Column 'b', line 42: the value is Infinity/,
  ],
  [
    'no-label',
    `a,b,y\n${numbers.map((row) => row.replace(/[\d.]+$/, 'NA')).join('\n')}\n`,
    [],
    /'y' has no value in/,
  ],
  ['one-class', 'a,b,y\n1,2,x\n3,4,x\n5,6,x\n', [], /one class only/],
  ['one-value', 'a,b,y\n1,2,7\n3,4,7\n5,6,7\n', [], /one value only/],
  ['text-target', 'a,b,y\n1,2,x\n3,4,z\n5,6,x\n', ['--task', 'regression'], /is text/],
  [
    'wrong-cell',
    `a,b,y\n${numbers.join('\n')}\n1,2,3\nl2,5,6\n`,
    [],
    /Line 43, column 'a': 'l2' is not a number/,
  ],
  ['constant', 'a,b,y\n1,2,3.5\n1,2,4\n1,2,5\n', [], /No feature column is left/],
  [
    'duplicates',
    'a,y\n1,2.5\n1,3\n2,4\n2,5\n',
    ['--ridge', '0', '--validation', 'none'],
    /pivot .*raise --ridge/s,
  ],
];

describe.concurrent('fit: one clear line and nothing on standard output', () => {
  test.each(tables)('%s', async (name, content, options, message) => {
    const path = folder.file(`${name}.csv`, content);
    const { code, stdout, stderr } = await run(['fit', path, '--target', 'y', ...options, '--json']);
    expect(code, stderr).toBe(1);
    expect(stdout).toBe('');
    const lines = stderr
      .trim()
      .split('\n')
      .filter((line) => !line.startsWith('Fitting'));
    expect(lines).toHaveLength(1);
    expect(lines[0]).toMatch(/^agop: /);
    expect(lines[0]).toMatch(message);
    expect(lines[0]).not.toMatch(/unexpected|at .*:\d+:\d+/);
  });

  test.each([
    [['--target', 'price', '--ridge', 'much'], 1, /--ridge must be a number from 0, but is 'much'/],
    [['--target', 'price', '--ridge=-1'], 1, /--ridge must be a number from 0/],
    [['--target', 'price', '--iterations', '1.5'], 1, /--iterations must be a whole number from 0/],
    [['--target', 'price', '--kernel', 'magic'], 1, /--kernel must be one of laplace, gaussian/],
    [['--target', 'price', '--bandwidth', '0'], 1, /--bandwidth must be a positive number/],
    [
      ['--target', 'price', '--kernel', 'exponential-power', '--exponent', '9'],
      1,
      /--exponent must be above 0 and at most 2/,
    ],
    [
      ['--target', 'price', '--kernel', 'lpq', '--exponent', '9'],
      1,
      /^agop: --exponent must be above 0 and at most 2/,
    ],
    [
      ['--target', 'price', '--validation', '0.999'],
      1,
      /--validation 0\.999 leaves 1 of 60 rows to learn from/,
    ],
    [['--target', 'price', '--backend', 'tfjs-wasm', '--threads', '3'], 1, /--threads needs --backend cpu/],
    [['--target', 'price', '--backend', 'naive', '--blas', 'auto'], 1, /--blas needs --backend cpu/],
    [['--target', 'price', '--blas', '/nowhere'], 1, /There is no BLAS in '\/nowhere'/],
    [['--target', 'price', '--backend', 'abacus'], 1, /--backend must be one of auto, gpu, webgpu, cpu/],
    [['--target', 'price', '--validation', '1.5'], 1, /--validation must be a share/],
    [
      ['--target', 'price', '--validation', 'nowhere.csv'],
      1,
      /Cannot read nowhere\.csv \(--validation\): there is no such file/,
    ],
    [['--target', 'price', '--seed', '-1'], 1, /--seed must be a whole number from 0, but is -1/],
    [['--target', 'price', '--max-row', '3'], 2, /Unknown option '--max-row'/],
    [
      ['--target', 'price', '--seed', '1', '--seed', '2'],
      1,
      /--seed takes one value, but is given '1' and '2'/,
    ],
    [['--target'], 2, /value is missing/],
    [[], 1, /--target is needed.*The columns are area, colour, noise, town, price/],
  ])('options %j', async (options, expected, message) => {
    const { code, stdout, stderr } = await run(['fit', table, ...options]);
    expect(code, stderr).toBe(expected);
    expect(stdout).toBe('');
    expect(stderr.trim().split('\n')).toHaveLength(1);
    expect(stderr).toMatch(message);
  });
});

describe('predict and inspect', () => {
  const model = folder.at('model.safetensors');

  test('model files that are not what they should be', async () => {
    const fitted = await run([
      'fit',
      folder.file('c.csv', classes(40)),
      '--target',
      'side',
      '--iterations',
      '1',
      '-o',
      model,
    ]);
    expect(fitted.code, fitted.stderr).toBe(0);
    const bytes = readFileSync(model);
    const cases: [string, string, RegExp][] = [
      [
        'missing',
        folder.at('nothing.safetensors'),
        /Cannot read .*nothing\.safetensors': there is no such file/,
      ],
      ['foreign', table, /houses\.csv: .*so no model: it looks like a table/],
      [
        'truncated',
        folder.file('cut.safetensors', bytes.subarray(0, bytes.length - 100)),
        /cut\.safetensors: /,
      ],
    ];
    for (const [name, path, message] of cases) {
      for (const args of [
        ['inspect', path],
        ['predict', path, table],
        ['evaluate', path, table],
      ]) {
        const { code, stdout, stderr } = await run(args);
        expect(code, name).toBe(1);
        expect(stdout).toBe('');
        expect(stderr.trim().split('\n'), stderr).toHaveLength(1);
        expect(stderr).toMatch(message);
        expect(stderr).not.toMatch(/unexpected/);
      }
    }
  });

  test('probabilities of a model that predicts numbers', async () => {
    const regression = folder.at('houses.safetensors');
    const fitted = await run(['fit', table, '-t', 'price', '--iterations', '1', '-o', regression]);
    expect(fitted.code, fitted.stderr).toBe(0);
    for (const option of ['--proba', '--probabilities']) {
      const { code, stderr } = await run(['predict', regression, table, option]);
      expect(code).toBe(1);
      expect(stderr).toMatch(new RegExp(`^agop: ${option} does not go with this model: it predicts numbers`));
    }
  });

  test('a table that lacks a column', async () => {
    const { code, stderr } = await run(['predict', model, table]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^agop: There is no feature column 'a'\. The columns are: area/);
  });
});

describe('outputs that cannot be written', () => {
  test('a folder that is not there', async () => {
    const path = folder.at('no/such/folder/model.safetensors');
    const { code, stderr } = await run([
      'fit',
      table,
      '--target',
      'price',
      '--iterations',
      '0',
      '--output',
      path,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(
      /^agop: Cannot write '.*model\.safetensors' \(--output\): there is no folder '.*no\/such\/folder'\.\n$/,
    );
  });

  test('a folder in place of the report', async () => {
    const { code, stderr } = await run([
      'fit',
      table,
      '--target',
      'price',
      '--iterations',
      '0',
      '--report',
      folder.path,
    ]);
    expect(code).toBe(1);
    expect(stderr).toMatch(/^agop: Cannot write '.*' \(--report\): it is a folder\.\n$/);
    expect(existsSync(folder.path)).toBe(true);
  });
});
