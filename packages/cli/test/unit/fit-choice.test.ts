import { readFileSync } from 'node:fs';
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
  expect(fit.stdout).toMatch(/Brier score .* ← chooses/);
  const { stdout } = await run(['predict', model, table, '--proba', '--interval', '0.9', '--explain']);
  const [header = [], ...rows] = cellsOf(stdout);
  expect(header.slice(0, 5)).toEqual(['side', 'p(down)', 'p(up)', 'labels (90 %)', 'p(average row)']);
  for (const row of rows) {
    const own = Number(row[row[0] === 'down' ? 1 : 2]);
    const parts = row.slice(4).map(Number);
    expect(parts.reduce((sum, part) => sum + part, 0)).toBeCloseTo(own, 6);
    expect(row[3]).toContain(row[0]);
  }
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
