import { existsSync, readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { spreadsheetSafe } from '../../src/model/spreadsheet.ts';
import { classes, type Ended, Folder, houses, run } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

describe('regression by one machine', () => {
  const model = folder.at('houses.safetensors');
  const report = folder.at('houses.html');
  let table = '';
  let fitted: Ended;
  beforeAll(async () => {
    table = folder.file('houses.csv', houses(120));
    const options = ['--preset', 'rfm2022', '--output', model, '--report', report, '--json'];
    fitted = await run(['fit', table, '--target', 'price', ...options]);
  });

  test('--json prints one object to standard output and nothing else', () => {
    expect(fitted.code, fitted.stderr).toBe(0);
    const result = JSON.parse(fitted.stdout);
    expect(fitted.stdout.trim().split('\n')).toHaveLength(1);
    expect(result).toMatchObject({
      task: 'regression',
      target: ['price'],
      rows: 120,
      trainingRows: 96,
      heldOutRows: 24,
      features: 5,
      ridge: 0.001,
      seed: 0,
      kernel: { name: 'laplace', parameters: { bandwidth: 10 } },
      leftOut: [{ column: 'town', reason: 'constant' }],
    });
    const { iterations, best, seconds, importances } = result;
    expect(iterations.map((one: { iteration: number }) => one.iteration)).toEqual([0, 1, 2, 3, 4, 5]);
    for (const one of iterations)
      expect(one).toEqual({ iteration: one.iteration, metric: 'mse', value: expect.any(Number) });
    expect(best).toEqual(iterations[best.iteration]);
    const values = iterations.map((one: { value: number }) => one.value);
    expect(best.value).toBe(Math.min(...values));
    expect(seconds).toBeGreaterThan(0);
    const names = importances.map((one: { column: string }) => one.column);
    expect(names).toEqual(['area', 'colour', 'noise', 'town']);
    const total = importances.reduce((sum: number, one: { importance: number }) => sum + one.importance, 0);
    expect(total).toBeCloseTo(1, 6);
  });

  test('RFM finds that noise does not matter, and beats plain kernel regression', () => {
    const { importances, iterations, best } = JSON.parse(fitted.stdout);
    const of = (name: string) =>
      importances.find((one: { column: string }) => one.column === name).importance;
    expect(of('noise')).toBeLessThan(of('area') / 5);
    expect(best.value).toBeLessThan(iterations[0].value);
  });

  test('progress goes to standard error', () => {
    expect(fitted.stderr).toMatch(/Fitting: plain kernel regression .*left/);
    expect(fitted.stderr).toMatch(/Fitting: iteration 5 of 5/);
    expect(fitted.stderr).not.toContain('\u001b');
  });

  test('the report is one file that needs nothing else', () => {
    const html = readFileSync(report, 'utf8');
    expect(html).toMatch(/^<!doctype html>/);
    expect(html.match(/<svg /g)?.length).toBeGreaterThanOrEqual(4);
    expect(html.replaceAll('http://www.w3.org/2000/svg', '')).not.toMatch(/https?:|<script/);
    expect(html).toContain('plain kernel regression');
  });

  test('predict gives CSV, with the preprocessing that was saved', async () => {
    const rows = folder.file(
      'new.csv',
      'town,noise,colour,area\nhere,3,red,100\nelse,3,"sea green, light",100\nhere,3,,\n',
    );
    const { code, stdout, stderr } = await run(['predict', model, rows]);
    expect(code, stderr).toBe(0);
    const lines = stdout.trim().split('\n');
    expect(lines).toHaveLength(4);
    expect(lines[0]).toBe('price');
    const [red = 0, green = 0, unknown = 0] = lines.slice(1).map(Number);
    // 200 and 260 without the pull of the ridge towards the mean.
    expect(green - red).toBeGreaterThan(30);
    expect(Math.abs(red + green - 460)).toBeLessThan(60);
    expect(Number.isFinite(unknown)).toBe(true);
  });

  test('predict says how good it is where the truth is known; the same rows give the same numbers', async () => {
    const output = folder.at('predictions.csv');
    const toFile = await run(['predict', model, table, '--output', output, '--json']);
    expect(toFile.code, toFile.stderr).toBe(0);
    const summary = JSON.parse(toFile.stdout);
    expect(summary).toMatchObject({ task: 'regression', rows: 120, output, score: { metric: 'r2' } });
    expect(summary.score.value).toBeGreaterThan(0.9);
    // 96 rows are those of the fit, and the model is judged on the 24 that were held out as well.
    expect(summary.fitted).toEqual({ rows: 96, others: { metric: 'r2', value: expect.any(Number) } });
    expect(summary.fitted.others.value).toBeLessThan(summary.score.value);
    expect(toFile.stderr).toMatch(
      /R² [\d.]+ on these 120 rows, whose target is known; 96 of them are rows that the model was fitted on, which says nothing of new ones\. On the other 24: R² [\d.]+$/m,
    );
    const toStdout = await run(['predict', model, table]);
    expect(readFileSync(output, 'utf8')).toBe(toStdout.stdout);
  });

  test('a file of predictions is what its name says, or is refused', async () => {
    const written = async (name: string): Promise<Buffer> => {
      const path = folder.at(name);
      const { code, stderr } = await run(['predict', model, table, '-o', path, '--row-numbers']);
      expect(code, stderr).toBe(0);
      return readFileSync(path);
    };
    const csv = String(await written('p.csv'));
    expect(String(await written('p.tsv'))).toBe(csv.replaceAll(',', '\t'));
    expect(String(gunzipSync(await written('p.csv.gz')))).toBe(csv);
    const [, first = ''] = csv.split('\n');
    const object = { row: 1, price: Number(first.split(',')[1]) };
    expect(JSON.parse(String(await written('p.json')))[0]).toEqual(object);
    expect(JSON.parse(String(await written('p.jsonl')).split('\n')[0] ?? '')).toEqual(object);
    expect(String(await written('p'))).toBe(csv);
    const refused = await run(['predict', folder.at('no.model'), table, '-o', folder.at('p.xlsx')]);
    expect(refused.stderr).toMatch(/p\.xlsx ends in \.xlsx, .*: \.csv, \.tsv, \.json, /);
    const page = await run(['fit', table, '-t', 'price', '--report', folder.at('page.pdf')]);
    expect(page.stderr).toMatch(/page\.pdf ends in \.pdf, .* page in HTML: \.html or \.htm\./);
    const saved = await run(['fit', table, '-t', 'price', '-o', folder.at('model.onnx')]);
    expect(saved.stderr).toMatch(/model\.onnx ends in \.onnx, .*: \.safetensors\./);
  });

  test('predictions of a date are dates, and a column that the model does not need is not spoken of', async () => {
    const row = (i: number): string => {
      const x = Math.sin(7 * i);
      const date = new Date(Date.UTC(2024, 2, 1) + Math.round(40 * x) * 86_400_000)
        .toISOString()
        .slice(0, 10);
      return `${x.toFixed(3)},${date.split('-').toReversed().join('/')},12:${String(i).padStart(2, '0')}`;
    };
    const rows = Array.from({ length: 50 }, (_, i) => row(i));
    const path = folder.file('dates.csv', `x,day,clock\n${rows.join('\n')}\n`);
    const saved = folder.at('dates.safetensors');
    const options = ['--target', 'day', '--ignore', 'clock', '--iterations', '0', '--output', saved];
    const fit = await run(['fit', path, ...options]);
    expect(fit.stderr).toMatch(/the target 'day' is read as dates and predicted as such: errors are in days/);
    const { stdout, stderr } = await run(['predict', saved, path]);
    const dates = stdout.trim().split('\n');
    expect(dates.slice(0, 2)).toEqual(['day', '2024-03-01']);
    expect(dates.every((date, i) => i === 0 || /^2024-0[1-4]-\d\d$/.test(date))).toBe(true);
    expect(stderr).not.toMatch(/clock|categorical/);
  });

  test('inspect says what it is', async () => {
    const { code, stdout } = await run(['inspect', model, '--json']);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      task: 'regression',
      target: ['price'],
      rows: 96,
      features: 5,
      kernel: { name: 'laplace' },
      columns: [
        { column: 'area', kind: 'numeric' },
        { column: 'colour', kind: 'categorical', categories: ['blue', 'red', 'sea green, light'] },
        { column: 'noise', kind: 'numeric' },
      ],
    });
    const text = await run(['inspect', model]);
    expect(text.stdout).toContain('colour: one of blue, red, sea green, light');
  });

  test('an unknown category is said in one line, or refused on request', async () => {
    const rows = folder.file('pink.csv', 'noise,colour,area\n3,red,100\n3,pink,100\n');
    const failed = await run([
      'predict',
      model,
      rows,
      ...['--unknown', 'error', '--output', folder.at('pink-out.csv')],
    ]);
    expect(failed.code).toBe(1);
    expect(failed.stdout).toBe('');
    expect(failed.stderr.trim().split('\n')).toHaveLength(1);
    expect(failed.stderr).toMatch(
      /^agop: Column 'colour', line 3: the category 'pink' .*'blue', 'red'.*--unknown ignore/,
    );
    expect(existsSync(folder.at('pink-out.csv'))).toBe(false);
    const lenient = await run(['predict', model, rows]);
    expect(lenient.code, lenient.stderr).toBe(0);
    expect(lenient.stderr).toMatch(
      /^agop: 1 row has a category that no training row had, as 'pink' in column 'colour'/,
    );
    const { notes } = JSON.parse((await run(['predict', model, rows, '--json'])).stdout);
    expect(notes).toMatchObject([{ code: 'unknown-categories', column: 'colour', option: 'unknown' }]);
    expect(lenient.stdout.trim().split('\n')).toHaveLength(3);
  });

  test('the same seed gives the same result, another one another', async () => {
    const held = (text: string) => JSON.parse(text).iterations;
    const again = await run(['fit', table, '--target', 'price', '--preset', 'rfm2022', '--json']);
    expect(held(again.stdout)).toEqual(held(fitted.stdout));
    const other = await run([
      'fit',
      table,
      '--target',
      'price',
      '--preset',
      'rfm2022',
      '--json',
      '--seed',
      '1',
    ]);
    expect(held(other.stdout)).not.toEqual(held(fitted.stdout));
  });
});

