import { AgopError, type Backend, OutOfMemoryError, randomArray, say } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { flagNaming, parseSettings, type Settings } from '@agop/core/options';
import { parseCsv, type Table, tableFromColumns } from '@agop/data';
import {
  checkTabularSettings,
  runTabularExperiment,
  type TabularEvent,
  tabularData,
  tabularOptions,
  tabularPage,
  tabularResult,
  tabularText,
} from '@agop/experiments/tabular';
import { htmlPage } from '@agop/report';
import { kernels } from '@agop/rfm';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';

let backend: Backend;
beforeEach(() => {
  backend = createNaiveBackend();
});
afterEach(() => {
  expect(backend.memory().tensors).toBe(0);
  backend.dispose();
});

/** Numbers that only depend on the first of nine columns, which are the pixels of an image of 3 x 3. */
function pixels(rows: number): Table {
  const value = (i: number, k: number): number => Math.sin(12.9898 * (i + 1) * (k + 1) + 78.233 * k);
  const columns = Array.from({ length: 9 }, (_, k): [string, number[]] => [
    `pixel_${Math.floor(k / 3)}_${k % 3}`,
    Array.from({ length: rows }, (_, i) => value(i, k)),
  ]);
  const side = Array.from({ length: rows }, (_, i) => (value(i, 0) > 0 ? 'up' : 'down'));
  const height = Array.from({ length: rows }, (_, i) => 3 * value(i, 0));
  return tableFromColumns({ ...Object.fromEntries(columns), side, height });
}

const settingsOf = (given: object): Settings<typeof tabularOptions> =>
  parseSettings(tabularOptions, { iterations: 1, ...given });
const noFile = async (): Promise<Table> => {
  throw new TypeError('no file is read');
};

describe('a fit to a table', () => {
  it('is JSON that keeps what its report and its text need', async () => {
    const settings = settingsOf({ target: ['side'], ignore: ['height'], seed: 3 });
    const data = await tabularData('sides.csv', pixels(60), settings, noFile);
    const events: TabularEvent[] = [];
    using run = await runTabularExperiment(settings, data, {
      backend,
      onEvent: (event) => events.push(event),
    });
    expect(events.map(({ iteration }) => iteration)).toEqual([0, 1]);
    const result = tabularResult.parse(JSON.parse(JSON.stringify(run.result)));
    expect(result).toEqual(run.result);
    expect(result.summary).toMatchObject({
      task: 'classification',
      table: 'sides.csv',
      rows: 60,
      trainingRows: 48,
      heldOutRows: 12,
      classes: ['down', 'up'],
      kernel: { name: 'laplace', parameters: { bandwidth: 10 } },
    });
    expect(result.grid).toMatchObject({ height: 3, width: 3 });
    expect(result.features?.directions?.values).toHaveLength(9);
    expect(result.features?.directions?.pictures[0]).toHaveLength(9);
    const html = htmlPage(await tabularPage(result));
    expect(html).toContain('Eigenvectors of the learned metric as images');
    const lines = tabularText(result, { columns: 80, color: false });
    expect(lines.join('\n')).toMatch(/plain kernel regression +\d+\.\d % +\d+ of 12/);
    expect(lines.every((line) => line.length <= 80)).toBe(true);
    expect('classes' in run.model).toBe(true);
  });

  it('leaves out what no report needs', async () => {
    const settings = settingsOf({ target: ['height'], ignore: ['side'], validation: 'none' });
    const data = await tabularData('heights.csv', pixels(20), settings, noFile);
    using run = await runTabularExperiment(settings, data, { backend, features: false });
    expect(run.result).toMatchObject({ features: null, variance: null });
    expect(run.result.summary.best).toEqual({ iteration: 1, metric: 'mse', value: null });
    expect(htmlPage(await tabularPage(run.result))).not.toContain('The learned metric M');
  });

  it('frees everything when it is ended, and says how to make it fit', async () => {
    const settings = settingsOf({ target: ['height'], ignore: ['side'] });
    const data = await tabularData('heights.csv', pixels(20), settings, noFile);
    const control = new AbortController();
    const ended = runTabularExperiment(settings, data, {
      backend,
      signal: control.signal,
      onEvent: () => control.abort(),
    });
    await expect(ended).rejects.toMatchObject({ code: 'ABORTED' });
    const full = runTabularExperiment(settings, data, {
      backend,
      onEvent: () => {
        throw new OutOfMemoryError('naive', 2 ** 30);
      },
    });
    await expect(full).rejects.toThrow(/rows squared x 4 bytes \(8 in float64\): see `maxRows` and `dtype`/);
  });

  it('reads held-out rows with the kinds of columns that were seen, and remarks on categories', async () => {
    const settings = settingsOf({ target: ['y'], validation: 'held.csv', maxRows: 3 });
    const table = tableFromColumns({ c: ['a', 'b', 'a', 'b'], x: [1, 2, 3, 4], y: [1, 2, 3, 5] });
    const data = await tabularData('t.csv', table, settings, async (path, { types }) => {
      expect([path, types?.['c']]).toEqual(['held.csv', 'categorical']);
      return tableFromColumns({ c: ['a', 'z'], x: [1.5, 2], y: [1, 2] });
    });
    expect(data.rows).toBe(5);
    expect(data.notes.map(({ message }) => say(message))).toEqual([
      '3 of 4 rows are used, drawn at random.',
      '1 held-out rows have a category that no training row has; it is ignored there.',
    ]);
  });
});

