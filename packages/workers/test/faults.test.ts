import { rm } from 'node:fs/promises';
import { setTimeout as wait } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { serverProgram } from '@agop/test-support/redis';
import {
  openQueueView,
  prometheusText,
  type QuarantinedJob,
  type QueueWorker,
  type WorkerEvent,
} from '@agop/workers';
import { Queue } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { namesOf, ownVersion } from '../src/queue/names.ts';
import { openPlace, type Place } from './place.ts';
import { killAll, startProcess } from './processes.ts';
import { leaderboard, madeTable } from './table.ts';

// Workers compile the sources when they start, which takes long on a busy machine.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

/** Waits for something that comes soon. */
async function until(holds: () => Promise<boolean>): Promise<void> {
  for (const started = performance.now(); !(await holds()); ) {
    if (performance.now() - started > 60_000) throw new Error('What was waited for did not come.');
    await wait(5);
  }
}

describe.skipIf(serverProgram === undefined)('faults', () => {
  let place: Place;
  let here: Awaited<ReturnType<typeof leaderboard>>;
  const table = madeTable(200);
  const workers: QueueWorker[] = [];
  const joined = async (...given: Parameters<Place['worker']>): Promise<QueueWorker> => {
    const worker = await place.worker(...given);
    workers.push(worker);
    return worker;
  };
  beforeAll(async () => {
    place = await openPlace();
    here = await leaderboard(table, undefined);
  });
  afterEach(async () => {
    await Promise.all(workers.splice(0).map((one) => one.stop()));
  });
  afterAll(() => place.close());

  test('two drivers at once do not disturb each other, and what both ask for is done once', async () => {
    const group = 'two';
    const worker = await joined({ group, slots: 2 });
    using first = await place.driver({ group });
    using second = await place.driver({ group });
    using third = await place.driver({ group });
    const [a, b, c] = await Promise.all([
      leaderboard(table, first),
      leaderboard(table, second),
      leaderboard(table, third, { seed: 4 }),
    ]);
    expect(a).toEqual(here);
    expect(b).toEqual(here);
    expect(c).toEqual(await leaderboard(table, undefined, { seed: 4 }));
    const [{ done }, { done: others }] = await Promise.all([first.state(), third.state()]);
    expect(worker.report).toMatchObject({ done: done + others, failed: 0 });
  });

  test('Redis that forgets everything in the middle is asked again', async () => {
    const group = 'forgets';
    using executor = await place.driver({ group });
    const connections: boolean[] = [];
    const fit = leaderboard(table, executor);
    await until(async () => (await executor.state()).open > 0);
    await place.redis.restart('lost');
    await joined({
      group,
      onEvent: (event) => event.kind === 'connection' && connections.push(event.connected),
    });
    expect(await fit).toEqual(here);
  });

  test('a worker that hangs loses its job, and what it brings later is not counted', async () => {
    const group = 'hangs';
    const options = { redis: place.redis.url, roots: [place.shared], group, lockSeconds: 1 };
    const hanging = await startProcess(options);
    try {
      const large = madeTable(700);
      const known = await leaderboard(large, undefined, { trials: 2 });
      using executor = await place.driver({ group });
      const fit = leaderboard(large, executor, { trials: 2 });
      const view = await openQueueView({ redis: place.redis.url, group });
      await until(async () => (await view.read()).active > 0);
      hanging.kill('SIGSTOP');
      await joined({ group, lockSeconds: 1 });
      expect(await fit).toEqual(known);
      await view.close();
      hanging.kill('SIGCONT');
      expect(await executor.state()).toMatchObject({ open: 0, quarantined: 0 });
    } finally {
      await killAll([hanging]);
    }
  });

  test('a job that fails wherever it is tried is quarantined and reported, and the rest goes on', async () => {
    const group = 'quarantine';
    const told: QuarantinedJob[] = [];
    using executor = await place.driver({ group, attempts: 2, onQuarantine: (job) => told.push(job) });
    const fit = leaderboard(table, executor);
    await until(async () => (await executor.state()).open >= 3);
    // What one of the candidates is fitted to is gone.
    const { prefix, queue } = namesOf(group, ownVersion());
    const connection = new Redis(place.redis.url, { maxRetriesPerRequest: null });
    const jobs = new Queue(queue, { prefix, connection });
    await until(async () => (await jobs.getWaitingCount()) >= 3);
    const urls = (await jobs.getWaiting()).map(({ data }) => String(data.rows.x.url));
    const alone = urls.find((url) => urls.filter((other) => other === url).length === 1);
    await rm(fileURLToPath(alone ?? ''));
    await jobs.close();
    connection.disconnect();
    const events: WorkerEvent[] = [];
    await joined({ group, onEvent: (event) => events.push(event) });
    const { history } = await fit;
    const failed = history.filter(({ failure }) => failure !== undefined);
    expect(failed.length).toBeGreaterThan(0);
    expect(failed.length).toBeLessThan(history.length);
    expect(failed[0]?.failure).toMatch(/failed wherever it was tried, .*no such file/);
    expect(told[0]).toMatchObject({
      trainer: 'table-trial',
      reason: expect.stringContaining('no such file'),
    });
    expect(events.filter((event) => event.kind === 'failed' && event.quarantined)).toHaveLength(told.length);

    const view = await openQueueView({ redis: place.redis.url, group });
    const state = await view.read();
    expect(state).toMatchObject({ waiting: 0, active: 0, quarantined: told.length });
    expect(state.quarantinedJobs[0]?.reason).toContain('no such file');
    expect(prometheusText(state)).toContain(`agop_jobs{state="quarantined"} ${told.length}\n`);
    await view.clear();
    expect(await view.read()).toMatchObject({ done: 0, quarantined: 0 });
    await view.close();
  });

  test('a job that takes too long is ended, and its thread replaced', async () => {
    const group = 'late';
    using executor = await place.driver({ group, attempts: 1 });
    await joined({ group, jobSeconds: 0.001 });
    await expect(leaderboard(table, executor)).rejects.toThrow('took longer than 0.001 s');
    await Promise.all(workers.splice(0).map((one) => one.stop()));
    const view = await openQueueView({ redis: place.redis.url, group });
    expect(await view.retry()).toBeGreaterThan(0);
    await view.close();
  });

  test('a result that a deadline may have cut off is not taken by a fit without one', async () => {
    const group = 'deadline';
    await joined({ group });
    using hurried = await place.driver({ group });
    // The time is over before the first trial ends: it is judged by what there is.
    const cut = await leaderboard(table, hurried, { seconds: 0.01 });
    // What a trial lacks then is its last iterations, and perhaps there are fewer trials.
    expect(cut.history).not.toEqual(here.history);
    using executor = await place.driver({ group });
    expect(await leaderboard(table, executor)).toEqual(here);
    expect((await executor.state()).known).toBeGreaterThan(0);
  });

  test('workers of another version get no jobs, and a driver that finds only them says so', async () => {
    const names = namesOf('versions', ownVersion());
    const redis = new Redis(place.redis.url);
    const report = { ...(await joined()).report, id: 'old', version: '0.0.0-old+0' };
    await redis.set(names.worker('old'), JSON.stringify(report));
    redis.disconnect();
    await expect(place.driver({ group: 'versions' })).rejects.toThrow(
      /have version 0\.0\.0-old\+0, and this is .*: all need the same one/,
    );
    await joined({ group: 'versions' });
    const executor = await place.driver({ group: 'versions' });
    await executor.close();
  });

  test('a worker refuses what is no job of a trainer that it knows', async () => {
    const group = 'refuses';
    const { prefix, queue } = namesOf(group, ownVersion());
    const connection = new Redis(place.redis.url, { maxRetriesPerRequest: null });
    const jobs = new Queue(queue, { prefix, connection });
    const outside = { url: 'file:///etc/passwd', hash: '0'.repeat(64) };
    const settings = { candidate: { ...here.history[0]?.candidate }, outputs: 1, scales: [], seed: 0 };
    const whole = {
      ...settings,
      learningRidges: null,
      deadline: null,
      codes: [],
      comparison: { score: 'rmse', task: 'regression', columns: 1 },
    };
    const rows = { x: outside, targets: outside, actual: outside };
    const given = [
      { trainer: 'eval', settings: { code: 'process.exit(9)' }, rows: {} },
      { trainer: 'table-trial', settings, rows },
      { trainer: 'table-trial', settings: { ...whole, module: 'node:child_process' }, rows },
      { trainer: 'table-trial', settings: { ...whole, seed: 1e300 }, rows },
      { trainer: 'table-trial', settings: whole, rows },
    ];
    for (const [at, data] of given.entries())
      await jobs.add(data.trainer, data, { jobId: `given${at}`, attempts: 1 });
    const reasons = new Map<string, string>();
    await joined({
      group,
      onEvent: (event) => event.kind === 'failed' && reasons.set(event.job, event.reason),
    });
    await until(async () => reasons.size === given.length);
    expect(reasons.get('given0')).toMatch(/none that this worker knows: trainer/);
    for (const at of [1, 2, 3])
      expect(reasons.get(`given${at}`)).toMatch(/none that this worker knows: settings/);
    expect(reasons.get('given4')).toMatch(/\/etc\/passwd: this worker reads only below/);
    await jobs.close();
    connection.disconnect();
  });

  test('an aborted fit leaves at once, and its jobs stay', async () => {
    const group = 'aborts';
    using executor = await place.driver({ group });
    const controller = new AbortController();
    const fit = leaderboard(table, executor, { signal: controller.signal });
    await until(async () => (await executor.state()).open > 0);
    controller.abort();
    await expect(fit).rejects.toMatchObject({ code: 'ABORTED' });
    const view = await openQueueView({ redis: place.redis.url, group });
    expect((await view.read()).waiting).toBeGreaterThan(0);
    await view.close();
    await joined({ group });
    using again = await place.driver({ group });
    expect(await leaderboard(table, again)).toEqual(here);
  });
});
