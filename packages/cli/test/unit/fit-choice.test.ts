import { existsSync, readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { classes, type Ended, Folder, houses, run } from '../program.ts';

const folder = new Folder();
afterAll(() => folder[Symbol.dispose]());

/** Lines of a CSV text as cells. */
const cellsOf = (text: string): string[][] =>
  text
    .trim()
    .split('\n')
    .map((line) => line.split(','));

describe('numbers', () => {
  const model = folder.at('houses.safetensors');
  const report = folder.at('houses.html');
  let table = '';
  let fitted: Ended;
  beforeAll(async () => {
    table = folder.file('houses.csv', houses(90));
    const options = ['--trials', '2', '--folds', '2', '--output', model, '--report', report];
    fitted = await run(['fit', table, '--target', 'price', ...options, '--json']);
  });

  test('--json prints one object, and progress goes to standard error', () => {
    expect(fitted.code, fitted.stderr).toBe(0);
    expect(fitted.stdout.trim().split('\n')).toHaveLength(1);
    const result = JSON.parse(fitted.stdout);
    expect(result).toMatchObject({
      task: 'regression',
      target: ['price'],
      rows: 90,
      trainingRows: 72,
      testRows: 18,
      folds: 2,
      metric: 'rmse',
      output: model,
      report,
      leftOut: [{ column: 'town', reason: 'constant' }],
    });
    expect(result.history).toHaveLength(2);
    const [rmse] = result.scores;
    expect(rmse.test.value).toBeLessThan(rmse.guess / 2);
    expect(fitted.stderr).toMatch(/Choosing settings: trial 2 of 2 · /);
    expect(readFileSync(report, 'utf8')).toContain('How good is it?');
  });

  test('predict gives intervals and contributions that sum to the prediction', async () => {
    const { code, stdout, stderr } = await run(['predict', model, table, '--interval', '0.8', '--explain']);
    expect(code, stderr).toBe(0);
    const [header = [], ...rows] = cellsOf(stdout);
    expect(header).toEqual([
      'price',
      'price from',
      'price to',
      'average row',
      'contribution(area)',
      'contribution(colour)',
      'contribution(noise)',
    ]);
    for (const row of rows) {
      const [price = 0, from = 0, to = 0, ...parts] = row.map(Number);
      expect(from).toBeLessThan(price);
      expect(to).toBeGreaterThan(price);
      expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(price, 6);
    }
    expect(stderr).toMatch(/72 of them are rows that the model was fitted on.* On the other 18: R² /);
  });

  test('evaluate has all scores, apart for rows that the model was not fitted on, and weights', async () => {
    const page = folder.at('evaluation.html');
    const { code, stdout, stderr } = await run(['evaluate', model, table, '--report', page, '--json']);
    expect(code, stderr).toBe(0);
    const { scores, fitted: own, coverage, rows } = JSON.parse(stdout);
    expect(scores.map(({ name }: { name: string }) => name)).toEqual(['rmse', 'mse', 'mae', 'mape', 'r2']);
    expect([rows, own.rows, own.others[0].name]).toEqual([90, 72, 'rmse']);
    // The others are the test rows of the fit.
    expect(own.others[0].test.value).toBeCloseTo(JSON.parse(fitted.stdout).scores[0].test.value, 8);
    expect(coverage).toMatchObject({ level: 0.9, share: expect.any(Number) });
    const html = readFileSync(page, 'utf8');
    expect(html).toContain('Predictions against the truth');
    expect(html).toContain('(18 rows that the model was not fitted on)');
    expect(html).not.toContain('test rows');
    const terminal = await run(['evaluate', model, table]);
    expect(terminal.stdout).toMatch(/hold the truth in [\d.]+ % of the 18 others\./);
    const weighted = JSON.parse(
      (await run(['evaluate', model, table, '--weights', 'noise', '--json'])).stdout,
    );
    expect(weighted.scores[0].test.value).not.toBeCloseTo(scores[0].test.value, 6);
    const negative = folder.file('negative.csv', houses(20).replaceAll(/,here,/g, ',here,-'));
    const failed = await run(['evaluate', model, negative, '--weights', 'price']);
    expect(failed.stderr).toMatch(/^agop: weights has -\d/);
    const unknown = folder.file('unknown.csv', 'area,colour,noise\n50,red,3\n');
    const lacking = await run(['evaluate', model, unknown]);
    expect(lacking.stderr).toMatch(
      /does not say for every row what is predicted: the column price is missing/,
    );
  });

  test('an unknown category is said, or refused on request', async () => {
    const rows = folder.file('pink.csv', 'noise,colour,area\n3,red,100\n3,pink,100\n');
    const lenient = await run(['predict', model, rows]);
    expect(lenient.code, lenient.stderr).toBe(0);
    expect(lenient.stderr).toMatch(/^agop: 1 row has a category that no training row had, as 'pink'/);
    const failed = await run(['predict', model, rows, '--unknown', 'error']);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/^agop: Column 'colour', line 3: the category 'pink'/);
  });

  test('inspect tells what was chosen, tried and calibrated', async () => {
    const { code, stdout } = await run(['inspect', model, '--json']);
    expect(code).toBe(0);
    const json = JSON.parse(stdout);
    expect(json).toMatchObject({
      task: 'regression',
      target: ['price'],
      rows: 72,
      chosenBy: { metric: 'rmse' },
      intervals: [{ level: 0.9, target: 'price', halfWidth: expect.any(Number) }],
      summary: { testRows: 18 },
    });
    expect(json.history).toHaveLength(2);
    const text = await run(['inspect', model]);
    expect(text.stdout).toContain('colour: one of blue, red, sea green, light');
    expect(text.stdout).toMatch(/intervals for 90\.0 %: price ± /);
  });
});

