import { type Backend, randomArray } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { parseSettings } from '@agop/core/options';
import { parseCsv, type Table, tableFromColumns } from '@agop/data';
import { classScores, numericScores } from '@agop/estimators';
import {
  checkTableChoiceSettings,
  runTableChoice,
  type TableChoiceEvent,
  type TableChoiceSettings,
  tableChoiceData,
  tableChoiceOptions,
  tableChoicePage,
  tableChoiceResult,
  tableChoiceText,
} from '@agop/experiments/table-choice';
import { htmlPage } from '@agop/report';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

/** Rows whose price and side depend on a and on the kind; `noise` is none of their business. */
function madeTable(rows: number): Table {
  const draw = (seed: number): number[] => [...randomArray(rows, 'normal', { seed }, 'float64')];
  const [a, noise, error] = [draw(1), draw(2), draw(3)];
  const kinds = a.map((_, i) => ['red', 'green', 'blue'][i % 3] as string);
  return tableFromColumns({
    a,
    noise,
    kind: kinds,
    group: a.map((_, i) => `g${Math.floor(i / 6)}`),
    weight: a.map((_, i) => 1 + (i % 2)),
    price: a.map((value, i) => 3 * value + (kinds[i] === 'red' ? 4 : 0) + 0.1 * (error[i] as number)),
    side: a.map((value) => (value > 0.3 ? 'up' : value < -0.3 ? 'down' : 'level')),
  });
}

const settingsOf = (given: object): TableChoiceSettings =>
  parseSettings(tableChoiceOptions, { trials: 2, folds: 2, ignore: ['group', 'weight', 'side'], ...given });
const noFile = async (): Promise<Table> => {
  throw new TypeError('no file is read');
};

describe('what is said of a table before a fit', () => {
  const notesOf = async (table: Table, target: string, further: object = {}) => {
    const settings = settingsOf({ target: [target], ignore: [], ...further });
    return (await tableChoiceData('made.csv', table, settings, noFile)).notes;
  };
  const rows = Array.from({ length: 40 }, (_, i) => i);

  it('test rows from between dated rows; targets that alone decide about squared errors', async () => {
    const day = (i: number): string =>
      `2024-${String(1 + Math.floor(i / 20)).padStart(2, '0')}-${10 + (i % 20)}`;
    const lines = rows.map((i) => `${day(i)},${i % 7},${i === 9 ? 1e6 : (3 * i) % 40}.5`);
    const dated = parseCsv(`day,size,price\n${lines.join('\n')}`);
    expect((await notesOf(dated, 'price')).map(({ code, column }) => [code, column])).toEqual([
      ['date', 'day'],
      ['target-outliers', 'price'],
      ['rows-in-order', 'day'],
    ]);
    const calm = await notesOf(dated, 'price', { metric: 'mae', test: 'none' });
    expect(calm.map(({ code }) => code)).toEqual(['date']);
    const shuffled = parseCsv(
      `day,size,price\n${lines.toReversed().slice(5).concat(lines.slice(35)).join('\n')}`,
    );
    expect((await notesOf(shuffled, 'price')).map(({ code }) => code)).not.toContain('rows-in-order');
  });

  it('one word for a column that only tells rows apart, classes in two spellings', async () => {
    const lines = rows.map(
      (i) => `${(i * 7919 + 12345).toString(16)}x,${i % 5},${['Yes', 'yes', 'no'][i % 3]}`,
    );
    const notes = await notesOf(parseCsv(`hash,size,answer\n${lines.join('\n')}`), 'answer');
    expect(notes.map(({ code, column }) => [code, column])).toEqual([
      ['identifier', 'hash'],
      ['spellings', 'answer'],
    ]);
  });
});

