// The process in which inputs are tried: it may be killed at any time.
import { Bench } from './bench.ts';
import { judge } from './judge.ts';
import type { Answer, Order } from './messages.ts';
import { findTarget } from './targets/index.ts';

const bench = await Bench.open();
const answer = (message: Answer): void => void process.send?.(message);

process.on('message', async ({ id, target: name, input, task }: Order) => {
  const target = findTarget(name);
  if (task === 'fix') answer({ id, fixed: (await target.fixed?.(input, bench)) ?? input });
  else answer({ id, verdict: await judge(target, input, bench) });
});
process.on('disconnect', () => process.exit(0));
answer({ id: 0 });
