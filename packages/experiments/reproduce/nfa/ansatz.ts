// The neural feature ansatz at the layers of dense networks, as stated and as its program computes it
// (arXiv 2212.13881).
//
//   pnpm reproduce ansatz [--only mnist,cifar10] [--seeds 3] [--data FOLDER] [--out DIR] [--again]
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { resolve } from '@agop/core/options';
import { layersChart, pixelGrid } from '../../src/ansatz/report.ts';
import type { AnsatzSummary } from '../../src/ansatz/result.ts';
import { runAnsatz } from '../../src/ansatz/run.ts';
import {
  controlFigures,
  type Figure,
  layersOf,
  overSeeds,
  ownFigures,
  publishedFigures,
} from '../../src/ansatz/sentences.ts';
import { ansatzOptions } from '../../src/ansatz/settings.ts';
import { readAnsatzData } from '../../src/node/ansatz-data.ts';
import {
  dataOption,
  fillTables,
  markdownTable,
  onlyOption,
  outOption,
  parts,
  saveJson,
  savingIn,
  useData,
} from '../page.ts';
import { program } from '../program.ts';

const sets = ['mnist', 'cifar10'] as const;

export default program(
  { only: onlyOption, seeds: ansatzOptions.seeds, data: dataOption, out: outOption },
  async ({ only, seeds, data, out }, folder) => {
    useData(data);
    using backend = await createCpuBackend();
    const chosen = only === undefined ? sets : sets.filter((name) => parts(only).includes(name));
    for (const name of chosen) {
      const settings = resolve(ansatzOptions, { data: name, seeds });
      const result = await runAnsatz(settings, await readAnsatzData(settings), {
        backend,
        parts: folder.within(name),
        onEvent: (event) => {
          if (event.kind === 'epoch' && event.epoch % 10 === 0) {
            console.log(`${name}, seed ${event.seed}: epoch ${event.epoch}, loss ${event.loss.toFixed(4)}`);
          }
        },
      });
      saveJson(join(out, `results/ansatz-${name}.json`), result.summary);
      const save = savingIn(join(out, 'nfa'));
      save(`ansatz-${name}`, await layersChart(result.summary));
      save(`pixels-${name}`, pixelGrid(result));
      fillTables(join(out, 'nfa.md'), {
        [`published-${name}`]: tableOf(result.summary, publishedFigures),
        [`own-${name}`]: tableOf(result.summary, ownFigures),
        [`controls-${name}`]: tableOf(result.summary, controlFigures),
      });
    }
  },
);

function tableOf(summary: AnsatzSummary, figures: readonly Figure[]): string {
  const rows = layersOf(summary).map((layer) => [
    String(layer + 1),
    ...figures.map((figure) => {
      const [mean, deviation] = overSeeds(summary, layer, figure);
      return `${mean.toFixed(3)} ± ${deviation.toFixed(3)}`;
    }),
  ]);
  return markdownTable(['layer', ...figures.map(({ label }) => label)], rows);
}
