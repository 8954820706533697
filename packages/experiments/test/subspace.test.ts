import { randomArray } from '@agop/core';
import { createNaiveBackend } from '@agop/core/naive';
import { parseSettings } from '@agop/core/options';
import { type Table, tableFromColumns } from '@agop/data';
import {
  checkSubspaceSettings,
  runSubspaceExperiment,
  type SubspaceEvent,
  subspaceOptions,
  subspacePage,
  subspaceResult,
  subspaceText,
} from '@agop/experiments/subspace';
import { tabularData } from '@agop/experiments/tabular';
import { htmlPage } from '@agop/report';
import { describe, expect, it } from 'vitest';
import type { AgopRun, SubspaceRuns } from '../reproduce/subspace/runs.ts';
import { samplesNeeded, subspaceTables } from '../reproduce/subspace/tables.ts';

/** Four columns; `y` depends on a - b, `side` on its sign. */
function table(rows: number): Table {
  const column = (k: number) => randomArray(rows, 'normal', { seed: 3, stream: k }, 'float64');
  const [a, b, c, d, noise] = [column(0), column(1), column(2), column(3), column(4)];
  const y = a.map((value, i) => 10 * (value - (b[i] as number)) + (noise[i] as number));
  return tableFromColumns({ a, b, c, d, y, side: Array.from(y, (value) => (value > 0 ? 'up' : 'down')) });
}

const noFile = async (): Promise<Table> => {
  throw new TypeError('no file is read');
};

async function search(given: object) {
  const settings = parseSettings(subspaceOptions, given);
  checkSubspaceSettings(settings);
  const data = await tabularData('table.csv', table(120), { ...settings, scale: 'standard' }, noFile);
  using backend = createNaiveBackend();
  const events: SubspaceEvent[] = [];
  using run = await runSubspaceExperiment(settings, data, {
    backend,
    onEvent: (event) => events.push(event),
  });
  const result = subspaceResult.parse(JSON.parse(JSON.stringify(run.result)));
  expect(result).toEqual(run.result);
  return { result, events };
}

describe('a search for the directions of a table', () => {
  it.each([
    [{ target: ['y'], ignore: ['side'], method: 'opg' }, 'regression', 'R²', 'y along direction 1'],
    [
      { target: ['side'], ignore: ['y'], method: 'sir', dimension: 'permutation' },
      'classification',
      'accuracy',
      'side along the direction',
    ],
  ])('%j', async (given, task, measure, picture) => {
    const { result, events } = await search(given);
    expect(events).toEqual([{ phase: 'directions' }, { phase: 'held-out rows' }]);
    const { summary, points } = result;
    expect(summary).toMatchObject({ task, dimension: 1, trainingRows: 96, heldOutRows: 24, features: 4 });
    const [first, second] = summary.directions[0]?.loadings ?? [];
    expect([first?.feature, second?.feature].sort()).toEqual(['a', 'b']);
    expect(Math.abs((first?.loading ?? 0) + (second?.loading ?? 0))).toBeLessThan(0.25);
    expect(summary.score?.value).toBeGreaterThan(0.85);
    expect(points.coordinates).toHaveLength(1);
    expect(points.target).toHaveLength(96);
    const html = htmlPage(await subspacePage(result));
    expect(html).toContain(picture);
    expect(html).not.toMatch(/NaN|undefined/);
    const text = subspaceText(result, { columns: 80, color: false });
    expect(text.join('\n')).toContain(measure);
    expect(text.join('\n')).toMatch(/1 direction that/);
    expect(text.every((line) => line.length <= 110)).toBe(true);
  });

  it('draws pairs of directions', async () => {
    const { result } = await search({ target: ['y'], ignore: ['side'], method: 'agop', dimension: 3 });
    const html = htmlPage(await subspacePage(result));
    for (const pair of ['1 and 2', '1 and 3', '2 and 3']) expect(html).toContain(`directions ${pair}`);
  });

  it('refuses modal regression of classes and of several targets', () => {
    for (const given of [{ target: ['a', 'b'] }, { target: ['a'], task: 'classification' }]) {
      const settings = parseSettings(subspaceOptions, { ...given, method: 'modalOpg' });
      expect(() => checkSubspaceSettings(settings)).toThrow(expect.objectContaining({ code: 'OPTION' }));
    }
  });

  it.each(['2.5', '0', 'many', 'crossvalidation'])('--dimension %s is refused', (typed) => {
    const value = subspaceOptions.dimension.parse(typed);
    expect(() => parseSettings(subspaceOptions, { dimension: value })).toThrow(
      expect.objectContaining({ code: 'OPTION', option: 'dimension' }),
    );
  });
});

describe('tables of the page', () => {
  it('exponents are slopes over log d', () => {
    const run = (d: number, n: number, missed: number): AgopRun => ({
      ...{ d, n, missed, seed: 0, error: 1, eigenvalues: [1, 1, 1, 1, 0.5] },
    });
    // Half of the subspace is missed at n = d^1.5, on a line in log n.
    const agop = [10, 20, 40].flatMap((d) => [run(d, d ** 1.5 / 2, 0.75), run(d, d ** 1.5 * 2, 0.25)]);
    const { needed, exponent, error } = samplesNeeded(agop, 0.5);
    expect(needed.map(({ n }) => n)).toEqual([10, 20, 40].map((d) => expect.closeTo(d ** 1.5, 6)));
    expect(exponent).toBeCloseTo(1.5, 10);
    expect(error).toBeLessThan(1e-10);
  });

  it('means above the published ones are said to be', () => {
    const row = (seed: number, outside: number[]): SubspaceRuns['methods'][number] => ({
      ...{ n: 100, seed, method: 'phd', outside, missed: 0.4, seconds: 1 },
    });
    const methods = [row(0, [0.2, 0.29, 0.7, 0.5]), row(1, [0.3, 0.32, 0.72, 0.6])];
    const tables = subspaceTables({ methods, dimensions: [], agop: [], hermite: [] });
    expect(tables['methods-100']).toMatch(/0\.250 ± 0\.050 \(0\.277\)/);
    expect(tables['methods-100']).toMatch(/0\.305 ± 0\.015 \(0\.299, within\)/);
    expect(tables['methods-100']).toMatch(/0\.710 ± 0\.010 \(0\.454, above\)/);
  });
});
