// Fits a table of a file end to end, and prints one line of JSON: how long its parts took, the peak of the
// memory, and the score on the rows of another file.
//
//   node -C @agop/source --experimental-wasm-revectorize bench/src/tables/fit.ts TRAINING TEST TASK WORKERS
import { statSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createCpuBackend } from '@agop/backend-cpu';
import { readTableFile } from '@agop/data/node';
import { TabularClassifier, TabularRegressor } from '@agop/tabular';
import { tabularWorkers } from '@agop/tabular/node';

const [training = '', test = '', task, workers] = process.argv.slice(2);
const busy = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const times: Record<string, { readonly seconds: number; readonly cpuSeconds: number }> = {};
async function timed<T>(name: string, work: () => Promise<T>): Promise<T> {
  const [begin, busyBefore] = [performance.now(), busy()];
  const result = await work();
  times[name] = { seconds: (performance.now() - begin) / 1000, cpuSeconds: busy() - busyBefore };
  process.stderr.write(`${name}: ${times[name].seconds.toFixed(1)} s\n`);
  return result;
}

using backend = await createCpuBackend({ threads: Number(workers) });
const engine = { module: import.meta.resolve('@agop/backend-cpu'), create: 'createCpuBackend' };
using executor = tabularWorkers({ ...engine, options: { threads: 1 }, size: Number(workers) });
const table = await timed('read', () => readTableFile(training));
const isRegression = task === 'regression';
using model = isRegression
  ? new TabularRegressor({ backend, executor })
  : new TabularClassifier({ backend, executor });
let leaves = 1;
await timed('fit', async () => {
  await model.fit(table, 'target', {
    onLeaf: ({ done, leaves: all, secondsLeft }) => {
      leaves = all;
      if (done % 20 === 0)
        process.stderr.write(`${done} of ${all} leaves, ${secondsLeft.toFixed(0)} s left\n`);
    },
  });
});
const file = join(dirname(training), 'model.safetensors');
await timed('save', () => model.save(file));
const loaded = await timed<TabularRegressor | TabularClassifier>('load', async () =>
  isRegression
    ? await TabularRegressor.load(file, { backend })
    : await TabularClassifier.load(file, { backend }),
);
const further = await readTableFile(test);
const score = await timed('score', () => loaded.score(further));
const answer = {
  rows: table.rows,
  leaves,
  score,
  times,
  predictedRows: further.rows,
  rowsPerCpuSecond: further.rows / (times['score']?.cpuSeconds ?? Number.NaN),
  peakMebibytes: process.resourceUsage().maxRSS / 1024,
  modelMebibytes: statSync(file).size / 2 ** 20,
  members: model.members.map(({ share, candidate, choice }) => ({
    share,
    kernel: candidate.kernel,
    numbers: candidate.numbers,
    diagonal: candidate.diagonal,
    ...choice,
  })),
};
console.log(JSON.stringify(answer));
loaded.dispose();
