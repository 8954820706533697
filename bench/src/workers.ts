/**
 * What a queue of jobs costs, and how far it scales: the speed-up from one to two worker processes, the time
 * that a job needs besides its work, and a simulation of many workers from the times that were measured.
 * Writes the figures into measured/workers.md. Needs `redis-server` or `valkey-server`.
 *
 *   pnpm bench:workers [rounds, 3 by default]
 */
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import type { TabularExecutor, TabularJob } from '@agop/tabular';
import { tabularWorkers } from '@agop/tabular/node';
import { startRedis } from '@agop/test-support/redis';
import { queueExecutor } from '@agop/workers';
import { Redis } from 'ioredis';
import { engine } from './workers/engine.ts';
import { trials } from './workers/jobs.ts';
import { endWorkerProcess, startWorkerProcess } from './workers/processes.ts';
import { likeMeasured, type SharedCosts, simulate } from './workers/simulate.ts';

const page = join(import.meta.dirname, '../../apps/docs/measured/workers.md');
const rounds = Number(process.argv[2] ?? 3);
const [longRows, longJobs] = [2000, 8];
const [shortRows, shortJobs] = [60, 200];

const redis = await startRedis();
const shared = await mkdtemp(join(tmpdir(), 'agop-bench-'));
const load = loadavg()[0] ?? 0;
try {
  const costs = await costsOfJobs();
  const speed = await speedUp();
  const lines = [
    `${cpus()[0]?.model}, ${cpus().length} cores, Node ${process.versions.node}. Load before: ${load.toFixed(1)}, of other programs on the same cores.`,
    '',
    ...speed.lines,
    '',
    ...costs.lines,
    '',
    ...simulated(speed.jobSeconds, costs.shared),
  ];
  const [before, , after] = (await readFile(page, 'utf8')).split('<!-- figures -->');
  await writeFile(page, `${before}<!-- figures -->\n\n${lines.join('\n')}\n\n<!-- figures -->${after}`);
  console.log(lines.join('\n'));
} finally {
  await redis.stop();
  await rm(shared, { recursive: true, force: true });
}

/** Seconds of jobs on an executor, so many at a time, and those of each. */
async function timeOf(executor: TabularExecutor, jobs: readonly TabularJob[], atATime: number) {
  const seconds: number[] = [];
  let next = 0;
  const started = performance.now();
  await Promise.all(
    Array.from({ length: atATime }, async () => {
      for (let job = jobs[next++]; job; job = jobs[next++]) {
        const begun = performance.now();
        await executor.run(job);
        seconds.push((performance.now() - begun) / 1000);
      }
    }),
  );
  return { whole: (performance.now() - started) / 1000, seconds };
}

/** One worker and two on jobs of a second, in turn. */
async function speedUp() {
  const best = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  const jobSeconds: number[] = [];
  const ratios: number[] = [];
  const first = await startWorkerProcess(redis.url, shared);
  using executor = await queueExecutor({ redis: redis.url, shared });
  await timeOf(executor, trials(longRows, 2, 0), 1);
  for (let round = 0; round < rounds; round++) {
    const one = await timeOf(executor, trials(longRows, longJobs, 100 + round), 1);
    jobSeconds.push(...one.seconds);
    const second = await startWorkerProcess(redis.url, shared);
    await timeOf(executor, trials(longRows, 2, 300 + round), 2);
    const two = await timeOf(executor, trials(longRows, longJobs, 200 + round), 4);
    await endWorkerProcess(second);
    best[0] = Math.min(best[0] ?? 0, one.whole);
    best[1] = Math.min(best[1] ?? 0, two.whole);
    ratios.push(one.whole / two.whole);
  }
  await executor.close();
  await endWorkerProcess(first);
  const [one = 0, two = 0] = best;
  const lines = [
    `| ${longJobs} trials of ${longRows} rows | s | speed-up |`,
    '|---|--:|--:|',
    `| 1 worker process, best of ${rounds} | ${one.toFixed(1)} | 1 |`,
    `| 2 worker processes, best of ${rounds} | ${two.toFixed(1)} | ${(one / two).toFixed(2)} |`,
    '',
    `Round by round the speed-up was ${ratios.map((ratio) => ratio.toFixed(2)).join(', ')}.`,
  ];
  return { lines, jobSeconds: jobSeconds.toSorted((a, b) => a - b).slice(0, longJobs) };
}