test('classes have probabilities, sets of labels, and contributions to the predicted class', async () => {
  const model = folder.at('sides.safetensors');
  const table = folder.file('sides.csv', classes(60));
  const fit = await run(['fit', table, '-t', 'side', '--trials', '1', '--folds', '2', '-o', model]);
  expect(fit.code, fit.stderr).toBe(0);
  expect(fit.stdout).toMatch(/^→ Brier score .* ± .* to /m);
  const { stdout } = await run(['predict', model, table, '--proba', '--interval', '0.9', '--explain']);
  const [header = [], ...rows] = cellsOf(stdout);
  expect(header.slice(0, 5)).toEqual([
    'side',
    'p(down)',
    'p(up)',
    'labels (90 %)',
    'p(predicted class) of the average row',
  ]);
  expect(header[5]).toBe('contribution(a) to p(predicted class)');
  for (const row of rows) {
    const own = Number(row[row[0] === 'down' ? 1 : 2]);
    const parts = row.slice(4).map(Number);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(own, 6);
    expect(row[3]).toContain(row[0]);
  }
});

test('a guess is that of the training rows: the same figure in fit, evaluate and inspect', async () => {
  const model = folder.at('guess.safetensors');
  const table = folder.file('guess.csv', houses(60));
  for (const options of [
    ['--trials', '1', '--folds', '2'],
    ['--iterations', '0', '--selection', 'mae'],
  ]) {
    const fit = await run(['fit', table, '-t', 'price', ...options, '-o', model, '--json']);
    const { scores, baseline } = JSON.parse(fit.stdout);
    const guess = baseline ?? scores.find(({ name }: { name: string }) => name === 'mae').guess;
    const evaluated = JSON.parse((await run(['evaluate', model, table, '--json'])).stdout);
    expect(evaluated.guessOf).toBe('training rows');
    const own = evaluated.fitted.others.find(({ name }: { name: string }) => name === 'mae').guess;
    expect(own).toBeCloseTo(guess, 8);
  }
});

test('what is spelt in several ways is one where it is asked for, also in predictions', async () => {
  const model = folder.at('spelt.safetensors');
  const csv = (yes: (i: number) => string): string =>
    `x,sold\n${Array.from({ length: 60 }, (_, i) => `${i % 9},${i % 9 > 4 ? yes(i) : 'no'}`).join('\n')}\n`;
  const table = folder.file(
    'spelt.csv',
    csv((i) => ['yes', 'Yes', 'yes'][i % 3] as string),
  );
  const options = ['-t', 'sold', '--trials', '1', '--folds', '2', '--metric', 'f1'];
  const kept = await run(['fit', table, ...options]);
  expect(kept.stderr).toMatch(
    /'yes' and 'Yes' of column 'sold' differ .* --spellings merge takes them for one/,
  );
  const merged = await run(['fit', table, ...options, '--spellings', 'merge', '-o', model]);
  expect(merged.stderr).not.toContain('spellings');
  expect(merged.stdout).toContain("F1 of 'yes'");
  const loud = folder.file(
    'loud.csv',
    csv(() => 'YES'),
  );
  expect(JSON.parse((await run(['evaluate', model, loud, '--json'])).stdout)).toMatchObject({
    unknownClasses: 0,
    classes: [{ label: 'no' }, { label: 'yes' }],
  });
});

