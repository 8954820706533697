// Tables of the TALENT benchmark on their published splits: `train` is fitted, `val` chooses, the test rows
// are read once. Beside the published results of tuned CatBoost (15 seeds) and peers run on the same splits.
//
//   pnpm reproduce:talent [--only airfoil_self_noise,wind] [--seeds 0,1,2] [--trials 20] [--seconds S]
//
// Results that are there already are kept, but with --again: runs for some sets or seeds add up. Fills the
// tables of papers/tabular.md and writes papers/results/talent.json.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { OptionError, wording } from '@agop/core';
import { flag, number, whole } from '@agop/core/options';
import { locateDataset } from '@agop/data/node';
import {
  dataOption,
  fillTables,
  onlyOption,
  outOption,
  parts,
  saveJson,
  seedsOption,
  useData,
} from '../page.ts';
import { program } from '../program.ts';
import { fitTalent, type Mode, type TalentResult } from './fit.ts';
import { readTalentSet, talentNames } from './sets.ts';
import { board, summary, type TalentRow } from './tables.ts';

export default program(
  {
    only: onlyOption,
    seeds: seedsOption,
    trials: whole({ from: 1, default: 20, description: 'Candidates of the tuned choice' }),
    seconds: number({
      above: 0,
      description: 'Most seconds of one fit, its choice included',
      defaultWords: 'no limit: trials are the budget, which does not depend on the machine',
    }),
    quick: flag({ description: 'The quick choice alone' }),
    data: dataOption,
    out: outOption,
  },
  async ({ only, seeds, trials, seconds, quick, again, data, out }) => {
    useData(data);
    const folder = locateDataset('talent');
    if (folder === undefined) {
      throw new OptionError(
        'data',
        wording`The TALENT sets were not found. Name their folder with ${{ option: 'data' }}.`,
      );
    }
    const path = join(out, 'results/talent.json');
    const results: TalentResult[] = existsSync(path) ? JSON.parse(readFileSync(path, 'utf8')).results : [];
    const wanted = only && parts(only);
    const modes: readonly Mode[] = quick ? ['quick'] : ['quick', 'tuned'];
    const rows: TalentRow[] = [];
    using backend = await createCpuBackend();
    for (const name of talentNames(folder)) {
      const set = await readTalentSet(folder, name);
      for (const seed of wanted && !wanted.includes(name) ? [] : parts(seeds).map(Number)) {
        for (const mode of modes) {
          const known = results.findIndex((r) => r.set === name && r.seed === seed && r.mode === mode);
          if (known >= 0 && !again) continue;
          const result = await fitTalent(backend, set, mode, seed, { trials, seconds });
          results.splice(known < 0 ? results.length : known, known < 0 ? 0 : 1, result);
          const { catboost = Number.NaN } = set.published;
          console.log(
            `${name.padEnd(20)} ${mode} ${seed}: ${result.test.toFixed(4)} (CatBoost ${catboost.toFixed(4)}), ${result.trials} trials, ${result.seconds.toFixed(0)} s`,
          );
          saveJson(path, { device: backend.device.description, node: process.version, results });
        }
      }
      rows.push({ set, results: results.filter((result) => result.set === name) });
    }
    fillTables(join(out, 'tabular.md'), {
      'talent-regression': board(rows, true),
      'talent-classification': board(rows, false),
      'talent-summary': summary(rows),
    });
    console.log(summary(rows));
  },
);
