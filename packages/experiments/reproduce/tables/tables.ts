// The quick choice of @agop/tabular, with all options at their defaults, on the shared tables beside a leaf
// with the defaults of xRFM and scikit-learn's histogram boosting, random forest and linear models. 80 % of
// the rows are fitted, and the others test once.
//
//   pnpm reproduce:tables [--only uci121-car] [--seeds 0] [--threads 1] [--splits FOLDER]
//
// Results that are there already are kept, but with --again. The peers were measured by peers.py on the same
// rows, which --splits writes for it. Fills a table of papers/tabular.md and writes
// papers/results/tables.json.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { text, whole } from '@agop/core/options';
import {
  dataOption,
  fillTables,
  markdownTable,
  onlyOption,
  outOption,
  parts,
  saveJson,
  seedsOption,
  sharedTables,
  useData,
} from '../page.ts';
import { program } from '../program.ts';
import { fitPlain, fitQuick } from './fit.ts';
import { sharedSets, splitSet } from './sets.ts';

const systems = ['quick', 'xRFM', 'HistGB', 'RandomForest', 'linear'] as const;

/** Scores of the systems on one division of a set. */
interface Row {
  readonly set: string;
  readonly seed: number;
  readonly rows: number;
  readonly isRegression: boolean;
  /** What it was measured on. */
  readonly device: string;
  readonly scores: Readonly<Partial<Record<(typeof systems)[number], number>>>;
  readonly seconds: { readonly quick: number; readonly xRFM: number };
}

type Peers = Readonly<Record<string, Readonly<Record<string, number>>>>;

export default program(
  {
    only: onlyOption,
    seeds: seedsOption,
    threads: whole({ from: 1, description: 'Threads of the fits', defaultWords: 'one for each core' }),
    splits: text({
      placeholder: 'folder',
      description: 'Writes the divisions of the rows there, and fits nothing',
    }),
    data: dataOption,
    out: outOption,
  },
  async ({ only, seeds, threads, splits, data, out, again }) => {
    useData(data);
    const folder = sharedTables();
    const wanted = only && parts(only);
    const chosen = sharedSets(folder).filter(({ name }) => !wanted || wanted.includes(name));
    if (splits !== undefined) {
      for (const set of chosen) {
        const divisions = [];
        for (const seed of parts(seeds).map(Number)) divisions.push((await splitSet(folder, set, seed)).rows);
        saveJson(join(splits, `${set.name}.json`), { ...set, seeds: parts(seeds), divisions }, 0);
      }
      return;
    }
    const peers: Peers = JSON.parse(readFileSync(join(import.meta.dirname, 'peers.json'), 'utf8')).results;
    const path = join(out, 'results/tables.json');
    const rows: Row[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).rows : [];
    using backend = await createCpuBackend({ ...(threads !== undefined && { threads }) });
    for (const set of chosen) {
      for (const seed of parts(seeds).map(Number)) {
        const known = rows.findIndex((row) => row.set === set.name && row.seed === seed);
        if (known >= 0 && !again) continue;
        const { training, test } = await splitSet(folder, set, seed);
        const quick = await fitQuick(backend, set, training, test);
        const plain = await fitPlain(backend, set, training, test);
        const scores: Row['scores'] = {
          quick: quick.score,
          xRFM: plain.score,
          ...peers[`${set.name} ${seed}`],
        };
        rows.splice(known < 0 ? rows.length : known, 1, {
          set: set.name,
          seed,
          rows: training.rows,
          isRegression: set.isRegression,
          device: backend.device.description,
          scores,
          seconds: { quick: quick.seconds, xRFM: plain.seconds },
        });
        console.log(
          `${set.name.padEnd(34)} ${seed}: ${systems.map((name) => show(scores[name])).join('  ')}`,
        );
        saveJson(path, { node: process.version, rows });
      }
    }
    fillTables(join(out, 'tabular.md'), { 'shared-tables': board(rows), 'shared-ranks': ranks(rows) });
    console.log(ranks(rows));
  },
);

/** All scores; R² or accuracy. */
function board(rows: readonly Row[]): string {
  return markdownTable(
    ['table', 'training rows', 'score', 'quick choice', 'xRFM', 'HistGB', 'forest', 'linear', 'seconds'],
    rows.map(({ set, rows: count, isRegression, scores, seconds }) => [
      set,
      String(count),
      isRegression ? 'R²' : 'accuracy',
      ...systems.map((name) => show(scores[name])),
      seconds.quick.toFixed(0),
    ]),
    [1, 3, 4, 5, 6, 7, 8],
  );
}

/** Mean ranks over the tables, equal scores sharing theirs, and how often each is first. */
function ranks(rows: readonly Row[]): string {
  const complete = rows.filter(({ scores }) => systems.every((name) => scores[name] !== undefined));
  const rankOf = (row: Row, name: (typeof systems)[number]): number => {
    const own = row.scores[name] as number;
    const others = systems.map((other) => row.scores[other] as number);
    const above = others.filter((score) => score > own + 1e-9).length;
    return above + (others.filter((score) => Math.abs(score - own) <= 1e-9).length + 1) / 2;
  };
  const mean = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  return markdownTable(
    ['', ...systems],
    [
      ['mean rank', ...systems.map((name) => mean(complete.map((row) => rankOf(row, name))).toFixed(2))],
      ...[true, false].map((isRegression) => [
        isRegression ? 'mean R²' : 'mean accuracy',
        ...systems.map((name) =>
          show(
            mean(
              complete
                .filter((row) => row.isRegression === isRegression)
                .map((row) => row.scores[name] as number),
            ),
          ),
        ),
      ]),
      ['tables', ...systems.map(() => String(complete.length))],
    ],
    systems.map((_, at) => at + 1),
  );
}

function show(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '' : value.toFixed(4);
}