it('a rare class is judged apart from the accuracy', async () => {
  const rare = (i: number): boolean => i % 10 === 0;
  const table = tableFromColumns({
    x: Array.from({ length: 100 }, (_, i) => (rare(i) ? 5 : 0) + Math.sin(i)),
    y: Array.from({ length: 100 }, (_, i) => (rare(i) ? 'rare' : 'usual')),
  });
  const settings = settingsOf({ target: ['y'], iterations: 0 });
  const data = await tabularData('t', table, settings, noFile);
  using run = await runTabularExperiment(settings, data, { backend });
  expect(run.result.summary.imbalance).toMatchObject({ share: 0.9, balancedAccuracy: 1, auc: 1 });
  const text = tabularText(run.result, { color: false, columns: 200 }).join(' ');
  expect(text).toMatch(
    /One class has 90\.0 % of the held-out rows\. Each class counting alike, 100\.0 % are right/,
  );
  expect(tabularResult.parse(JSON.parse(JSON.stringify(run.result)))).toEqual(run.result);
});

it.each([
  ['balanced-accuracy', 'balancedAccuracy', 'balanced accuracy', 0.5],
  ['brier', 'brier', 'Brier score', 0.09],
  ['log-loss', 'logLoss', 'log loss', -0.1 * Math.log(0.1) - 0.9 * Math.log(0.9)],
  ['mse', 'mse', 'mean squared error', 0.09],
] as const)('%s may choose the iteration of classes', async (selection, metric, heading, guess) => {
  const rare = (i: number): boolean => i % 10 === 0;
  const table = tableFromColumns({
    x: Array.from({ length: 100 }, (_, i) => (rare(i) ? 2 : 0) + Math.sin(i)),
    y: Array.from({ length: 100 }, (_, i) => (rare(i) ? 'rare' : 'usual')),
  });
  const settings = settingsOf({ target: ['y'], iterations: 1, selection });
  const data = await tabularData('t', table, settings, noFile);
  using run = await runTabularExperiment(settings, data, { backend });
  const { summary } = run.result;
  expect(summary.iterations.map((one) => one.metric)).toEqual([metric, metric]);
  expect(summary.iterations.map(({ value }) => value)).toEqual(run.model.history.map(({ value }) => value));
  const values = summary.iterations.map(({ value }) => value ?? Number.NaN);
  const best = metric === 'balancedAccuracy' ? Math.max(...values) : Math.min(...values);
  expect(summary.best.value).toBe(best);
  expect(summary.baseline).toBeCloseTo(guess, 12);
  expect(tabularText(run.result, { color: false, columns: 200 }).join('\n')).toContain(heading);
  expect(tabularResult.parse(JSON.parse(JSON.stringify(run.result)))).toEqual(run.result);
  await htmlPage(await tabularPage(run.result));
});

it('the mean absolute error may choose the iteration of numbers; scores of classes may not', async () => {
  const settings = settingsOf({ target: ['height'], ignore: ['side'], selection: 'mae' });
  const data = await tabularData('t', pixels(40), settings, noFile);
  using run = await runTabularExperiment(settings, data, { backend });
  expect(run.result.summary.best.metric).toBe('mae');
  expect(run.result.summary.baseline).toBeGreaterThan(run.result.summary.best.value ?? 0);
  const wrong = { ...settings, selection: 'brier' } as const;
  await expect(runTabularExperiment(wrong, data, { backend })).rejects.toThrow(
    /selection 'brier' does not go with numbers.*mse, mae/,
  );
});