test('guesses are one line for each kind, and part of the JSON with the option that changes them', async () => {
  const lines = Array.from(
    { length: 30 },
    (_, i) => `${i}.01.2024;${i % 7},5;${(i * 3) % 8},25;${i === 4 ? '' : i % 5}`,
  );
  const path = folder.file('guesses.csv', `day;a;b;y\n${lines.slice(1).join('\n')}\n`);
  const { code, stdout, stderr } = await run(['fit', path, '--target', 'y', '--iterations', '0', '--json']);
  expect(code, stderr).toBe(0);
  const { notes, baseline } = JSON.parse(stdout);
  expect(notes).toMatchObject([
    { code: 'date', column: 'day', option: 'categorical' },
    { code: 'decimal-comma', column: 'a', option: 'decimal' },
    { code: 'decimal-comma', column: 'b', option: 'decimal' },
    { code: 'rows-without-target' },
    { code: 'integers-as-classes', column: 'y', option: 'task' },
  ]);
  expect(baseline).toBeLessThan(0.5);
  const remarks = stderr.split('\n').filter((line) => line.startsWith('agop: '));
  expect(remarks).toHaveLength(4);
  expect(remarks[1]).toMatch(
    /'1,5' in column 'a' is read as 1\.5: a decimal comma\. --decimal \. .* Also: 'b'\./,
  );
});