test('evaluate judges one machine, too: confusion, and precision and recall of each class', async () => {
  const model = folder.at('machine.safetensors');
  const table = folder.file('sides.csv', classes(60));
  await run(['fit', table, '-t', 'side', '--iterations', '1', '-o', model]);
  const { stdout } = await run(['evaluate', model, table]);
  expect(stdout).toMatch(/48 of them are rows that the model was fitted on/);
  expect(stdout).toMatch(/balanced accuracy +[\d.]+ %/);
  expect(stdout).toMatch(/True classes \(lines\) .*, of the 12 others$/m);
  expect(stdout).toMatch(/ up +[\d.]+ % +[\d.]+ % +[\d.]+ % +\d+$/m);
  const json = JSON.parse((await run(['evaluate', model, table, '--json'])).stdout);
  expect(json.confusion.flat().reduce((sum: number, count: number) => sum + count, 0)).toBe(12);
  // Where no row is left that the model was not fitted on, all are judged, with a remark.
  const whole = folder.at('whole.safetensors');
  const page = folder.at('whole.html');
  await run(['fit', table, '-t', 'side', '--iterations', '1', '--validation', 'none', '-o', whole]);
  const seen = await run(['evaluate', whole, table, '--report', page, '--json']);
  const counts: number[][] = JSON.parse(seen.stdout).confusion;
  expect(counts.flat().reduce((sum, count) => sum + count, 0)).toBe(60);
  expect(readFileSync(page, 'utf8')).toContain('(60 rows that the model was fitted on, which says nothing');
  const intervals = await run(['predict', model, table, '--interval', '0.9']);
  expect(intervals.stderr).toMatch(/^agop: --interval does not go with this model/);
});

test('test rows that are also in the table are left out, with a word, and refused where no other is left', async () => {
  const table = folder.file('known.csv', houses(60));
  const [header = '', ...rows] = houses(80).trim().split('\n');
  const mixed = folder.file('mixed.csv', [header, ...rows.slice(48)].join('\n'));
  const page = folder.at('mixed.html');
  const options = ['-t', 'price', '--trials', '1', '--folds', '2'];
  const fit = await run(['fit', table, ...options, '--test', mixed, '--report', page]);
  expect(fit.code, fit.stderr).toBe(0);
  expect(fit.stderr).toMatch(
    /^agop: 12 of the 32 test rows are also in the table .* the test is on the other 20\.$/m,
  );
  expect(fit.stdout).toContain('60 to learn from, 20 to test');
  expect(fit.stdout).toContain('12 of the 32 test rows are also in the table');
  expect(readFileSync(page, 'utf8')).toContain('12 of the 32 test rows are also in the table, and are not');
  // The known rows change nothing.
  const fresh = folder.file('fresh.csv', [header, ...rows.slice(60)].join('\n'));
  const scores = async (path: string): Promise<unknown> =>
    JSON.parse((await run(['fit', table, ...options, '--test', path, '--json'])).stdout).scores;
  expect(await scores(mixed)).toEqual(await scores(fresh));
  const same = await run(['fit', table, ...options, '--test', table]);
  expect(same.code).not.toBe(0);
  expect(same.stderr).toMatch(
    /^agop: All 60 test rows are also in the table .*--test 0\.2, which is held out/m,
  );
});

test('validation rows of one machine, too', async () => {
  const table = folder.file('known.csv', houses(60));
  const [header = '', ...rows] = houses(80).trim().split('\n');
  const mixed = folder.file('mixed.csv', [header, ...rows.slice(48)].join('\n'));
  const options = ['-t', 'price', '--iterations', '1', '--validation'];
  const fit = await run(['fit', table, ...options, mixed, '--json']);
  expect(fit.stderr).toMatch(/^agop: 12 of the 32 validation rows are also in the table .* the other 20\.$/m);
  expect(JSON.parse(fit.stdout).notes).toContainEqual(
    expect.objectContaining({ code: 'known-validation-rows' }),
  );
  const same = await run(['subspace', table, '-t', 'price', '--validation', table]);
  expect(same.stderr).toMatch(
    /^agop: All 60 validation rows are also in the table .*--validation 0\.2, which/m,
  );
});