it('ranks let no cell set the scale of its column, and its note names them', async () => {
  const x = Array.from({ length: 60 }, (_, i) => Math.sin(12.9898 * i));
  const table = tableFromColumns({ x: x.map((v, i) => (i % 30 === 5 ? 1e12 : v)), y: x.map((v) => 3 * v) });
  const explained = async (scale: string): Promise<number> => {
    const settings = settingsOf({ target: ['y'], iterations: 0, scale });
    const data = await tabularData('t', table, settings, noFile);
    const [note] = data.notes;
    expect(say(note?.message ?? '', flagNaming(tabularOptions))).toContain("--scale 'normal ranks'");
    using run = await runTabularExperiment(settings, data, { backend });
    return 1 - (run.result.summary.best.value ?? Number.NaN) / (run.result.variance ?? Number.NaN);
  };
  expect(await explained('standard')).toBeLessThan(0.1);
  expect(await explained('normal ranks')).toBeGreaterThan(0.8);
});

it('rows whose target is a word that means "missing" are left out with what keeps them', async () => {
  const text = `x,country\n${Array.from({ length: 40 }, (_, i) => `${i},${['ZA', 'NA', 'US'][i % 3]}`).join('\n')}\n`;
  const settings = settingsOf({ target: ['country'], iterations: 0 });
  const { notes } = await tabularData('t', parseCsv(text), settings, noFile);
  expect(notes.map(({ code }) => code)).toEqual(['rows-without-target']);
  expect(say(notes[0]?.message ?? '')).toContain("'NA' is read as a missing value there");
});

it('the page says what was guessed of the table', async () => {
  const table = tableFromColumns({
    number: Array.from({ length: 30 }, (_, i) => i + 1),
    x: Array.from({ length: 30 }, (_, i) => Math.sin(i)),
    y: Array.from({ length: 30 }, (_, i) => Math.cos(i)),
  });
  const settings = settingsOf({ target: ['y'], iterations: 0 });
  const data = await tabularData('t', table, settings, noFile);
  using run = await runTabularExperiment(settings, data, { backend });
  const html = await htmlPage(await tabularPage(run.result));
  expect(html).toContain('What was guessed, and what to know');
  expect(html).toContain('Column &#39;number&#39; looks like a number of the row');
});

it('notes of a result call options as the program does', async () => {
  const rows = Array.from({ length: 30 }, (_, i) => `${i % 5 === 0 ? 'NA' : 'Rome'},${i}.5`);
  const settings = settingsOf({ target: ['y'], iterations: 0 });
  const data = await tabularData('t', parseCsv(`city,y\n${rows.join('\n')}`), settings, noFile);
  using run = await runTabularExperiment(settings, data, {
    backend,
    naming: ({ option }) => `--of-${option}`,
  });
  expect(run.result.summary.notes).toMatchObject([
    { code: 'missing-word', message: expect.stringContaining('--of-kept keeps it') },
  ]);
});

describe('what a table may lack', () => {
  const fit = async (columns: Parameters<typeof tableFromColumns>[0], given: object = {}) => {
    const settings = settingsOf({ target: ['y'], iterations: 0, ...given });
    const data = await tabularData('t.csv', tableFromColumns(columns), settings, noFile);
    using run = await runTabularExperiment(settings, data, { backend });
    return run.result;
  };

  it('rows without a target are left out, and said', async () => {
    const rows = Array.from({ length: 30 }, (_, i) => i);
    const result = await fit({ x: rows.map(Math.sin), y: rows.map((i) => (i % 10 === 0 ? null : i / 7)) });
    expect(result.summary).toMatchObject({ rows: 27, notes: [{ code: 'rows-without-target' }] });
  });

  it('what the majority alone gets stands beside the scores, and nothing is called best that is no better', async () => {
    const rows = Array.from({ length: 200 }, (_, i) => i);
    const y = rows.map((i) => (i % 40 === 0 ? 'rare' : 'usual'));
    const result = await fit({ x: rows.map((i) => Math.sin(i * i)), y });
    expect(result.summary.baseline).toBeCloseTo(0.975);
    const text = tabularText(result, { columns: 80, color: false }).join('\n');
    expect(text).toMatch(/always the most frequent class +97\.5 %/);
    expect(text).toMatch(/No iteration is better on the held-out rows than always guessing/);
  });

  it('too few rows, and classes of one row each, are called that', async () => {
    await expect(fit({ x: [1, 2], y: [2, 3] })).rejects.toThrow(/2 rows are too few/);
    const y = Array.from({ length: 12 }, (_, i) => `t${i}`);
    await expect(fit({ x: y.map((_, i) => i / 3), y })).rejects.toThrow(
      /Every value of the target y occurs once/,
    );
  });
});

