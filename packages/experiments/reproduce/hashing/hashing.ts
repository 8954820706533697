// Forests of bit tests on 750 MNIST images: uniform baselines, the game, and the published rule
// (arXiv 2108.05433; program: dmbeaglehole/Instance-Adaptive-LSH-Forests).
//
//   pnpm reproduce hashing [--only uniform-all,game] [--trees 110] [--out DIR] [--draw] [--again]
//
// The forests go to papers/results/hashing.json; --draw only draws the pictures and tables of
// papers/hashing.md anew.
import { join } from 'node:path';
import { flag, resolve, whole } from '@agop/core/options';
import { rootPictures, successCurves } from '../../src/hashing/report.ts';
import type { HashingRunResult } from '../../src/hashing/result.ts';
import { runHashingExperiment } from '../../src/hashing/run.ts';
import { hashingRunOptions } from '../../src/hashing/settings.ts';
import { readHashingData } from '../../src/node/hashing-data.ts';
import {
  dataOption,
  fillTables,
  markdownTable,
  namedRuns,
  onlyOption,
  outOption,
  savingIn,
  useData,
} from '../page.ts';
import { program } from '../program.ts';

/** The forests of the page; `trees` where there are fewer than asked for. */
const forests = [
  { name: 'uniform-all', words: 'any bit (published baseline)', strategy: 'uniform-all' },
  { name: 'uniform', words: '**any bit that varies at the node**', strategy: 'uniform' },
  { name: 'game', words: 'game, ρ = 0.5, 150 rounds', strategy: 'game' },
  { name: 'game-1', words: 'game, ρ = 1, 150 rounds', strategy: 'game', rho: 1 },
  {
    name: 'published',
    words: 'published rule, ρ = 1, 3000 rounds',
    strategy: 'published',
    rho: 1,
    rounds: 3000,
    trees: 4,
  },
] as const;

type Results = Record<string, HashingRunResult>;

export default program(
  {
    only: onlyOption,
    trees: whole({ from: 1, default: 110, description: 'Trees of a forest' }),
    data: dataOption,
    out: outOption,
    draw: flag({ description: 'Make no runs' }),
  },
  async ({ only, trees, data, out, draw }, parts) => {
    useData(data);
    const file = join(out, 'results/hashing.json');
    const results = await namedRuns(
      forests,
      { file, only, draw, parts },
      async ({ name, words: _, strategy, ...given }, store) => {
        const settings = resolve(hashingRunOptions, { trees, ...given, strategies: [strategy] });
        const { result } = await runHashingExperiment(settings, await readHashingData(settings), {
          parts: store,
          onEvent: ({ trees: done, of, secondsLeft }) => {
            if (done % 10 === 0)
              console.log(`${name}: tree ${done} of ${of}, ${secondsLeft.toFixed(0)} s left`);
          },
        });
        return result;
      },
    );
    const save = savingIn(join(out, 'hashing'));
    const drawn = forests.flatMap(({ name }) => {
      const one = results[name];
      return one && name !== 'game-1' ? one.drawn : [];
    });
    const [first] = Object.values(results);
    if (!first) return;
    const all = { ...first, drawn };
    // Shares of few trees are steps: only forests of as many trees as the first are compared as curves.
    const many = forests.flatMap(({ name }) =>
      name !== 'game-1' && results[name]?.summary.trees === first.summary.trees ? results[name].drawn : [],
    );
    save('success', await successCurves({ ...first, drawn: many }));
    save('root', rootPictures(all) ?? '');
    fillTables(join(out, 'hashing.md'), { forests: tableOf(results) });
  },
);

function tableOf(results: Results): string {
  const rows = forests.flatMap(({ name, words }) => {
    const one = results[name];
    const [forest] = one?.summary.forests ?? [];
    if (!one || !forest) return [];
    return [
      [
        words,
        String(one.summary.trees),
        forest.mean.toFixed(3),
        forest.smallest.toFixed(3),
        forest.worstHundredth.toFixed(3),
        forest.worstTenth.toFixed(3),
        forest.nodes.toFixed(0),
        forest.tests.toFixed(1),
        (forest.seconds / one.summary.trees).toFixed(2),
      ],
    ];
  });
  return markdownTable(
    ['tests', 'trees', 'mean', 'smallest', 'worst 1 %', 'worst 10 %', 'nodes', 'tests', 's per tree'],
    rows,
    [1, 2, 3, 4, 5, 6, 7, 8],
  );
}
