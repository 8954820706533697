// Neural collapse of Deep RFM on MNIST (5,000 images), CIFAR-10 (3,000) and digits (1,438), three seeds each: NC1, NC2 and accuracies of every
// layer, with and without held-out rows (arXiv 2402.13728; program: dmbeaglehole/neural_collapse_rfm).
//
//   pnpm reproduce:collapse [--only digits,mnist] [--seeds 0,1,2] [--data DIR] [--out docs] [--draw]
//
// Needs the image files in `../shared/data` beside the clone, or in --data. Each run is added to docs/results/collapse.json as it ends, and not made
// again when it is there; --draw only draws the pictures and tables of docs/deep-rfm.md anew.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { DeepRFM } from '@agop/deep-rfm';
import { readRunData } from './collapse-data.ts';
import { drawGrams, drawRuns } from './collapse-pictures.ts';
import { type Experiment, experiments, numbersOf, type RunResult, seeds } from './collapse-runs.ts';
import { writeTables } from './collapse-tables.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { values } = parseArgs({
  options: {
    only: { type: 'string' },
    seeds: { type: 'string', default: seeds.join() },
    data: { type: 'string', default: join(root, '../shared/data') },
    out: { type: 'string', default: join(root, 'docs') },
    draw: { type: 'boolean', default: false },
  },
});
const file = join(values.out, 'results/collapse.json');
const wanted = values.only?.split(',');

if (!values.draw) {
  for (const experiment of experiments) {
    if (wanted && !wanted.includes(experiment.name)) continue;
    for (const seed of values.seeds.split(',').map(Number)) {
      const done = readResults().some((run) => run.experiment === experiment.name && run.seed === seed);
      if (!done) keep(await run(experiment, seed));
    }
  }
}
await drawRuns(readResults(), values.out);
writeTables(readResults(), join(values.out, 'deep-rfm.md'));

async function run(experiment: Experiment, seed: number): Promise<RunResult> {
  const { name, data, depth, map, featureMap } = experiment;
  const { training, held } = await readRunData(data, values.data, join(root, 'examples/data/digits.csv.gz'));
  using backend = await createCpuBackend({ widenSimd: true });
  using model = new DeepRFM<number>({ backend, depth, featureMap, seed });
  const started = performance.now();
  await model.fit(training.x, training.y, {
    validation: held,
    onLayer: ({ layer, train, heldOut, secondsLeft }) =>
      console.log(
        `${name}, seed ${seed}, layer ${layer}: NC1 ${train.projected.nc1.ratio.toExponential(2)}, ` +
          `NC2 ${train.projected.nc2.distance.toExponential(2)}, accuracy ${heldOut?.accuracy}, ${secondsLeft.toFixed(0)} s left`,
      ),
  });
  const seconds = (performance.now() - started) / 1000;
  const tensorGiB = backend.memory().peakBytes / 2 ** 30;
  if (seed === 0 && name === data) await drawGrams(model, training, name, values.out);
  return {
    experiment: name,
    data,
    trainingRows: training.y.length,
    heldOutRows: held.y.length,
    features: training.x.shape[1] as number,
    map,
    seed,
    device: backend.device.description,
    dtype: 'float64',
    seconds,
    tensorGiB,
    input: model.input,
    layers: model.layers.map(numbersOf),
  };
}

function readResults(): RunResult[] {
  return existsSync(file) ? (JSON.parse(readFileSync(file, 'utf8')) as RunResult[]) : [];
}

/** Reads again first: several runs may go on side by side. */
function keep(result: RunResult): void {
  const place = (run: RunResult): number =>
    experiments.findIndex(({ name }) => name === run.experiment) * 1000 + run.seed;
  const all = [...readResults(), result].sort((a, b) => place(a) - place(b));
  mkdirSync(join(values.out, 'results'), { recursive: true });
  writeFileSync(file, `[\n${all.map((run) => `  ${JSON.stringify(run)}`).join(',\n')}\n]\n`);
}