it('probabilities of a rare class are a signal where its labels are none', async () => {
  const rows = 400;
  const draw = (seed: number): Float64Array => randomArray(rows, 'uniform', { seed }, 'float64');
  const [a, luck] = [draw(1), draw(2)];
  const table = tableFromColumns({
    a: [...a],
    kind: Array.from(a, (value, i) => ((luck[i] as number) < 0.3 * value ** 3 ? 'rare' : 'usual')),
  });
  const settings = settingsOf({ target: ['kind'], ridge: 1, bandwidth: 30, iterations: 0 });
  const data = await tabularData('t.csv', table, settings, noFile);
  using run = await runTabularExperiment(settings, data, { backend });
  const { best, baseline, imbalance } = run.result.summary;
  expect(best.value).toBe(baseline);
  expect(imbalance?.brier?.value).toBeLessThan(imbalance?.brier?.guess ?? 0);
  const text = tabularText(run.result, { columns: 80, color: false }).join(' ');
  expect(text).not.toContain('no signal');
  expect(text).toContain('probabilities tell rows apart');
});

describe('balanced accuracy that chooses the iteration', () => {
  const draw = (rows: number, seed: number): number[] => [
    ...randomArray(rows, 'uniform', { seed }, 'float64'),
  ];
  async function textOf(columns: Record<string, readonly (number | string)[]>, more: object = {}) {
    const settings = settingsOf({ target: ['kind'], selection: 'balanced-accuracy', iterations: 3, ...more });
    const data = await tabularData('t.csv', tableFromColumns(columns), settings, noFile);
    using run = await runTabularExperiment(settings, data, { backend });
    const text = tabularText(run.result, { columns: 80, color: false }).join(' ');
    return { summary: run.result.summary, text, html: htmlPage(await tabularPage(run.result)) };
  }
  const few = (luck: number): string => (luck < 0.3 ? 'few' : 'many');

  it('is no signal where it beats the guess by no more than chance gives', async () => {
    const [above, signals]: number[][] = [[], []];
    for (let seed = 0; seed < 40; seed++) {
      // Columns that have nothing to do with the class.
      const [a = [], b = [], luck = []] = [1, 2, 3].map((own) => draw(150, 3 * seed + own));
      const { summary, text, html } = await textOf({ a, b, kind: luck.map(few) });
      if (!(Number(summary.best.value) > Number(summary.baseline))) continue;
      above?.push(seed);
      if (text.includes('← best')) signals?.push(seed);
      else expect(html).toContain('by more than chance gives on 30 held-out rows');
    }
    // About one in twenty of all, and some more as the best of four iterations is judged.
    expect(above?.length).toBeGreaterThan(15);
    expect(signals?.length).toBeLessThanOrEqual(5);
  });

  it('is one where it beats it by more', async () => {
    const [a, b] = [draw(150, 1), draw(150, 2)];
    const { summary, text } = await textOf({ a, b, kind: a.map(few) });
    expect(summary.balancedChance).toBeGreaterThan(0);
    expect(text).toMatch(/← best/);
    expect(text).not.toContain('no signal');
  });

  it('is none, but the probabilities are, where labels never name the rare class', async () => {
    const [a, luck] = [draw(400, 1), draw(400, 2)];
    const kind = a.map((value, i) => ((luck[i] ?? 1) < 0.3 * value ** 3 ? 'rare' : 'usual'));
    const { summary, text } = await textOf({ a, kind }, { ridge: 1, bandwidth: 30, iterations: 0 });
    expect(summary.best.value).toBe(0.5);
    expect(text).not.toContain('no signal');
    expect(text).toMatch(/no more often, each class counting alike, +than .* probabilities +tell/);
  });
});

