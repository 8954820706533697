// The process in which inputs are tried: it may be killed at any time, and does not outlive its parent.
import { once } from 'node:events';
import { Worker } from 'node:worker_threads';
import { Bench } from './bench.ts';
import { judge } from './judge.ts';
import type { Answer, Order } from './messages.ts';
import type { Target } from './target.ts';

const watch = new Worker(new URL('./parent-watch.ts', import.meta.url));
await once(watch, 'online');
watch.unref();
const bench = await Bench.open();
const answer = (message: Answer): void => void process.send?.(message);

/** What is tried with the search itself needs none of the packages. */
async function loadTarget(name: string): Promise<Target> {
  if (name === 'planted') return (await import('./targets/planted.ts')).planted('a TypeError');
  return (await import('./targets/index.ts')).findTarget(name);
}

process.on('message', async ({ id, target: name, input, task }: Order) => {
  const target = await loadTarget(name);
  if (task === 'fix') answer({ id, fixed: (await target.fixed?.(input, bench)) ?? input });
  else answer({ id, verdict: await judge(target, input, bench) });
});
process.on('disconnect', () => process.exit(0));
answer({ id: 0 });