describe('classification', () => {
  const model = folder.at('classes.safetensors');
  let table = '';
  beforeAll(() => {
    table = folder.file('classes.csv', classes(150));
  });

  test('text for people: iterations against plain kernel regression, features found', async () => {
    const { code, stdout, stderr } = await run([
      ...[
        'fit',
        table,
        '-t',
        'side',
        '-o',
        model,
        '--iterations',
        '2',
        '--backend',
        'naive',
        '--dtype',
        'float64',
      ],
    ]);
    expect(code, stderr).toBe(0);
    expect(stdout).toMatch(/plain kernel regression +\d+\.\d % +\d+ of 30/);
    expect(stdout).toMatch(/RFM iteration 2 +\d+\.\d %/);
    expect(stdout).toMatch(/← best/);
    expect(stdout).toMatch(/Features it found[^\n]*\n {2}a +\d+\.\d % +█/);
    expect(stdout).toMatch(/naive, float64/);
    expect(stdout).not.toContain('\u001b');
    expect(stdout.split('\n').every((line) => line.length <= 80)).toBe(true);
  });

  test('probabilities', async () => {
    const { code, stdout, stderr } = await run(['predict', model, table, '--probabilities']);
    expect(code, stderr).toBe(0);
    const [header, ...rows] = stdout
      .trim()
      .split('\n')
      .map((line) => line.split(','));
    expect(header).toEqual(['side', 'p(down)', 'p(up)']);
    expect(rows).toHaveLength(150);
    for (const [label, down, up] of rows) {
      expect(Number(down) + Number(up)).toBeCloseTo(1, 6);
      expect(label).toBe(Number(down) >= Number(up) ? 'down' : 'up');
    }
    expect(stderr).toMatch(/^accuracy \d+\.\d %/);
  });

  test('every option of the estimator arrives', async () => {
    const { code, stdout, stderr } = await run([
      ...[
        'fit',
        table,
        '--target',
        'side',
        '--json',
        '--kernel',
        'gaussian',
        '--bandwidth',
        '3',
        '--ridge',
        '0.01',
      ],
      ...[
        '--iterations',
        '1',
        '--validation',
        '0.4',
        '--seed',
        '7',
        '--dtype',
        'float64',
        '--diagonal',
        '--threads',
        '1',
      ],
    ]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({
      kernel: { name: 'gaussian', parameters: { bandwidth: 3 } },
      ridge: 0.01,
      seed: 7,
      dtype: 'float64',
      heldOutRows: 60,
      classes: ['down', 'up'],
      iterations: [{ iteration: 0 }, { iteration: 1, metric: 'accuracy' }],
    });
  });

  test('at most so many rows, drawn by the seed', async () => {
    const { code, stdout, stderr } = await run([
      ...['fit', table, '--target', 'side', '--max-rows', '50', '--iterations', '0', '--json'],
    ]);
    expect(code, stderr).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ rows: 50, trainingRows: 40, heldOutRows: 10 });
    expect(stderr).toContain('agop: 50 of 150 rows are used, drawn at random.');
  });

  test('a validation file, and none', async () => {
    const [header, ...lines] = classes(190).trim().split('\n');
    const held = folder.file('held.csv', [header, ...lines.slice(150)].join('\n'));
    const file = await run([
      'fit',
      table,
      '--target',
      'side',
      '--validation',
      held,
      '--iterations',
      '1',
      '--json',
    ]);
    expect(JSON.parse(file.stdout)).toMatchObject({ rows: 190, trainingRows: 150, heldOutRows: 40 });
    const none = await run([
      'fit',
      table,
      '--target',
      'side',
      '--validation',
      'none',
      '--iterations',
      '1',
      '--json',
    ]);
    expect(JSON.parse(none.stdout)).toMatchObject({
      trainingRows: 150,
      heldOutRows: 0,
      best: { iteration: 1, value: null },
    });
  });
});