/** What a job costs besides its work: by small jobs, here in a thread and by the queue. */
async function costsOfJobs(): Promise<{ readonly lines: string[]; readonly shared: SharedCosts }> {
  const worker = await startWorkerProcess(redis.url, shared);
  using local = tabularWorkers({ ...engine, size: 1 });
  using executor = await queueExecutor({ redis: redis.url, shared });
  const client = new Redis(redis.url);
  const cpuOfRedis = async (): Promise<number> => {
    const text = await client.info('cpu');
    return ['used_cpu_user', 'used_cpu_sys'].reduce(
      (sum, name) => sum + Number(new RegExp(`${name}:([\\d.]+)`).exec(text)?.[1] ?? 0),
      0,
    );
  };
  for (const place of [local, executor]) await timeOf(place, trials(shortRows, 20, 1), 1);
  let [alone, turns, stream] = [Infinity, Infinity, Infinity];
  let [driver, ofRedis] = [Infinity, Infinity];
  for (let round = 0; round < rounds; round++) {
    alone = Math.min(alone, (await timeOf(local, trials(shortRows, shortJobs, 2 + round), 1)).whole);
    const [cpu, before] = [process.cpuUsage(), await cpuOfRedis()];
    turns = Math.min(turns, (await timeOf(executor, trials(shortRows, shortJobs, 10 + round), 1)).whole);
    const used = process.cpuUsage(cpu);
    driver = Math.min(driver, (used.user + used.system) / 1e6);
    ofRedis = Math.min(ofRedis, (await cpuOfRedis()) - before);
    stream = Math.min(stream, (await timeOf(executor, trials(shortRows, shortJobs, 20 + round), 8)).whole);
  }
  client.disconnect();
  await executor.close();
  await endWorkerProcess(worker);
  const ms = (seconds: number): string => ((1000 * seconds) / shortJobs).toFixed(2);
  const lines = [
    `| a job of ${shortRows} rows, best of ${rounds} rounds of ${shortJobs} | ms |`,
    '|---|--:|',
    `| in a thread of this process | ${ms(alone)} |`,
    `| by the queue, one at a time | ${ms(turns)} |`,
    `| by the queue, 8 waiting for one worker | ${ms(stream)} |`,
    `| **overhead, one at a time** | ${ms(turns - alone)} |`,
    `| **overhead, others waiting** | ${ms(stream - alone)} |`,
    `| CPU of the driver | ${ms(driver)} |`,
    `| CPU of Redis | ${ms(ofRedis)} |`,
  ];
  return {
    lines,
    shared: {
      driver: driver / shortJobs,
      redis: ofRedis / shortJobs,
      turn: Math.max(0, stream - alone) / shortJobs,
    },
  };
}

/** Many workers: trials that need not wait for each other, and leaves, one of which is four times as slow. */
function simulated(measured: readonly number[], costs: SharedCosts): string[] {
  const trialsOfAll = likeMeasured(measured, 3000);
  const leaves = likeMeasured(measured, 640).map((seconds, at) => (at === 639 ? 4 * seconds : seconds));
  const tiny = Array.from({ length: 20_000 }, () => 0.05);
  const row = (jobs: readonly number[], workers: number): string => {
    const { speedUp: faster, busy, limit } = simulate(jobs, workers, costs);
    return `${faster.toFixed(0)} (${(100 * busy).toFixed(0)} %, ${limit})`;
  };
  return [
    'Simulated: speed-up over one worker (share of time in which workers compute, what limits it).',
    '',
    '| workers | 3,000 trials as measured | a tree of 640 leaves, the last one four times as slow | 20,000 jobs of 50 ms |',
    '|--:|--:|--:|--:|',
    ...[1, 2, 8, 40, 160, 640, 2560].map(
      (workers) =>
        `| ${workers} | ${row(trialsOfAll, workers)} | ${row(leaves, workers)} | ${row(tiny, workers)} |`,
    ),
  ];
}
