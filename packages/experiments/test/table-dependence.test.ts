import { createNaiveBackend } from '@agop/core/naive';
import { parseSettings } from '@agop/core/options';
import { parseCsv, TablePreprocessor } from '@agop/data';
import {
  runTableChoice,
  tableChoiceData,
  tableChoiceOptions,
  tableChoicePage,
} from '@agop/experiments/table-choice';
import { htmlPage } from '@agop/report';
import { expect, it } from 'vitest';
import { dependences } from '../src/table-choice/dependence.ts';

const table = parseCsv(`kind,y\n${Array.from({ length: 24 }, (_, i) => `k${i % 3},${i}.5`).join('\n')}\n`);
const preprocessor = TablePreprocessor.fit(table, { target: 'y' });

/** Curves of a model with so many outputs, each of which says its own number everywhere. */
async function curvesOf(count: number, shares?: readonly number[]) {
  const outputs = Array.from({ length: count }, (_, k) => `c${k}`);
  const predict = async ({ rows }: { readonly rows: number }) =>
    Float64Array.from({ length: rows * count }, (_, i) => i % count);
  const [kind] = await dependences(table, ['kind'], { preprocessor, outputs, shares, predict });
  return { of: kind?.outputs, labels: kind?.curves.map(({ label }) => label), curves: kind?.curves };
}

it('shows all of ten classes, of more the most frequent, in their order', async () => {
  const ten = await curvesOf(10, new Array<number>(10).fill(0.1));
  expect(ten.labels).toHaveLength(10);
  expect(ten.of).toBeUndefined();
  expect(ten.curves?.map(({ y }) => y[0])).toEqual([0, 1, 2, 3, 4, 5, 6, 7, 8, 9]);
  const shares = [0.01, 0.2, 0.02, 0.2, 0.03, 0.15, 0.04, 0.1, 0.05, 0.1, 0.1];
  const some = await curvesOf(11, shares);
  expect(some.of).toBe(11);
  expect(some.labels).toEqual(['c1', 'c3', 'c5', 'c7', 'c9', 'c10']);
  expect(some.curves?.map(({ y }) => y[0])).toEqual([1, 3, 5, 7, 9, 10]);
});

it('shows one of two classes, and both of two targets', async () => {
  expect((await curvesOf(2, [0.5, 0.5])).labels).toEqual(['c1']);
  expect((await curvesOf(2)).labels).toEqual(['c0', 'c1']);
});

it('a report has bars of every class where a category is set', async () => {
  using backend = createNaiveBackend();
  const line = (i: number): string =>
    `${'nse'[i % 3]},${(i * 7) % 10},${['low', 'middle', 'high'][(i + (i >> 2)) % 3]}`;
  const csv = parseCsv(`place,size,level\n${Array.from({ length: 60 }, (_, i) => line(i)).join('\n')}\n`);
  const settings = parseSettings(tableChoiceOptions, { target: ['level'], trials: 1, folds: 2 });
  const data = await tableChoiceData('t.csv', csv, settings, async () => csv);
  using run = await runTableChoice(settings, data, { backend });
  const html = htmlPage(await tableChoicePage(run.result));
  const [figure = ''] = html.split('aria-label="Prediction by place"')[1]?.split('</figure>') ?? [];
  const texts = [...figure.matchAll(/<text[^>]*>([^<]*)</g)].map(([, text]) => text);
  expect(texts).toEqual(expect.arrayContaining(['n', 's', 'e', 'low', 'middle', 'high']));
  expect(figure.match(/<rect /g)).toHaveLength(9);
  expect(figure).toContain('A panel for each class');
});
