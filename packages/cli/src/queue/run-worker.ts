import { availableParallelism } from 'node:os';
import { formatBytes, OptionError } from '@agop/core';
import type { Settings } from '@agop/core/options';
import { shownAddress, startWorker, type WorkerEvent } from '@agop/workers';
import { type BackendChoice, openBackend } from '../backends/backends.ts';
import type { CommandRun, Context } from '../command.ts';
import { engineFor } from './engine.ts';
import { requireQueue } from './queue-options.ts';
import type { workerOptions } from './worker-options.ts';

type WorkerOptions = Settings<typeof workerOptions>;

/** `agop worker`: does jobs until it is interrupted. */
export const runWorker: CommandRun<WorkerOptions> = async ({ options }, context) => {
  const { root, cache, lock, limit, s3Endpoint } = options;
  const address = await requireQueue(options);
  if (root.length === 0) {
    throw new OptionError('root', { requirement: 'name a folder or bucket that the worker may read' });
  }
  context.status('Joining');
  const { engine, name, isOnCpu } = await engineOf(options, context);
  const cores = isOnCpu ? availableParallelism() : 1;
  const slots = options.jobs ?? Math.max(1, Math.floor(cores / (options.threads ?? 1)));
  const told = teller(context);
  const joined = await startWorker({
    ...address,
    roots: root,
    engine,
    engineName: name,
    slots,
    cacheBytes: Math.round(cache * 2 ** 30),
    lockSeconds: lock,
    jobSeconds: limit,
    ...(s3Endpoint !== undefined && { s3: { endpoint: s3Endpoint } }),
    onEvent: told.event,
  });
  const { host, pid, version } = joined.report;
  const at = shownAddress(address.redis);
  context.json({ event: 'joined', host, pid, version, queue: at, group: address.group, slots, engine: name });
  context.print(
    `${host} ${pid} has joined ${at}: ${slots} ${slots === 1 ? 'job' : 'jobs'} at a time on ${name}; reads below ${root.join(', ')} and keeps up to ${formatBytes(cache * 2 ** 30)} of rows.`,
  );
  const shown = setInterval(() => told.progress(joined.report), 2000);
  await context.interruption('Ending the jobs that run; once more ends at once.');
  clearInterval(shown);
  await joined.stop();
  const { done, failed } = joined.report;
  context.json({ event: 'left', host, pid, done, failed });
  context.print(`Left after ${done} jobs${failed > 0 ? `, with ${failed} failed attempts` : ''}.`);
};

/** What makes the backend of each job, and what it is for people. @throws {UnavailableError} */
async function engineOf(options: BackendChoice, context: Context) {
  // Opened once, so that what is missing is said now, and not by every job.
  using tried = await openBackend(options, context);
  const isOnCpu = tried.device.memory.space === 'host';
  const asJobs = { ...options, threads: options.threads ?? 1 };
  using named = tried.name === 'wasm' ? await openBackend({ ...asJobs, backend: 'cpu' }, context) : undefined;
  return { isOnCpu, name: (named ?? tried).device.description, engine: engineFor(options) };
}

/** Events as JSON, and as people want to see them. */
function teller(context: Context) {
  let [told, last] = [performance.now(), ''];
  return {
    event(event: WorkerEvent): void {
      const { kind, ...facts } = event;
      context.json({ event: kind, ...facts });
      if (event.kind === 'failed') {
        const end = event.quarantined ? 'It is quarantined.' : 'It is tried again.';
        context.note(`agop: job ${event.job} (${event.trainer}) failed: ${event.reason} ${end}`);
      }
      if (event.kind === 'connection') {
        context.note(event.connected ? 'agop: Redis is back.' : 'agop: Redis is lost; waiting for it.');
      }
    },
    progress({
      busy,
      done,
      failed,
      cachedBytes,
    }: Record<'busy' | 'done' | 'failed' | 'cachedBytes', number>): void {
      const line = `${done} jobs done · ${busy} running${failed > 0 ? ` · ${failed} failed attempts` : ''} · ${formatBytes(cachedBytes)} kept`;
      const now = performance.now();
      // A log gets a line now and then, and none of what does not change.
      if (line === last || done + busy === 0 || (!context.watched && now - told < 60_000)) return;
      [told, last] = [now, line];
      context.progress(line);
    },
  };
}