describe('a fit that chooses its settings', () => {
  it('is JSON that keeps what its report and its text need: numbers', async () => {
    const settings = settingsOf({ target: ['price'], weights: 'weight', ignore: ['group', 'side'] });
    const data = await tableChoiceData('prices.csv', madeTable(60), settings, noFile);
    const events: TableChoiceEvent[] = [];
    using run = await runTableChoice(settings, data, { backend, onEvent: (event) => events.push(event) });
    expect(events.map(({ phase }) => phase)).toEqual([
      'trial',
      'trial',
      ...run.result.summary.members.flatMap(() => ['leaf', 'fit']),
      'test',
    ]);
    const result = tableChoiceResult.parse(JSON.parse(JSON.stringify(run.result)));
    expect(result).toEqual(run.result);
    expect(result.summary).toMatchObject({
      task: 'regression',
      trainingRows: 48,
      validationRows: 48,
      folds: 2,
      testRows: 12,
      metric: 'rmse',
    });
    const [rmse] = result.summary.scores;
    expect(rmse?.test?.value).toBeLessThan((rmse?.guess ?? 0) / 3);
    expect(rmse?.test?.low).toBeLessThan(rmse?.test?.value ?? 0);
    expect(rmse?.validation?.folds?.deviation).toBeGreaterThan(0);
    const { importances, heldOutImportances } = result.summary;
    expect(importances.map(({ column }) => column)).toEqual(['a', 'noise', 'kind']);
    expect(importances.reduce((sum, { importance }) => sum + importance, 0)).toBeCloseTo(1, 8);
    expect(heldOutImportances?.measure).toBe('r2');
    expect(heldOutImportances?.columns[0]?.column).toBe('a');
    expect(result.drawn?.dependence.map(({ column }) => column)).toContain('kind');
    expect(result.drawn?.evaluation?.coverage?.level).toBe(0.9);
    const html = htmlPage(await tableChoicePage(result));
    for (const heading of ['How good is it?', 'Predictions against the truth', 'Which columns matter']) {
      expect(html).toContain(`<h2>${heading}</h2>`);
    }
    // The outermost bars also count the errors that are larger still.
    expect(html).toMatch(/>below −[\d.e−]+<.*>above [\d.e−]+</s);
    expect(html).toContain('How predictions change with a column');
    expect(html).toContain('What was tried');
    const lines = tableChoiceText(result, { columns: 80, color: false });
    expect(lines.join('\n')).toMatch(/RMSE .* ← chooses/);
    expect(lines.every((line) => line.length <= 80)).toBe(true);
  });

  it('has curves, confusion and calibration of classes; a tree is told in words', async () => {
    const settings = settingsOf({
      target: ['side'],
      metric: 'log-loss',
      ignore: ['weight', 'price'],
      group: 'group',
      leafRows: 30,
      // A division with errors among the test rows, so that accuracies have ranges.
      seed: 5,
      members: 1,
    });
    const data = await tableChoiceData('sides.csv', madeTable(96), settings, noFile);
    using run = await runTableChoice(settings, data, { backend });
    const { summary, drawn } = tableChoiceResult.parse(JSON.parse(JSON.stringify(run.result)));
    expect(summary.metric).toBe('logLoss');
    expect(summary.classes).toEqual(['down', 'level', 'up']);
    expect(summary.members[0]?.leaves).toBeGreaterThan(1);
    expect(drawn?.tree[0]).toMatch(/^divided by .*a.* rows, 100\.0 %\)$/);
    const { confusion = [], classes, curves, calibration, tooFewToCalibrate } = drawn?.evaluation ?? {};
    expect(confusion.flat().reduce((sum, count) => sum + count, 0)).toBe(summary.testRows);
    expect(classes?.map(({ label }) => label)).toEqual(['down', 'level', 'up']);
    expect(curves?.map(({ auc }) => auc > 0.6)).toEqual([true, true, true]);
    expect([calibration, tooFewToCalibrate]).toEqual([undefined, true]);
    const text = (columns: number): string[] => tableChoiceText(run.result, { columns, color: false });
    expect(text(80).join('\n')).toMatch(/validation .* 90 % of tests +a guess\n→ log loss/);
    expect(text(80).join('\n')).toMatch(/ {2}accuracy .* % ± .* % to .* %/);
    expect(text(80).every((line) => line.length <= 80)).toBe(true);
    expect(text(120).join('\n')).toMatch(/90 % of such tests .*\n.*log loss.* ← chooses/);
    expect(text(50).join('\n')).not.toMatch(/of tests/);
    const html = htmlPage(await tableChoicePage(run.result));
    expect(html).toMatch(/\d+ test rows are too few to compare probabilities/);
    for (const heading of ['What it takes for what', 'How well it ranks rows', 'How rows are divided']) {
      expect(html).toMatch(new RegExp(heading, 'i'));
    }
  });

  it('says which columns only number the rows, and are left out', async () => {
    const made = madeTable(30);
    const id = tableFromColumns({ id: Array.from({ length: 30 }, (_, row) => row + 1) });
    const settings = settingsOf({ target: ['price'], trials: 1, test: 'none' });
    const whole = { ...made, columns: [...made.columns, ...id.columns] };
    const data = await tableChoiceData('made.csv', whole, settings, noFile);
    using run = await runTableChoice(settings, data, { backend, drawn: false });
    const { notes, leftOut, importances } = run.result.summary;
    expect(notes).toMatchObject([
      { code: 'identifier', column: 'id', message: expect.stringMatching(/is left out\.$/) },
    ]);
    expect(leftOut).toContainEqual(expect.objectContaining({ column: 'id', reason: 'identifier' }));
    expect(importances.map(({ column }) => column)).not.toContain('id');
  });

  it('tests nothing where it is told so, and several targets where there are several', async () => {
    const settings = settingsOf({ target: ['price', 'a'], test: 'none' });
    const data = await tableChoiceData('both.csv', madeTable(40), settings, noFile);
    using run = await runTableChoice(settings, data, { backend, drawn: false });
    const { scores, testRows } = run.result.summary;
    expect(testRows).toBe(0);
    expect(scores.every(({ test }) => test === null)).toBe(true);
    expect(scores[0]?.guess).toBeGreaterThan(scores[0]?.validation?.value ?? 0);
    expect(run.result.drawn).toBeNull();
    expect(run.model.targets).toEqual(['price', 'a']);
  });
});

