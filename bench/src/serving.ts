/**
 * What a server with a model does: requests per second with and without worker and queue, rows per second by
 * size of the request, and how long a fit holds the event loop. Writes the figures into measured/serving.md.
 *
 *   pnpm bench:serving
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import { Worker } from 'node:worker_threads';
import { createCpuBackend } from '@agop/backend-cpu';
import { ModelWorker, PredictionQueue } from '@agop/serve';
import type { models } from './serving/model.worker.ts';
import { asked, d, m, n, newModel, training } from './serving/problem.ts';
import { type Load, underLoad } from './serving/server.ts';

const rounds = 3;
const requests = 3000;
const page = join(import.meta.dirname, '../../apps/docs/measured/serving.md');

using backend = await createCpuBackend();
using here = newModel(backend);
await here.fit(training.x, training.y);
using worker = new ModelWorker<typeof models>(
  new Worker(new URL('./serving/model.worker.ts', import.meta.url)),
);
using there = await worker.make('model');
await there.fit(training.x, training.y);

const lines = [
  `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}, ${backend.device.description}. Load before: ${loadavg()[0]?.toFixed(1)}.`,
  '',
  ...(await sizes()),
  '',
  ...(await servers()),
  '',
  ...(await fits()),
];
const [before, , after] = readFileSync(page, 'utf8').split('<!-- figures -->');
const figures = `<!-- figures -->\n\n${lines.join('\n')}\n\n<!-- figures -->`;
writeFileSync(page, `${before}${figures}${after}`);
console.log(lines.join('\n'));

/** Rows per second by the number of rows of a call, the best of the rounds. */
async function sizes(): Promise<string[]> {
  const table = [
    '| rows of a call | rows/s here | µs of CPU per row | rows/s in a worker | µs of CPU per row |',
    '|--:|--:|--:|--:|--:|',
  ];
  for (const rows of [1, 8, 64, 512, 2000]) {
    const calls = Math.min(400, Math.ceil(4000 / rows));
    const cells: string[] = [];
    for (const model of [here, there]) {
      let [best, cost] = [0, Number.POSITIVE_INFINITY];
      for (let round = 0; round < rounds; round++) {
        const [start, before] = [performance.now(), process.cpuUsage()];
        for (let call = 0; call < calls; call++) {
          const begin = ((call * rows) % (m - rows + 1)) * d;
          await model.predict({ data: asked.slice(begin, begin + rows * d), shape: [rows, d] });
        }
        best = Math.max(best, (1000 * calls * rows) / (performance.now() - start));
        cost = Math.min(cost, cpuSince(before) / (calls * rows));
      }
      cells.push(Math.round(best).toLocaleString('en-US'), cost.toFixed(1));
    }
    table.push(`| ${rows} | ${cells.join(' | ')} |`);
  }
  return table;
}

type Way = readonly [string, (x: number[][]) => Promise<ArrayLike<number>>];

/** Requests of one row each over HTTP, 50 at a time, by ways of predicting; the best of the rounds. */
async function servers(): Promise<string[]> {
  const [queueHere, queueThere] = [new PredictionQueue(here), new PredictionQueue(there)];
  const waiting = new PredictionQueue(there, { delay: 2 });
  const ways: readonly Way[] = [
    ['model in the server, one by one', (x) => here.predict(x)],
    ['model in the server, queue', (x) => queueHere.predict(x)],
    ['model in a worker, one by one', (x) => there.predict(x)],
    ['model in a worker, queue', (x) => queueThere.predict(x)],
    ['model in a worker, queue with `delay: 2`', (x) => waiting.predict(x)],
    ['no model: the server alone', async () => [0]],
  ];
  const best = new Map<string, Load & { readonly cost: number }>();
  for (let round = 0; round < rounds; round++) {
    for (const [name, predict] of ways) {
      const before = process.cpuUsage();
      const load = await underLoad(predict, 50, requests);
      const cost = cpuSince(before) / requests;
      const known = best.get(name) ?? { ...load, cost };
      const faster = load.perSecond > known.perSecond ? load : known;
      best.set(name, { ...faster, cost: Math.min(cost, known.cost) });
    }
  }
  return [
    '| 50 connections, one row per request | requests/s | p50 ms | p99 ms | µs of CPU per request | failed |',
    '|---|--:|--:|--:|--:|--:|',
    ...[...best].map(
      ([name, { perSecond, p50, p99, cost, failed }]) =>
        `| ${name} | ${Math.round(perSecond).toLocaleString('en-US')} | ${p50.toFixed(1)} | ${p99.toFixed(1)} | ${cost.toFixed(0)} | ${failed} |`,
    ),
  ];
}

/** Microseconds of all threads of this process since a reading. */
function cpuSince(before: NodeJS.CpuUsage): number {
  const { user, system } = process.cpuUsage(before);
  return user + system;
}

/** How a fit holds up the event loop of the server, and what clients see of it meanwhile. */
async function fits(): Promise<string[]> {
  const table = [
    `| a fit (n = ${n}, d = ${d}, 6 fits) while 50 connections ask | fit s | longest delay of the event loop ms | requests/s | p50 ms | p99 ms |`,
    '|---|--:|--:|--:|--:|--:|',
  ];
  using other = await worker.make('model');
  using own = newModel(backend);
  for (const [name, model, queue] of [
    ['in the server', own, new PredictionQueue(here)],
    ['in the worker that also answers', other, new PredictionQueue(there)],
  ] as const) {
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    const start = performance.now();
    const load = underLoad((x) => queue.predict(x), 50, requests);
    await model.fit(training.x, training.y);
    const seconds = (performance.now() - start) / 1000;
    const { perSecond, p50, p99 } = await load;
    delay.disable();
    const longest = (delay.max / 1e6).toFixed(0);
    table.push(
      `| ${name} | ${seconds.toFixed(1)} | ${longest} | ${Math.round(perSecond).toLocaleString('en-US')} | ${p50.toFixed(1)} | ${p99.toFixed(1)} |`,
    );
  }
  return table;
}