test('rows of two binary columns are all judged', async () => {
  const lines = Array.from(
    { length: 80 },
    (_, i) => `${i % 2},${i % 3 ? 1 : 0},${i % 2 && i % 7 ? 'up' : 'down'}`,
  );
  const file = (name: string, from: number, to: number): string =>
    folder.file(name, ['a,b,side', ...lines.slice(from, to)].join('\n'));
  const [table, other] = [file('bits.csv', 0, 60), file('bits-new.csv', 60, 80)];
  const model = folder.at('bits.safetensors');
  const fit = await run([
    'fit',
    table,
    '-t',
    'side',
    '--trials',
    '1',
    '--test',
    other,
    '-o',
    model,
    '--json',
  ]);
  expect(fit.code, fit.stderr).toBe(0);
  expect(JSON.parse(fit.stdout)).toMatchObject({ testRows: 20, notes: [{ code: 'recurring-test-rows' }] });
  const { stdout } = await run(['evaluate', model, other, '--json']);
  const summary = JSON.parse(stdout);
  expect(summary).not.toHaveProperty('fitted');
  expect(summary.confusion.flat().reduce((sum: number, count: number) => sum + count, 0)).toBe(20);
});

test('a time too short for one fit gives the best there is, and says so', async () => {
  const table = folder.file('houses.csv', houses(60));
  const { code, stdout, stderr } = await run(['fit', table, '-t', 'price', '--time', '0.01s']);
  expect(code, stderr).toBe(0);
  expect(stdout).toMatch(/among 1 settings?, then time was up/);
  expect(stdout).toMatch(/RMSE/);
});

test('few groups make few folds, and one group none', async () => {
  const lines = Array.from({ length: 40 }, (_, i) => `${i % 7},${i % 3 ? 'a' : 'b'},g${i % 2},all`);
  const table = folder.file('groups.csv', `x,side,two,one\n${lines.join('\n')}\n`);
  const options = ['-t', 'side', '--test', 'none', '--trials', '1'];
  const two = await run(['fit', table, ...options, '--group', 'two', '--ignore', 'one', '--json']);
  expect(JSON.parse(two.stdout)).toMatchObject({ folds: 2, validationRows: 40 });
  const one = await run(['fit', table, ...options, '--group', 'one']);
  expect(one.stderr).toMatch(/^agop: All rows are of one group of --group: no other is left to judge by\.$/m);
});

test('what an interrupted fit has found is gone on with', async () => {
  const table = folder.file('houses.csv', houses(60));
  const output = folder.at('resumed.safetensors');
  const options = ['-t', 'price', '--trials', '3', '--folds', '2', '--json'];
  const whole = await run(['fit', table, ...options, '-o', output]);
  expect(existsSync(`${output}.resume`)).toBe(false);
  const history = (json: string) =>
    JSON.parse(json).history.map(({ seconds: _, ...trial }: { seconds: number }) => trial);
  // As if the program had been killed while it wrote the third trial.
  const broken = folder.at('broken.safetensors');
  const made = await run(['fit', table, ...options, '-o', broken, '--report', folder.at('no/such/folder')]);
  expect(made.code).toBe(1);
  const withoutOutput = await run(['fit', table, ...options, '--resume']);
  expect(withoutOutput.stderr).toMatch(/--resume needs --output/);
  const fresh = await run(['fit', table, ...options, '-o', broken, '--resume']);
  expect(fresh.stderr).toMatch(
    /There is no interrupted fit in .*broken\.safetensors\.resume: it begins anew/,
  );
  expect(history(fresh.stdout)).toEqual(history(whole.stdout));
});

test('options of one machine and of a choice do not go together', async () => {
  const table = folder.file('few.csv', houses(20));
  const both = await run(['fit', table, '-t', 'price', '--kernel', 'gaussian', '--metric', 'mae']);
  expect(both.stderr).toMatch(/--kernel is a setting of one machine, .* does not go with --metric\./);
  const held = await run(['fit', table, '-t', 'price', '--validation', '0.3', '--test', '0.2']);
  expect(held.stderr).toMatch(/--validation chooses the iteration of one machine/);
  const quick = await run(['fit', table, '-t', 'price', '--quick', '--time', '5s']);
  expect(quick.stderr).toMatch(/--quick does not go with --time\./);
});

