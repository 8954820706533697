// How the classes of the digits collapse in a trained network, and by what (arXiv 2402.13728).
//
//   pnpm reproduce network-collapse [--seeds 10] [--full] [--out DIR] [--draw] [--again]
//
// The runs go to papers/results/network-collapse.json, those of the published sizes to
// network-collapse-full.json; --draw only draws the pictures and tables of
// papers/network-collapse.md anew.
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { flag, resolve, whole } from '@agop/core/options';
import { gramGrid } from '../../src/collapse/pictures.ts';
import { gainCurves, shareBars, timeCharts } from '../../src/network-collapse/report.ts';
import type { CollapsedLayer, NetworkCollapseResult } from '../../src/network-collapse/result.ts';
import { runNetworkCollapse } from '../../src/network-collapse/run.ts';
import {
  overSeeds,
  type Training,
  trainingsOf,
  trainingWords,
} from '../../src/network-collapse/sentences.ts';
import { networkCollapseOptions } from '../../src/network-collapse/settings.ts';
import { readNetworkCollapseData } from '../../src/node/network-collapse-data.ts';
import type { PartStore } from '../../src/run-parts.ts';
import { meanAndSpread, spreadText } from '../../src/spread.ts';
import { dataOption, fillTables, markdownTable, outOption, saveJson, savingIn, useData } from '../page.ts';
import { program } from '../program.ts';

export default program(
  {
    seeds: whole({ from: 1, default: 10, description: 'Runs of each, with the seeds 0, 1, …' }),
    full: flag({ description: 'The published sizes, on MNIST' }),
    data: dataOption,
    out: outOption,
    draw: flag({ description: 'Make no runs' }),
  },
  async ({ seeds, full, data, out, draw }, parts) => {
    useData(data);
    const suffix = full ? '-full' : '';
    const file = join(out, `results/network-collapse${suffix}.json`);
    const result: NetworkCollapseResult | undefined = draw
      ? existsSync(file)
        ? JSON.parse(readFileSync(file, 'utf8'))
        : undefined
      : await run(seeds, full, parts);
    if (!result) return;
    if (!draw) saveJson(file, slim(result, full), 0);
    const save = savingIn(join(out, 'network-collapse'));
    const trainings = trainingsOf(result.summary);
    save(`gains${suffix}`, await gainCurves(trainings));
    for (const training of trainings) {
      const name = `${nameOf(training)}${suffix}`;
      save(`shares-${name}`, await shareBars(training));
      for (const [i, chart] of (await timeCharts(training)).entries()) {
        if (chart.kind === 'figure') save(`${i === 0 ? 'nc1' : 'nfa'}-${name}`, chart.svg);
      }
      const grams = result.grams.find(
        ({ gain, decay }) => gain === training.gain && decay === training.decay,
      );
      if (grams)
        save(`gram-${name}`, gramGrid(grams.pictures, `Gram matrices by depth, ${trainingWords(training)}`));
    }
    fillTables(
      join(out, 'network-collapse.md'),
      Object.fromEntries([
        ...trainings.map((training) => [`${nameOf(training)}${suffix}`, tableOf(training)]),
        ...trainings.slice(0, 1).map((training) => [`untrained${suffix}`, untrainedTable(training)]),
      ]),
    );
  },
);

/** What is kept: six digits, and the Gram matrices that the page shows. */
function slim(result: NetworkCollapseResult, all: boolean): NetworkCollapseResult {
  const grams = result.grams.filter(({ gain, decay }) => (gain < 1 || all) && decay === 0);
  const shorten = (_: string, value: unknown) =>
    typeof value === 'number' ? Number(value.toPrecision(6)) : value;
  return JSON.parse(JSON.stringify({ ...result, grams }, shorten));
}

async function run(seeds: number, full: boolean, parts: PartStore): Promise<NetworkCollapseResult> {
  const settings = resolve(networkCollapseOptions, { seeds, ...(full && { full, data: 'mnist' }) });
  using backend = await createCpuBackend();
  let told = 0;
  return await runNetworkCollapse(settings, await readNetworkCollapseData(settings), {
    backend,
    parts,
    onEvent: ({ gain, decay, seed, epoch, secondsLeft }) => {
      if (performance.now() < told + 5000) return;
      told = performance.now();
      console.log(
        `gain ${gain}, decay ${decay}, seed ${seed}, epoch ${epoch}, ${secondsLeft?.toFixed(0) ?? '?'} s left`,
      );
    },
  });
}

function nameOf({ gain, decay }: Training): string {
  const name = `gain-${String(gain).replace('.', '')}`;
  return decay === 0 ? name : `${name}-decay`;
}

const shareColumns = ['share', 'least to most'];
const otherColumns = ['NC2 h', 'NC3', 'NFA root', 'C-NFA'];

/** Smallest and largest share of the seeds. */
function shareRange({ runs }: Training, layer: number): string {
  const shares = runs.flatMap(({ epochs }) => epochs.at(-1)?.layers[layer]?.share ?? []);
  return shares.length === 0 ? '–' : `${Math.min(...shares).toFixed(2)} to ${Math.max(...shares).toFixed(2)}`;
}

/** Before training. */
function untrainedTable({ runs }: Training): string {
  const before = runs.map(({ epochs }) => epochs[0]?.layers ?? []);
  const cell = (i: number, of: (layer: CollapsedLayer) => number | null, digits: number) =>
    spreadText(
      meanAndSpread(
        before.flatMap((layers) => {
          const layer = layers[i];
          return (layer && of(layer)) ?? [];
        }),
      ),
      digits,
    );
  return markdownTable(
    ['layer', 'NC1 h', 'ReLU(W h)', 'share'],
    (before[0] ?? []).map(({ layer }, i) => [
      String(layer),
      cell(i, ({ nc1 }) => nc1.none, 2),
      cell(i, ({ nc1 }) => nc1.left, 2),
      cell(i, ({ share }) => share, 2),
    ]),
    [1, 2, 3],
  );
}

function tableOf(training: Training): string {
  const layers = training.runs[0]?.epochs.at(-1)?.layers.map(({ layer }) => layer) ?? [];
  const cell = (i: number, of: (layer: CollapsedLayer) => number | null, digits: number) =>
    spreadText(overSeeds(training, i, of), digits);
  return markdownTable(
    ['layer', 'NC1 h', 'S Vᵀ h', 'ReLU(W h)', 'AGOP^½ h', ...shareColumns, ...otherColumns],
    layers.map((layer, i) => [
      String(layer),
      cell(i, ({ nc1 }) => nc1.none, 4),
      cell(i, ({ nc1 }) => nc1.right, 4),
      cell(i, ({ nc1 }) => nc1.left, 4),
      cell(i, ({ nc1 }) => nc1.gradient, 4),
      cell(i, ({ share }) => share, 2),
      shareRange(training, i),
      cell(i, ({ nc2 }) => nc2.none, 3),
      cell(i, ({ nc3 }) => nc3, 3),
      cell(i, ({ nfa }) => nfa.root, 3),
      cell(i, ({ centeredNfa }) => centeredNfa, 3),
    ]),
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10],
  );
}