describe('importances', () => {
  const random = (rows: number, seed: number): Float64Array =>
    randomArray(rows, 'uniform', { seed }, 'float64');

  it('on held-out rows tell signal from the noise that the metric follows', async () => {
    const rows = 300;
    const [fare, flips] = [random(rows, 1), random(rows, 2)];
    const sex = Array.from(random(rows, 3), (u) => (u < 0.5 ? 'female' : 'male'));
    const y = sex.map((value, i) => ((value === 'male') !== (flips[i] as number) < 0.12 ? 'yes' : 'no'));
    const table = tableFromColumns({ fare: [...fare], sex, constant: sex.map(() => 1), y });
    const settings = settingsOf({ target: ['y'], iterations: 5, seed: 1 });
    const data = await tabularData('noise.csv', table, settings, noFile);
    using run = await runTabularExperiment(settings, data, { backend });
    const { importances, heldOutImportances } = run.result.summary;
    expect(importances[0]?.importance).toBeGreaterThan(0.5);
    expect(heldOutImportances).toMatchObject({ measure: 'accuracy', rows: 60 });
    // Both columns of the category are permuted together.
    expect(heldOutImportances?.columns.map(({ column }) => column)).toEqual(['sex', 'fare']);
    const [ofSex, ofFare] = heldOutImportances?.columns.map(({ drop }) => drop) ?? [];
    expect(ofSex).toBeGreaterThan(2 * (ofFare as number));
    const text = tabularText(run.result, { columns: 80, color: false }).join('\n');
    expect(text).toMatch(/accuracy lost on 60 held-out rows by shuffling[^\n]*\n {2}sex +\d+\.\d % +█/);
    expect(text.replaceAll('\n', ' ')).toContain("led by 'fare', but predictions rest most on 'sex'");
    expect(htmlPage(await tabularPage(run.result))).toContain('What predictions rest on');
  });

  it('go with a word where no signal was found, and nothing is called best', async () => {
    const rows = 200;
    const table = tableFromColumns({
      a: [...random(rows, 4)],
      b: [...random(rows, 5)],
      y: [...random(rows, 6)],
    });
    const settings = settingsOf({ target: ['y'] });
    const data = await tabularData('noise.csv', table, settings, noFile);
    using run = await runTabularExperiment(settings, data, { backend });
    expect(run.result.summary.heldOutImportances?.measure).toBe('r2');
    const text = tabularText(run.result, { columns: 80, color: false }).join('\n');
    expect(text.replaceAll('\n', ' ')).toContain('always guessing the mean: no signal was found');
    expect(text).toMatch(/← kept/);
    expect(text).not.toMatch(/best/i);
    expect(htmlPage(await tabularPage(run.result))).toContain('no signal was found');
  });
});

describe('a guess that is better by chance', () => {
  it.each([
    [18, 13, 10, false],
    [18, 15, 11, true],
    [60, 33, 31, false],
    [60, 45, 31, true],
    [40, 40, 39, false],
  ])('of %i held-out rows, %i right where the guess has %i', async (rows, right, guess, isSignal) => {
    const table = tableFromColumns({
      a: [...randomArray(60, 'uniform', { seed: 1 }, 'float64')],
      y: Array.from({ length: 60 }, (_, i) => (i % 2 === 0 ? 'yes' : 'no')),
    });
    const data = await tabularData('noise.csv', table, settingsOf({ target: ['y'], iterations: 0 }), noFile);
    using run = await runTabularExperiment(settingsOf({ target: ['y'], iterations: 0 }), data, { backend });
    const { summary } = run.result;
    const best = { iteration: 0, metric: 'accuracy' as const, value: right / rows };
    const judged = { ...summary, heldOutRows: rows, baseline: guess / rows, iterations: [best], best };
    const text = tabularText({ ...run.result, summary: judged }, { columns: 80, color: false }).join(' ');
    expect(text.includes('no signal was found')).toBe(!isSignal);
    expect(text.includes('by more than chance gives')).toBe(!isSignal);
    expect(/← best/.test(text)).toBe(isSignal);
  });
});

describe('settings', () => {
  const asFlags = flagNaming(tabularOptions);
  const said = (given: object): string => {
    try {
      checkTabularSettings(settingsOf(given));
      return '';
    } catch (error) {
      return AgopError.isInstance(error) ? say(error.wording, asFlags) : String(error);
    }
  };

  it.each(Object.values(kernels).map(({ name }) => name))('has the kernel %s', (name) => {
    const kernel = name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    expect(said({ kernel, depth: name === 'ntk' || name === 'nngp' ? 2 : undefined })).toBe('');
  });

  it.each([
    [{ kernel: 'ntk' }, '--depth must be given for the kernel ntk.'],
    [{ kernel: 'laplace', norm: 1 }, '--norm needs --kernel lpq.'],
    [
      { kernel: 'gaussian', exponent: 1 },
      '--exponent needs --kernel exponential-power, lpq, product or sum-power.',
    ],
    [{ kernel: 'lpq', norm: 3 }, '--norm must be above 0 and at most 2, but is 3.'],
    [{ kernel: 'lpq', exponent: 2.5 }, '--exponent must be above 0 and at most 2, but is 2.5.'],
    [
      { kernel: 'lpq', norm: 1, exponent: 1, preset: 'rfm2022' },
      'The kernel lpq with --norm 1 works on transformed features: use --preset xrfm2025.',
    ],
  ])('%j: %s', (given, message) => {
    expect(said(given)).toBe(message);
  });
});
