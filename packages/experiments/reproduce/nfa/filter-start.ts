// A small network whose filters start from the patch AGOP of a ConvRFM, from the covariance of patches, and
// from nothing (arXiv 2309.00570).
//
//   pnpm reproduce filter-start [--seeds 3] [--epochs 40] [--full] [--data FOLDER] [--out DIR] [--draw]
//   [--again]
//
// The run goes to papers/results/filter-start.json, that of the published sizes to filter-start-full.json;
// --draw only draws the pictures and the tables of papers/nfa.md anew.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { flag, resolve } from '@agop/core/options';
import * as tf from '@tensorflow/tfjs';
import '@tensorflow/tfjs-backend-wasm';
import { accuracyChart, startGrid } from '../../src/filter-start/report.ts';
import {
  type FilterStartResult,
  type FilterStartSummary,
  filterStartResult,
  starts,
  trainings,
} from '../../src/filter-start/result.ts';
import { runFilterStart } from '../../src/filter-start/run.ts';
import { accuracyAt, percentSpread, toldEpochs } from '../../src/filter-start/sentences.ts';
import { filterStartOptions } from '../../src/filter-start/settings.ts';
import { readFilterStartData } from '../../src/node/filter-start-data.ts';
import type { PartStore } from '../../src/run-parts.ts';
import { dataOption, fillTables, markdownTable, outOption, saveJson, savingIn, useData } from '../page.ts';
import { program } from '../program.ts';

export default program(
  {
    seeds: filterStartOptions.seeds,
    epochs: filterStartOptions.epochs,
    full: filterStartOptions.full,
    data: dataOption,
    out: outOption,
    draw: flag({ description: 'Make no runs' }),
  },
  async ({ seeds, epochs, full, data, out, draw }, parts) => {
    useData(data);
    const suffix = full ? '-full' : '';
    const file = join(out, `results/filter-start${suffix}.json`);
    const result: FilterStartResult = draw
      ? filterStartResult.parse(JSON.parse(readFileSync(file, 'utf8')))
      : await run({ seeds, epochs, full }, parts);
    if (!draw) saveJson(file, result, 0);
    const save = savingIn(join(out, 'nfa'));
    save(`start-filters${suffix}`, startGrid(result));
    for (const training of trainings)
      save(`start-${training}${suffix}`, await accuracyChart(result.summary, training));
    fillTables(join(out, 'nfa.md'), { [`start${suffix}`]: tableOf(result.summary) });
  },
);

async function run(
  {
    seeds,
    epochs,
    full,
  }: { readonly seeds: number; readonly epochs: number | undefined; readonly full: boolean },
  parts: PartStore,
): Promise<FilterStartResult> {
  await tf.setBackend('wasm');
  using backend = await createCpuBackend();
  const settings = resolve(filterStartOptions, { seeds, full, ...(epochs !== undefined && { epochs }) });
  let told = 0;
  return await runFilterStart(settings, await readFilterStartData(settings, tf), {
    backend,
    parts,
    onEvent: (event) => {
      if (event.kind === 'rfm' || performance.now() < told + 5000) return;
      told = performance.now();
      const { seed, start, training, epoch, accuracy, secondsLeft } = event;
      console.log(
        `seed ${seed}, ${start}, ${training}, epoch ${epoch}: ${accuracy}, ${secondsLeft.toFixed(0)} s left`,
      );
    },
  });
}

function tableOf(summary: FilterStartSummary): string {
  const told = toldEpochs(summary);
  const rows = trainings.flatMap((training) =>
    starts.map((start) => [
      training === 'all' ? 'filters and readout' : 'readout',
      start,
      ...told.map((epoch) => percentSpread(accuracyAt(summary, start, training, epoch))),
    ]),
  );
  return markdownTable(['trained', 'filters start from', ...told.map((epoch) => `epoch ${epoch}, %`)], rows);
}
