// Trees of Recursive Feature Machines in smaller leaves than a table needs, by the direction of the splits
// and the rows that leaves share. Judged by rows that were neither fitted nor are tested elsewhere.
//
//   pnpm reproduce:trees [--only houses,fried] [--seeds 0,1]
//
// Fills a table of papers/tabular.md and writes papers/results/trees.json. Results that are there already are
// kept, but with --again.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import type { Backend } from '@agop/core';
import { text } from '@agop/core/options';
import { classification, regression } from '@agop/estimators';
import { type TreeOptions, tabularSettings, tabularTrainer } from '@agop/tabular';
import {
  dataOption,
  fillTables,
  markdownTable,
  onlyOption,
  outOption,
  parts,
  saveJson,
  sharedTables,
  useData,
} from '../page.ts';
import { program } from '../program.ts';
import { readTreeSet, type TreeSet, treeSets } from './sets.ts';

/** Leaves that the rows of a table are divided into, if these share none. */
const leaves = 16;

interface Choice {
  readonly name: string;
  readonly tree: TreeOptions;
  /** Rows of leaves, in those of the others. */
  readonly larger?: number;
}

/** What is compared; ratios are to the first one. */
const choices: readonly Choice[] = [
  { name: 'top eigenvector of the AGOP, as in xRFM', tree: { split: 'agop', overlap: 0 } },
  { name: 'the same after 5 updates of the metric', tree: { split: 'agop', overlap: 0, splitIterations: 5 } },
  { name: 'first principal component', tree: { split: 'principal', overlap: 0 } },
  { name: 'random', tree: { split: 'random', overlap: 0 } },
  { name: 'best column', tree: { split: 'column', overlap: 0 } },
  { name: 'most variation of the predictions', tree: { overlap: 0 } },
  { name: 'the same, leaves twice as large', tree: { overlap: 0 }, larger: 2 },
  { name: 'the same, overlap 0.1 at all nodes', tree: { overlapDecay: 0 } },
  { name: 'the same, overlap 0.1 that falls with the rows (default)', tree: {} },
];

interface Result {
  readonly set: string;
  readonly choice: string;
  readonly seed: number;
  /** 1 - R², or the share of wrong classes. */
  readonly loss: number;
  readonly leaves: number;
  /** Sum over leaves of the third powers of their rows, which solving them takes. */
  readonly cubes: number;
  readonly seconds: number;
}

export default program(
  {
    only: onlyOption,
    seeds: text({ default: '0,1', description: 'Seeds divided by commas' }),
    data: dataOption,
    out: outOption,
  },
  async ({ only, seeds, data, out, again }) => {
    useData(data);
    const folder = sharedTables();
    const path = join(out, 'results/trees.json');
    const results: Result[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).results : [];
    using backend = await createCpuBackend();
    for (const name of only ? parts(only) : treeSets) {
      const set = await readTreeSet(folder, name);
      for (const choice of choices) {
        for (const seed of parts(seeds).map(Number)) {
          const known = results.findIndex(
            (one) => one.set === name && one.choice === choice.name && one.seed === seed,
          );
          if (known >= 0 && !again) continue;
          const result = {
            set: name,
            choice: choice.name,
            seed,
            ...(await measured(backend, set, choice, seed)),
          };
          results.splice(known < 0 ? results.length : known, 1, result);
          console.log(
            `${name.padEnd(30)} ${choice.name.padEnd(58)} ${seed}: ${result.loss.toFixed(5)}, ` +
              `${result.leaves} leaves, ${result.seconds.toFixed(1)} s`,
          );
          saveJson(path, { device: backend.device.description, node: process.version, results });
        }
      }
    }
    fillTables(join(out, 'tabular.md'), { trees: board(results) });
    console.log(board(results));
  },
);

async function measured(
  backend: Backend,
  { isRegression, training, held }: TreeSet,
  { tree, larger = 1 }: Choice,
  seed: number,
): Promise<Pick<Result, 'loss' | 'leaves' | 'cubes' | 'seconds'>> {
  const leafRows = Math.ceil((larger * training.x.rows) / leaves);
  const settings = tabularSettings({ backend, seed, tree: { leafRows, ...tree } });
  const started = performance.now();
  const opened = isRegression ? await openRegression(training, held) : await openClasses(training, held);
  const fitted = await tabularTrainer.fit(
    { coding: opened.coding, training: { x: training.x, y: opened.y }, held: undefined, test: undefined },
    settings,
    {},
  );
  const seconds = (performance.now() - started) / 1000;
  try {
    return {
      loss: 1 - opened.score(await tabularTrainer.predict(fitted, held.x)),
      leaves: fitted.leaves.length,
      cubes: fitted.leaves.reduce((sum, { rows }) => sum + rows ** 3, 0),
      seconds,
    };
  } finally {
    fitted.dispose();
  }
}

async function openRegression(training: TreeSet['training'], held: TreeSet['held']) {
  const { y, coding } = await regression().open(Float64Array.from(training.y), training.x.rows, 'rows');
  const trained = coding.trainedOn(y);
  const judging = await trained.read(Float64Array.from(held.y), held.x.rows, 'rows', 'held-out ');
  return {
    y,
    coding: trained,
    score: (outputs: ArrayLike<number>) => trained.score('r2', Float64Array.from(outputs), judging),
  };
}

async function openClasses(training: TreeSet['training'], held: TreeSet['held']) {
  const { y, coding } = await classification<number>('prevalence').open(
    Array.from(training.y),
    training.x.rows,
    'rows',
  );
  const trained = coding.trainedOn(y);
  const judging = await trained.read(Array.from(held.y), held.x.rows, 'rows', 'held-out ');
  return {
    y,
    coding: trained,
    score: (outputs: ArrayLike<number>) => trained.score('accuracy', Float64Array.from(outputs), judging),
  };
}

/** Losses by set in those of the first choice, their geometric mean, and what the leaves take. */
function board(results: readonly Result[]): string {
  const sets = treeSets.filter((name) => results.some(({ set }) => set === name));
  const mean = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0) / values.length;
  const of = (set: string, choice: string) =>
    results.filter((one) => one.set === set && one.choice === choice);
  const geometric = (values: readonly number[]): number => Math.exp(mean(values.map(Math.log)));
  const first = (choices[0] as Choice).name;
  const ratio = (set: string, choice: string, value: (result: Result) => number): number =>
    mean(of(set, choice).map(value)) / mean(of(set, first).map(value));
  const lines = choices
    .filter(({ name }) => sets.every((set) => of(set, name).length > 0))
    .map(({ name }) => [
      name,
      ...sets.map((set) => ratio(set, name, ({ loss }) => loss).toFixed(2)),
      geometric(sets.map((set) => ratio(set, name, ({ loss }) => loss))).toFixed(3),
      geometric(sets.map((set) => ratio(set, name, ({ cubes }) => cubes))).toFixed(1),
    ]);
  const losses = [
    'its loss',
    ...sets.map((set) => mean(of(set, first).map(({ loss }) => loss)).toPrecision(3)),
    '',
    '',
  ];
  return markdownTable(
    ['splits', ...sets, 'geometric mean', 'n³ of the leaves'],
    [...lines, losses],
    Array.from({ length: sets.length + 2 }, (_, k) => k + 1),
  );
}