test.each([
  ['=1+1', "'=1+1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['+cmd', "'+cmd"],
  ['  -cmd', "  '-cmd"],
  ['\t=1', "'\t'=1"],
  ['a;=1+1', "a;'=1+1"],
  ['＝1', "'＝1"],
  ['-12.5', '-12.5'],
  ['a=b', 'a=b'],
  ['', ''],
  [-1, -1],
  [null, null],
])('%j in a spreadsheet', (cell, expected) => {
  expect(spreadsheetSafe(cell)).toBe(expected);
});

test('predict --spreadsheet-safe', async () => {
  const rows = classes(60).replaceAll('up', '=1+1').replaceAll('down', '@SUM(A1)').replace('side', '+side');
  const [table, model] = [folder.file('formulas.csv', rows), folder.at('formulas.safetensors')];
  await run(['fit', table, '--target', '+side', '--iterations', '0', '--output', model]);
  const plain = await run(['predict', model, table]);
  expect(plain.stdout).toMatch(/^\+side\n(=1\+1|@SUM\(A1\))\n/);
  const safe = await run(['predict', model, table, '--spreadsheet-safe']);
  expect(safe.stdout).toBe(plain.stdout.replaceAll(/^[=@+]/gm, "'$&"));
  expect(safe.code).toBe(0);
});
