import { createNaiveBackend } from '@agop/core/naive';
import { parseSettings } from '@agop/core/options';
import { parseCsv, TablePreprocessor } from '@agop/data';
import {
  runTableChoice,
  tableChoiceData,
  tableChoiceOptions,
  tableChoicePage,
  tableChoiceText,
} from '@agop/experiments/table-choice';
import { htmlPage } from '@agop/report';
import { describe, expect, it } from 'vitest';
import { boardOf, priorOf } from '../src/table-choice/board.ts';
import { calibrationCurve } from '../src/table-choice/curves.ts';
import { dependences } from '../src/table-choice/dependence.ts';
import type { Judged } from '../src/table-choice/evaluation.ts';

const board = (test: Judged, prior: number[], further: object = {}) =>
  boardOf({ validation: undefined, folds: [], test, prior, calendars: [], seed: 0, ...further });
const numbers = (actual: number[], predicted = actual.map((value) => value + 1)): Judged => ({
  ...{ task: 'regression', predicted, actual, outputs: 1, weights: undefined },
});

describe('a score board', () => {
  it('has the guess of the training rows, whatever rows are judged', () => {
    const rows = board(numbers([10, 20]), [12]);
    expect(rows.find(({ name }) => name === 'mae')).toMatchObject({ guess: 5, test: { value: 1 } });
    const weights = [1, 3];
    expect(priorOf({ ...numbers([0, 4]), weights })).toEqual([3]);
  });

  it('says why a relative error is left out: near 0, and of dates; unless it chose', () => {
    const mape = (rows: ReturnType<typeof board>) => rows.find(({ name }) => name === 'mape');
    expect(mape(board(numbers([10, 20]), [12]))).not.toHaveProperty('omitted');
    const near = mape(board(numbers([10, 20, 0.01]), [12]));
    expect(near).toMatchObject({ test: null, guess: null });
    expect(near?.omitted).toMatch(/1 of 3 true values is near 0/);
    expect(mape(board(numbers([19_000, 19_001]), [19_000], { calendars: ['date'] }))?.omitted).toMatch(
      /dates/,
    );
    expect(mape(board(numbers([10, 20, 0.01]), [12], { metric: 'mape' }))?.test?.value).toBeGreaterThan(1);
  });

  it('knows times of day from durations', () => {
    const mape = (hours: number[]) =>
      board(numbers(hours), [12], { calendars: ['clock'] }).find(({ name }) => name === 'mape');
    expect(mape([7.5, 23])?.omitted).toMatch(/times of day have no 0/);
    expect(mape([7.5, 60])?.test?.value).toBeGreaterThan(0);
  });

  it('guesses the class that F1 counts', () => {
    const actual = [0, 0, 0, 1];
    const judged: Judged = {
      ...{ task: 'classification', predicted: actual.flatMap((k) => [1 - k, k]), actual },
      ...{ outputs: 2, weights: undefined },
    };
    // All taken for the class: precision 1/4, recall 1.
    expect(board(judged, [0.75, 0.25]).find(({ name }) => name === 'f1')).toMatchObject({
      guess: 0.4,
      test: { value: 1 },
    });
  });
});

it('few rows, and probabilities that are alike, have no curve of calibration', () => {
  const judged = (rows: number): Judged & { task: 'classification' } => {
    const actual = Array.from({ length: rows }, (_, i) => i % 2);
    const predicted = actual.flatMap((_, i) => [1 - i / rows, i / rows]);
    return { task: 'classification', predicted, actual, outputs: 2, weights: undefined };
  };
  expect(calibrationCurve(judged(31), ['a', 'b'])).toBeUndefined();
  expect(calibrationCurve(judged(32), ['a', 'b'])?.bins).toHaveLength(4);
  // Of probabilities that hardly differ there is one point.
  const alike = { ...judged(80), predicted: Array.from({ length: 160 }, (_, i) => (i % 2 ? 0.9 : 0.1)) };
  expect(calibrationCurve(alike, ['a', 'b'])?.bins).toEqual([
    { probability: expect.closeTo(0.9, 10), frequency: 0.5, rows: 80 },
  ]);
});