describe('predictions and their rows', () => {
  const model = folder.at('streets.safetensors');
  beforeAll(async () => {
    const table = folder.file(
      'streets.csv',
      `id,built,area,street,price\n${Array.from({ length: 60 }, (_, i) => `00${i},0${1 + (i % 9)}.02.2020,${100 + ((7 * i) % 60)},${i % 2 ? 'A' : 'B'},${(7 * i) % 60}.5`).join('\n')}\n`,
    );
    const options = [
      '--target',
      'price',
      '--ignore',
      'id',
      '--trials',
      '1',
      '--folds',
      '2',
      '--test',
      'none',
    ];
    const { code, stderr } = await run(['fit', table, ...options, '--output', model]);
    expect(code, stderr).toBe(0);
  });
  const asked =
    'id,built,area,street,price\n007,05.02.2020,120,A,\n\nNA,05.02.2031,900,C,\n009,05.02.2020,,A,1.50\n';

  test('columns that are kept stand before predictions as they are written, and numbers of rows', async () => {
    const keep = ['id', 'built', 'price'].flatMap((name) => ['--keep', name]);
    const path = folder.file('asked.csv', asked);
    const { code, stdout, stderr } = await run(['predict', model, path, '--row-numbers', ...keep]);
    expect(code, stderr).toBe(0);
    const [header, ...rows] = cellsOf(stdout);
    expect(header).toEqual(['row', 'id', 'built', 'price (in the table)', 'price']);
    expect(rows.map((row) => row.slice(0, 4))).toEqual([
      ['1', '007', '05.02.2020', ''],
      ['2', 'NA', '05.02.2031', ''],
      ['3', '009', '05.02.2020', '1.50'],
    ]);
    expect(stderr).toContain('1 line is left out: a blank one between rows');
    const unknown = await run(['predict', model, path, '--keep', 'ID']);
    expect(unknown.code).not.toBe(0);
    expect(unknown.stderr).not.toContain('Predicting');
    const weighed = await run(['evaluate', model, path, '--weights', 'wait']);
    expect(weighed.stderr).toMatch(/^agop: There is no column of weights 'wait'/m);
    expect(unknown.stderr).toContain(
      "--keep ID names no column of the table. Did you mean 'id'? The columns are: id, built",
    );
  });

  test('rows outside of what the model was fitted on are counted, with reasons where asked', async () => {
    const path = folder.file('outside.csv', asked);
    const { stdout, stderr } = await run(['predict', model, path, '--outside', '--json']);
    const { columns, predictions, outside, notes } = JSON.parse(stdout);
    expect(columns).toEqual(['price', 'outside']);
    const reasons = predictions.map((row: [number, string]) => row[1]);
    expect(reasons[0]).toBe('');
    expect(reasons[1]).toMatch(
      /^built above 2020-02-09; area above 159; street unseen(; far \(.* times the usual distance\))?$/,
    );
    expect(reasons[2]).toMatch(/^area missing/);
    expect(outside).toMatchObject({ rows: 2, cells: expect.arrayContaining([expect.anything()]) });
    expect(outside.cells[0]).toEqual({
      column: 'built',
      kind: 'above',
      rows: 1,
      example: '2031-02-05',
      limit: '2020-02-09',
    });
    expect(notes.map(({ code }: { code: string }) => code)).toContain('outside');
    expect(stderr).toMatch(/2 of 3 rows lie outside of what the model was fitted on.*--outside says which/);
  });

  test('what is evaluated, and test rows of another kind, are said to lie outside', async () => {
    const far = folder.file(
      'far.csv',
      `id,built,area,street,price\n${Array.from({ length: 9 }, (_, i) => `${i},0${1 + i}.02.2031,${900 + i},A,${i}`).join('\n')}\n`,
    );
    const evaluated = await run(['evaluate', model, far, '--json']);
    expect(JSON.parse(evaluated.stdout).outside).toMatchObject({ rows: 9 });
    const told = await run(['evaluate', model, far]);
    expect(told.stdout).toContain('9 of 9 rows lie outside of what the model was fitted on');
    const options = ['--target', 'price', '--ignore', 'id', '--trials', '1', '--folds', '2'];
    const fitted = await run(['fit', folder.at('streets.csv'), ...options, '--test', far]);
    expect(fitted.stdout).toContain('9 of 9 test rows lie outside');
    // Most divisions of rows have one or two of them outside.
    const ordinary = await run(['fit', folder.at('streets.csv'), ...options]);
    expect(ordinary.stdout).not.toContain('lie outside');
  });

  test('dates in another order than in training are said to be dates', async () => {
    const path = folder.file('order.csv', 'id,built,area,street\n1,2020-02-05,120,A\n2,02/27/2020,120,A\n');
    const { code, stderr } = await run(['predict', model, path]);
    expect(code).toBe(1);
    expect(stderr).toContain("'02/27/2020' is not a date as this column has them, but one in another order");
    expect(stderr).toContain('the day first, as 31.01.2024');
  });

  test('a column that is kept twice stands there once, beside the numbers of rows', async () => {
    const path = folder.file('row.csv', 'row,id,built,area,street\nx,1,05.02.2020,120,A\n');
    const { stdout } = await run(['predict', model, path, '--row-numbers', '--keep', 'row', '--keep', 'row']);
    expect(cellsOf(stdout)[0]).toEqual(['row', 'row (in the table)', 'price']);
  });
});