describe('bad input is said', () => {
  it.each([
    [
      { metric: 'auc' },
      /metric 'auc' is no score of numbers, which are predicted here.*rmse, mse, mae, mape, r2/,
    ],
    [{ metric: 'rsme' }, /There is no score 'rsme'\. Did you mean rmse\?/],
    [{ weights: 'wait' }, /'wait'/],
    [{ weights: 'below' }, /weights has -1 in row 0/],
    [{ weights: 'nothing' }, /weights are all 0/],
    [{ folds: 99 }, /folds 99 is too many: there are only 48 rows/],
    [{ folds: 9, group: 'group' }, /folds 9 is too many: the rows have only \d groups/],
    [{ group: 'one' }, /All rows have one value of group 'one'/],
    [{ target: ['side'], group: 'side2' }, /the other rows have one class only/],
    [{ test: 0.99 }, /leaves \d of 60 rows to learn from/],
  ])('%j', async (given, message) => {
    const table = madeTable(60);
    const sides = Array.from({ length: 60 }, (_, row) => (row % 2 === 0 ? 'left' : 'right'));
    const whole = {
      ...table,
      columns: [
        ...table.columns.filter(({ name }) => name !== 'side'),
        ...tableFromColumns({
          below: sides.map((_, row) => row - 1),
          nothing: sides.map(() => 0),
          one: sides.map(() => 'x'),
          side: sides,
          side2: sides,
        }).columns,
      ],
    };
    const run = async (): Promise<void> => {
      const settings = settingsOf({
        target: ['price'],
        ignore: ['weight', 'one', 'nothing'],
        ...given,
      });
      checkTableChoiceSettings(settings);
      const data = await tableChoiceData('made.csv', whole, settings, noFile);
      using _ = await runTableChoice(settings, data, { backend });
    };
    await expect(run()).rejects.toThrow(message);
  });

  it('a test file with other columns', async () => {
    const settings = settingsOf({ target: ['price'], test: 'other.csv' });
    const other = tableFromColumns({ a: [1, 2], price: [1, 2] });
    await expect(tableChoiceData('made.csv', madeTable(60), settings, async () => other)).rejects.toThrow(
      /There is no column of the test rows 'noise'/,
    );
  });

  it('the scores of the options are those of the estimators', () => {
    const given = (metric: string) => settingsOf({ target: ['y'], metric });
    for (const name of [...numericScores, ...classScores]) {
      expect(() => checkTableChoiceSettings(given(name))).not.toThrow();
    }
    const { description } = tableChoiceOptions.metric;
    const typed = [...numericScores, ...classScores].map((name) =>
      name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`),
    );
    for (const name of typed) expect(description).toContain(name);
  });
});
