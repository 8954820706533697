// Neural collapse of Deep RFM on MNIST (5,000 images), CIFAR-10 (3,000) and digits (1,438), three seeds each:
// NC1, NC2 and accuracies of every layer, with and without held-out rows (arXiv 2402.13728; program:
// dmbeaglehole/neural_collapse_rfm).
//
//   pnpm reproduce:collapse [--only digits,mnist] [--seeds 0,1,2] [--data DIR] [--out DIR] [--draw] [--again]
//
// Each run is added to papers/results/collapse.json as it ends, and not made again when it is there, but with
// --again; --draw only draws the pictures and tables of papers/deep-rfm.md anew.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { flag, resolve } from '@agop/core/options';
import { gramsOf, runCollapseExperiment } from '../../src/collapse/run.ts';
import { collapseOptions } from '../../src/collapse/settings.ts';
import { readCollapseData } from '../../src/node/collapse-data.ts';
import {
  dataOption,
  fillTables,
  onlyOption,
  outOption,
  parts,
  saveText,
  savingIn,
  seedsOption,
  useData,
} from '../page.ts';
import { program } from '../program.ts';
import { drawGrams, drawRuns } from './pictures.ts';
import { type Experiment, experiments, keptOf, type RunResult } from './runs.ts';
import { collapseTables } from './tables.ts';

/** Layers whose Gram matrices are drawn; 0 is the input. */
const pictured = [0, 1, 2, 3, 4, 6, 8, 10];
const names = experiments.map(({ name }) => name);

export default program(
  {
    only: onlyOption,
    seeds: seedsOption,
    data: dataOption,
    out: outOption,
    draw: flag({ description: 'Make no runs' }),
  },
  async ({ only, seeds, data, out, draw, again }) => {
    useData(data);
    const file = join(out, 'results/collapse.json');
    const wanted = draw ? [] : experiments.filter(({ name }) => !only || parts(only).includes(name));
    for (const experiment of wanted) {
      for (const seed of parts(seeds).map(Number)) {
        const known = readResults(file).some(
          (one) => one.experiment === experiment.name && one.seed === seed,
        );
        if (!known || again) keep(file, await run(experiment, seed, join(out, 'deep-rfm')));
      }
    }
    await drawRuns(readResults(file), savingIn(join(out, 'deep-rfm')));
    fillTables(join(out, 'deep-rfm.md'), collapseTables(readResults(file)));
  },
);

async function run(experiment: Experiment, seed: number, pictures: string): Promise<RunResult> {
  const { name } = experiment;
  const settings = resolve(collapseOptions, { ...experiment.settings, seed });
  // The same rows are held out in all runs.
  const data = await readCollapseData({ ...settings, seed: 0 });
  using backend = await createCpuBackend({ widenSimd: true });
  using done = await runCollapseExperiment(settings, data, {
    backend,
    grams: false,
    onEvent: (event) => {
      if ('code' in event) throw new Error(event.message);
      const { layer, nc1, nc2, accuracy } = event.last;
      console.log(
        `${name}, seed ${seed}, layer ${layer}: NC1 ${nc1.projected.toExponential(2)}, ` +
          `NC2 ${nc2.projected.toExponential(2)}, accuracy ${accuracy}, ${event.secondsLeft.toFixed(0)} s left`,
      );
    },
  });
  const { peakBytes } = backend.memory();
  if (seed === 0 && name === settings.data) {
    const layers = pictured.filter((one) => one <= settings.depth);
    drawGrams(await gramsOf(done.model, data.training, 10, layers), name, savingIn(pictures));
  }
  return keptOf(experiment, done.result.summary, peakBytes);
}

function readResults(file: string): RunResult[] {
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

/** Reads again first: several runs may go on side by side. */
function keep(file: string, result: RunResult): void {
  const place = (one: RunResult): number => names.indexOf(one.experiment) * 1000 + one.seed;
  const others = readResults(file).filter((one) => place(one) !== place(result));
  const all = [...others, result].sort((a, b) => place(a) - place(b));
  saveText(file, `[\n${all.map((one) => `  ${JSON.stringify(one)}`).join(',\n')}\n]\n`);
}