describe('partial dependence', () => {
  const rows = Array.from({ length: 60 }, (_, i) => i);
  const dateOf = (i: number): string =>
    new Date(Date.UTC(2023, 0, 1) + i * 11 * 86_400_000).toISOString().slice(0, 10);
  const table = parseCsv(`day,kind,y\n${rows.map((i) => `${dateOf(i)},k${i % 12},${i}.5`).join('\n')}\n`);
  const preprocessor = TablePreprocessor.fit(table, { target: 'y' });
  const parts = { preprocessor, outputs: ['y'] };

  it('of dates has months and weekdays by name, each with the rest of the date as it is', async () => {
    const found = await dependences(table, ['day'], {
      ...parts,
      // What a model would say that only knows weekdays: 1 on Sundays, 1970-01-04 being one.
      predict: async ({ columns: [day] }) =>
        day?.kind === 'numeric' ? day.values.map((value) => Number((value - 3) % 7 === 0)) : [],
    });
    expect(found.map(({ part, calendar }) => [part, calendar])).toEqual([
      [undefined, 'date'],
      ['month', undefined],
      ['weekday', undefined],
    ]);
    const [, month, weekday] = found;
    expect(month?.at.slice(0, 2)).toEqual(['January', 'February']);
    expect(weekday?.at).toHaveLength(7);
    expect(weekday?.curves[0]?.y).toEqual([0, 0, 0, 0, 0, 0, 1]);
  });

  it('keeps rows that go to another month within the dates of the fit', async () => {
    const seen: number[] = [];
    await dependences(table, ['day'], {
      ...parts,
      predict: async ({ columns: [day], rows: count }) => {
        if (day?.kind === 'numeric') seen.push(...day.values);
        return new Float64Array(count);
      },
    });
    const [first, last] = [dateOf(0), dateOf(59)].map((date) => Date.parse(date) / 86_400_000);
    // Another day of the week may be up to six days away.
    expect(Math.min(...seen)).toBeGreaterThanOrEqual((first as number) - 6);
    expect(Math.max(...seen)).toBeLessThanOrEqual((last as number) + 6);
  });

  it('counts the categories that it does not show', async () => {
    const predict = async ({ rows: count }: { readonly rows: number }) => new Float64Array(count);
    const [kind] = await dependences(table, ['kind'], { ...parts, predict });
    expect([kind?.at.length, kind?.categories]).toEqual([8, 12]);
  });
});

it('dates are dates in a report, errors are in days, and rows outside are no rows of a curve', async () => {
  using backend = createNaiveBackend();
  const line = (i: number, year: number): string =>
    `${year}-0${1 + (i % 9)}-1${i % 7},${i % 5},${year}-1${i % 3}-0${1 + (i % 5)}`;
  const csv = (year: number, rows: number): string =>
    `ordered,size,paid\n${Array.from({ length: rows }, (_, i) => line(i, year)).join('\n')}\n`;
  const settings = parseSettings(tableChoiceOptions, {
    ...{ target: ['paid'], trials: 1, folds: 2, test: 'later.csv' },
  });
  const data = await tableChoiceData('t.csv', parseCsv(csv(2020, 40)), settings, async () =>
    parseCsv(csv(2024, 12)),
  );
  using run = await runTableChoice(settings, data, { backend });
  const { summary, drawn } = run.result;
  expect(summary.calendars).toEqual(['date']);
  expect(drawn?.dependenceRows).toMatch(/training rows, as 12 of 12 test rows lie outside/);
  const text = tableChoiceText(run.result, { columns: 100, color: false }).join('\n');
  expect(text).toContain('RMSE in days');
  expect(text.replaceAll('\n', ' ')).toContain('MAPE is left out: dates and times of day have no 0');
  const html = htmlPage(await tableChoicePage(run.result));
  expect(html).toMatch(/>2020-\d\d(-\d\d)?<\/text>/);
  expect(html).toContain('>Monday</text>');
  // No day since 1970 is left.
  expect(html).not.toMatch(/>1[89],?\d{3}<\/text>/);
});
