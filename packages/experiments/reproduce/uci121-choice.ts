// The UCI collection of Fernández-Delgado et al. 2014 on its four test splits, with all choices made on the
// training part of each: the quick choice of @agop/tabular, or a number of trials.
//
//   pnpm reproduce:uci121-choice [--only wine,glass] [--trials 20]
//
// Results that are there already are kept, but with --again. Writes papers/results/uci121-choice.json, and
// fills a table of papers/tabular.md.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { OptionError, wording } from '@agop/core';
import { whole } from '@agop/core/options';
import { readFolds, takeRows } from '@agop/data';
import { locateDataset, readFileBytes, readTableFile } from '@agop/data/node';
import { TabularClassifier } from '@agop/tabular';
import {
  dataOption,
  fillTables,
  markdownTable,
  onlyOption,
  outOption,
  parts,
  saveJson,
  useData,
} from './page.ts';
import { program } from './program.ts';

interface Result {
  readonly set: string;
  readonly trials: number | undefined;
  /** Accuracy on each of the four test splits. */
  readonly accuracies: readonly number[];
  readonly seconds: number;
}

interface Fixed {
  readonly results: readonly { readonly name: string; readonly rfm: { readonly accuracy: number } }[];
}

interface Manifest {
  readonly sets: readonly { readonly name: string; readonly group: string; readonly rows: number }[];
}

/** Largest set of the run, as in the protocol with fixed settings. */
const mostRows = 12_000;

export default program(
  {
    only: onlyOption,
    trials: whole({ from: 1, description: 'Candidates that are tried', defaultWords: 'the quick choice' }),
    data: dataOption,
    out: outOption,
  },
  async ({ only, trials, data, out, again }) => {
    useData(data);
    const folder = locateDataset('uci121');
    if (folder === undefined) {
      throw new OptionError(
        'data',
        wording`The UCI collection was not found. Name its folder with ${{ option: 'data' }}.`,
      );
    }
    const { sets }: Manifest = JSON.parse(readFileSync(join(folder, '../manifest.json'), 'utf8'));
    const fixed: Fixed = JSON.parse(readFileSync(join(out, 'results/uci121.json'), 'utf8'));
    const path = join(out, 'results/uci121-choice.json');
    const results: Result[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).results : [];
    const wanted = only && parts(only);
    const names = sets
      .filter(({ group, rows }) => group === 'uci121' && rows <= mostRows)
      .toSorted((a, b) => a.rows - b.rows)
      .flatMap(({ name }) => (!wanted || wanted.includes(name) ? [name] : []));
    using backend = await createCpuBackend();
    for (const name of names) {
      const known = results.findIndex((one) => one.set === name && one.trials === trials);
      if (known >= 0 && !again) continue;
      const started = performance.now();
      const table = await readTableFile(join(folder, `${name}.csv.gz`));
      const target = table.columns.at(-1)?.name ?? '';
      const foldsFile = join(folder, `${name}.folds.json.gz`);
      const { splits } = await readFolds(await readFileBytes(foldsFile), table.rows, foldsFile);
      const accuracies: number[] = [];
      for (const { train, test } of splits) {
        using model = new TabularClassifier({ backend, ...(trials !== undefined && { trials }) });
        await model.fit(takeRows(table, train), target);
        accuracies.push(await model.score(takeRows(table, test)));
      }
      const seconds = (performance.now() - started) / 1000;
      results.splice(known < 0 ? results.length : known, 1, { set: name, trials, accuracies, seconds });
      saveJson(path, { device: backend.device.description, node: process.version, results });
      console.log(
        `${name.padEnd(28)} ${percent(mean(accuracies))} (fixed settings ${percent(fixedOf(fixed, name))})`,
      );
    }
    fillTables(join(out, 'tabular.md'), { 'uci121-choice': board(results, fixed) });
    console.log(board(results, fixed).split('\n').slice(-1)[0]);
  },
);

function board(results: readonly Result[], fixed: Fixed): string {
  const own = results.filter(({ trials }) => trials === undefined);
  const rows = own.map(({ set, accuracies }) => [
    set,
    percent(mean(accuracies)),
    percent(fixedOf(fixed, set)),
  ]);
  const means = [
    mean(own.map(({ accuracies }) => mean(accuracies))),
    mean(own.map(({ set }) => fixedOf(fixed, set))),
  ];
  return markdownTable(
    ['set', 'quick choice', 'RFM, settings of the protocol'],
    [...rows, [`**mean of ${own.length}**`, ...means.map(percent)]],
    [1, 2],
  );
}

function fixedOf({ results }: Fixed, name: string): number {
  return results.find((one) => one.name === name)?.rfm.accuracy ?? Number.NaN;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function percent(fraction: number): string {
  return (100 * fraction).toFixed(2);
}
