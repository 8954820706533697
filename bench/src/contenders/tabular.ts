// Fits a made table of a file and prints one line of JSON: seconds, peak memory, score, prediction rate.
//
//   node -C @agop/source --experimental-wasm-revectorize bench/src/contenders/tabular.ts FILE ROWS COLUMNS
//   CLASSES THREADS
import { readFileSync } from 'node:fs';
import { createCpuBackend } from '@agop/backend-cpu';
import { classification, type Rows, regression } from '@agop/estimators';
import { tabularSettings, tabularTrainer } from '@agop/tabular';
import { testRows } from '../tabular-data.ts';

const [file = '', ...numbers] = process.argv.slice(2);
const [rows, columns, classes, threads] = numbers.map(Number) as [number, number, number, number];
const values = new Float32Array(readFileSync(file).buffer);
const part = (begin: number, count: number): { readonly x: Rows; readonly y: Float64Array } => {
  const all = rows + testRows;
  const y = Float64Array.from(values.subarray(all * columns + begin, all * columns + begin + count));
  const data = values.subarray(begin * columns, (begin + count) * columns);
  return { x: { data, rows: count, columns }, y };
};
const [train, test] = [part(0, rows), part(rows, testRows)];
const kind = classes > 0 ? ('classification' as const) : ('regression' as const);

/** The job, and how outputs for the test rows are judged. */
async function opened() {
  if (kind === 'classification') {
    const { y, coding } = await classification<number>('prevalence').open(train.y, rows, 'rows');
    return { y, coding: coding.trainedOn(y), held: await coding.read(test.y, testRows, 'rows', 'test ') };
  }
  const { y, coding } = await regression().open(train.y, rows, 'rows');
  return { y, coding: coding.trainedOn(y), held: await coding.read(test.y, testRows, 'rows', 'test ') };
}

using backend = await createCpuBackend({ threads });
const { y, coding, held } = await opened();
const settings = tabularSettings({
  backend,
  tree: { leafRows: 4000 },
  selection: kind === 'classification' ? 'accuracy' : 'mse',
});
const busy = (): number => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const [begin, busyBefore] = [performance.now(), busy()];
const job = { coding, training: { x: train.x, y }, held: undefined, test: undefined };
const fitted = await tabularTrainer.fit(job, settings, {});
const seconds = (performance.now() - begin) / 1000;
const cpuSeconds = busy() - busyBefore;
const score = kind === 'classification' ? ('accuracy' as const) : ('r2' as const);
const timed = async (temperature: number) => {
  const [start, busyStart] = [performance.now(), busy()];
  const model = { ...fitted, routing: { ...fitted.routing, temperature } };
  const outputs = await tabularTrainer.predict(model, test.x);
  return {
    score: coding.score(score, outputs, held),
    rowsPerSecond: testRows / ((performance.now() - start) / 1000),
    rowsPerCpuSecond: testRows / (busy() - busyStart),
  };
};
await timed(0); // warms up
const answer = {
  seconds,
  cpuSeconds,
  peakMebibytes: process.resourceUsage().maxRSS / 1024,
  leaves: fitted.leaves.length,
  temperature: fitted.routing.temperature,
  hard: await timed(0),
  soft: await timed(fitted.routing.temperature),
};
console.log(JSON.stringify(answer));
fitted.dispose();
