// Filters of networks that were trained elsewhere, beside their patch AGOPs (arXiv 2309.00570). The weights
// come inside npm packages that are development dependencies of this one.
//
//   pnpm reproduce filters-ansatz [--only face,inception,mobilenet,upscaler] [--seeds 3] [--count 6]
//   [--directions N] [--again]
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { resolve, whole } from '@agop/core/options';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { filterGrid, layersChart, responseGrid } from '../../src/filters-ansatz/report.ts';
import type { MeasuredNetwork } from '../../src/filters-ansatz/result.ts';
import { runFiltersAnsatz } from '../../src/filters-ansatz/run.ts';
import { aboveRotation, overLayers, smallPatches, told } from '../../src/filters-ansatz/sentences.ts';
import { filtersAnsatzOptions } from '../../src/filters-ansatz/settings.ts';
import { readFiltersAnsatzData } from '../../src/node/filters-ansatz-data.ts';
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

const networks = ['face', 'inception', 'mobilenet', 'upscaler'] as const;

export default program(
  {
    only: onlyOption,
    seeds: whole({ from: 1, default: 3, description: 'Seeds' }),
    count: filtersAnsatzOptions.count,
    directions: filtersAnsatzOptions.directions,
    data: dataOption,
    out: outOption,
  },
  async ({ only, seeds, count, directions, data, out }, folder) => {
    useData(data);
    await tf.setBackend('wasm');
    using backend = await createCpuBackend();
    const chosen = only === undefined ? networks : networks.filter((name) => parts(only).includes(name));
    const save = savingIn(join(out, 'nfa'));
    for (const network of chosen) {
      const settings = resolve(filtersAnsatzOptions, {
        network: [network],
        seeds,
        count,
        ...(directions !== undefined && { directions }),
      });
      const { summary, pictures } = await runFiltersAnsatz(
        settings,
        await readFiltersAnsatzData(settings, tf),
        {
          backend,
          parts: folder.within(network),
          onEvent: ({ seed, phase, done, total }) =>
            console.log(`${network}, seed ${seed}: ${phase} ${done} of ${total}`),
        },
      );
      saveJson(resultPath(out, network), summary);
      for (const measured of summary.networks) save(`layers-${network}`, await layersChart(measured));
      for (const shown of pictures) {
        save(`nfm-${network}`, filterGrid(shown.nfm, `Leading eigenvectors of wᵀw, ${shown.layer}`));
        save(`agop-${network}`, filterGrid(shown.agop, `Leading eigenvectors of the AGOP, ${shown.layer}`));
        save(`response-${network}`, responseGrid(shown));
      }
    }
    fillTables(join(out, 'nfa.md'), {
      networks: tableOf(networks.flatMap((name) => savedNetwork(out, name))),
    });
  },
);

function resultPath(out: string, network: string): string {
  return join(out, `results/filters-ansatz-${network}.json`);
}

/** A network as it was measured last, if it was. */
function savedNetwork(out: string, network: string): MeasuredNetwork[] {
  const path = resultPath(out, network);
  if (!existsSync(path)) return [];
  const summary: { readonly networks: MeasuredNetwork[] } = JSON.parse(readFileSync(path, 'utf8'));
  return summary.networks;
}

function tableOf(measured: readonly MeasuredNetwork[]): string {
  const rows = measured.flatMap((network) =>
    [network, smallPatches(network)].map((part, index) => [
      index === 0 ? network.name : `${network.name}, at most 1200 inputs`,
      String(part.layers.filter(({ className }) => className !== 'Dense').length),
      ...told.flatMap((which) => [
        `${overLayers(part, 'trained', which).mean.toFixed(3)} (${overLayers(part, 'trained', which).median.toFixed(3)})`,
        overLayers(part, 'rotated', which).mean.toFixed(3),
        overLayers(part, 'random', which).mean.toFixed(3),
        `${Math.round(100 * aboveRotation(part, which))} %`,
      ]),
    ]),
  );
  const columns = ['filters: mean (median)', 'rotated', 'random', 'above rotation'];
  return markdownTable(
    [
      'network',
      'convolutions',
      ...columns.map((name) => `AGOP, ${name}`),
      ...columns.map((name) => `root, ${name}`),
    ],
    rows,
    [1],
  );
}
