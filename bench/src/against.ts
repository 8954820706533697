// CPU time of fits, predictions and products in this tree and in another checkout of it, taken in turns in
// one process:
//
//   git worktree add ../before <commit>, install and generate there, then
//   pnpm bench:against ../before --rounds 21 --only grok
//
// CPU time of one thread hardly sees what else the machine does, and ratios of neighboring rounds see it
// least.

import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type Tree, works } from './against-works.ts';

async function load(name: string, root: string): Promise<Tree> {
  const source = (path: string) => import(pathToFileURL(join(root, 'packages', path, 'src/index.ts')).href);
  const cpu: typeof import('@agop/backend-cpu') = await source('backend-cpu');
  const backend = await cpu.createCpuBackend({ threads: 1 });
  return { name, backend, rfm: await source('rfm'), grokking: await source('grokking') };
}

/** Milliseconds of CPU. */
async function cpuTime(run: () => Promise<void>): Promise<number> {
  const before = process.cpuUsage();
  await run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '21' }, only: { type: 'string', default: '' } },
});
const [other] = positionals;
if (!other) throw new Error('Which checkout? pnpm bench:against <folder> [--rounds 21] [--only grok]');
const trees = [
  await load('there', resolve(other)),
  await load('here', join(import.meta.dirname, '../..')),
] as const;

const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

console.log('One thread: CPU time here over there');
for (const work of works.filter(({ name }) => name.includes(values.only))) {
  const runs = [work.prepare(trees[0]), work.prepare(trees[1])] as const;
  const times: [number[], number[]] = [[], []];
  for (let round = -3; round < Number(values.rounds); round++) {
    for (const at of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
      const time = await cpuTime(runs[at]);
      if (round >= 0) times[at].push(time);
    }
  }
  const ratios = times[1].map((here, round) => here / (times[0][round] as number));
  const least = Math.min(...times[1]) / Math.min(...times[0]);
  console.log(
    `${work.name}: ${median(times[0]).toFixed(1)} -> ${median(times[1]).toFixed(1)} ms, ` +
      `median of ratios ${median(ratios).toFixed(3)}, ratio of minima ${least.toFixed(3)}`,
  );
}
for (const { backend } of trees) backend.dispose();
