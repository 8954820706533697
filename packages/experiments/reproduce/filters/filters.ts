// Makes everything that papers/conv-rfm.md shows but the speed of the recursion: runs the experiments, keeps
// their summaries in papers/results/conv-rfm, draws the pictures into papers/conv-rfm and writes the tables
// into the page.
//
//   pnpm reproduce:conv [--data DIR] [--only star,mnist] [--out DIR] [--draw]
//
// With --draw nothing is run: pictures and tables are made of what is there.
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { flag, resolve } from '@agop/core/options';
import { locateDataset } from '@agop/data/node';
import type { FiltersSummary } from '../../src/filters/result.ts';
import { runFiltersExperiment } from '../../src/filters/run.ts';
import { filtersOptions } from '../../src/filters/settings.ts';
import { readFiltersData } from '../../src/node/filters-data.ts';
import type { PartStore } from '../../src/run-parts.ts';
import {
  dataOption,
  fillTables,
  onlyOption,
  outOption,
  parts,
  saveJson,
  savingIn,
  useData,
} from '../page.ts';
import { program } from '../program.ts';
import { drawPictures } from './pictures.ts';
import { type Experiment, experiments } from './runs.ts';
import { filtersTables } from './tables.ts';

/** Models of the runs, from which filters are drawn. */
const models = join(import.meta.dirname, '../../../../node_modules/.cache/conv-rfm');

export default program(
  { data: dataOption, only: onlyOption, out: outOption, draw: flag({ description: 'Make no runs' }) },
  async ({ data, only, out, draw }, folder) => {
    useData(data);
    const results = join(out, 'results/conv-rfm');
    const fileOf = ({ name }: Experiment) => join(results, `${name}.json`);
    mkdirSync(models, { recursive: true });
    for (const experiment of experiments) {
      if (draw || (only && !parts(only).includes(experiment.name))) continue;
      saveJson(fileOf(experiment), await run(experiment, folder.within(experiment.name)));
    }
    const found = new Map<string, FiltersSummary>();
    for (const experiment of experiments) {
      const file = fileOf(experiment);
      if (existsSync(file)) found.set(experiment.name, JSON.parse(readFileSync(file, 'utf8')));
    }
    fillTables(join(out, 'conv-rfm.md'), filtersTables(found));
    await drawPictures(found, models, savingIn(join(out, 'conv-rfm')));
  },
);

/** Makes a run; its model is kept. */
async function run(
  { name, title, images, settings: given }: Experiment,
  store: PartStore,
): Promise<FiltersSummary> {
  console.log(title);
  const data = images === undefined ? undefined : locateDataset(images);
  const settings = resolve(filtersOptions, { ...given, data });
  using backend = await createCpuBackend({ widenSimd: true });
  using done = await runFiltersExperiment(settings, (seed) => readFiltersData(settings, seed), {
    backend,
    parts: store,
    pictures: false,
    onEvent: (event) => {
      if (event.kind !== 'round') return;
      const { seed, layer, iteration, accuracy, secondsLeft } = event;
      console.log(
        `seed ${seed}, layer ${layer}, round ${iteration}: accuracy ${accuracy}, ${secondsLeft.toFixed(0)} s left`,
      );
    },
  });
  writeFileSync(join(models, `${name}.safetensors`), await done.model.toBytes());
  return done.result.summary;
}
