import { createServer } from 'node:http';
import { setTimeout as wait } from 'node:timers/promises';
import { formatBytes, StorageError } from '@agop/core';
import type { Settings } from '@agop/core/options';
import { openQueueView, prometheusText, type QueueState, type QueueView, shownAddress } from '@agop/workers';
import type { CommandRun, Context } from '../command.ts';
import { requireQueue } from './queue-options.ts';
import { statePage } from './state-page.ts';
import type { workersOptions } from './workers-options.ts';

type WorkersOptions = Settings<typeof workersOptions>;

/** Milliseconds between two looks. */
const every = 2000;

/** `agop workers`: what there is in a queue, and who works on it. */
export const runWorkers: CommandRun<WorkersOptions> = async ({ options }, context) => {
  const address = await requireQueue(options);
  const view = await openQueueView(address);
  try {
    if (options.clear) await view.clear();
    if (options.retry) {
      const tried = await view.retry();
      context.note(`agop: ${tried} quarantined ${tried === 1 ? 'job is' : 'jobs are'} tried again.`);
    }
    const at = shownAddress(address.redis);
    if (options.port !== undefined) await serve(view, options.port, at, context);
    else if (options.watch) await watch(view, at, context);
    else show(await view.read(), at, context);
  } finally {
    await view.close();
  }
};

function show(state: QueueState, at: string, context: Context): void {
  context.json(state);
  context.print(...stateLines(state, at));
}

async function watch(view: QueueView, at: string, context: Context): Promise<void> {
  const ended = context.interruption('Leaving.').then(() => true);
  for (let isEnded = false; !isEnded; isEnded = await Promise.race([ended, wait(every, false)])) {
    const state = await view.read();
    if (!context.watched) show(state, at, context);
    else {
      context.json(state);
      context.live(stateLines(state, at));
    }
  }
}

/** Lines that people read. */
function stateLines(state: QueueState, at: string): string[] {
  const { version, waiting, active, delayed, done, quarantined, quarantinedJobs, workers: all } = state;
  const own = all.filter((worker) => worker.version === version);
  const others = all.filter((worker) => worker.version !== version);
  const slots = own.reduce((sum, worker) => sum + worker.slots, 0);
  const hosts = new Set(own.map(({ host }) => host)).size;
  return [
    `${at}: ${own.length} ${own.length === 1 ? 'worker' : 'workers'} on ${hosts} ${hosts === 1 ? 'machine' : 'machines'}, ${slots} jobs at a time`,
    `${waiting} waiting · ${active} running · ${delayed} to be tried again · ${done} done and kept · ${quarantined} quarantined`,
    ...table([
      ['machine', 'process', 'running', 'done', 'failed', 'kept', 'engine'],
      ...own.map(({ host, pid, busy, slots: of, done: ended, failed, cachedBytes, engine }) => [
        host,
        String(pid),
        `${busy} of ${of}`,
        String(ended),
        String(failed),
        formatBytes(cachedBytes),
        engine,
      ]),
    ]),
    ...others.map(
      (worker) =>
        `${worker.host} ${worker.pid} has version ${worker.version}, and this is ${version}: it gets no jobs from here.`,
    ),
    ...quarantinedJobs.map(({ name, trainer, reason }) => `quarantined: ${name} (${trainer}): ${reason}`),
  ];
}

/** Columns under their names; nothing where there is only the head. */
function table(rows: readonly (readonly string[])[]): string[] {
  if (rows.length < 2) return [];
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => row[at]?.length ?? 0)));
  const lines = rows.map((row) =>
    row
      .map((cell, at) => cell.padEnd(widths[at] ?? 0))
      .join('  ')
      .trimEnd(),
  );
  return ['', ...lines, ''];
}

/** Serves the state to Prometheus, and as a page, to this machine alone. */
async function serve(view: QueueView, port: number, at: string, context: Context): Promise<void> {
  const server = createServer((request, response) => {
    const isMetrics = request.url === '/metrics';
    if (!isMetrics && request.url !== '/') {
      response.writeHead(404).end();
      return;
    }
    view.read().then(
      (state) => {
        response.setHeader(
          'content-type',
          isMetrics ? 'text/plain; version=0.0.4' : 'text/html; charset=utf-8',
        );
        response.end(isMetrics ? prometheusText(state) : statePage(stateLines(state, at)));
      },
      () => response.writeHead(503).end(),
    );
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', (cause) =>
      reject(new StorageError(`Cannot listen on port ${port}: ${cause.message}.`, { cause })),
    );
    server.listen(port, '127.0.0.1', resolve);
  });
  const own = server.address();
  const url = `http://127.0.0.1:${typeof own === 'object' ? own?.port : port}`;
  context.json({ event: 'serving', url });
  context.print(`${url}/metrics for Prometheus, ${url} for people; Ctrl-C ends it.`);
  await context.interruption('Leaving.');
  server.closeAllConnections();
  server.close();
}
