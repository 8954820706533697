// CPU time of fits in this tree and in another checkout of it, taken in turns in one process:
//
//   git worktree add ../before <commit>, install and generate there, then
//   pnpm bench:against ../before --rounds 21
//
// CPU time of one thread hardly sees what else the machine does, and ratios of neighboring rounds see it
// least.

import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { type Backend, type FloatDType, randomArray } from '@agop/core';

/** What is used of a tree; the same in all versions. */
interface Tree {
  readonly name: string;
  readonly backend: Backend;
  readonly rfm: typeof import('@agop/rfm');
}

async function load(name: string, root: string): Promise<Tree> {
  const source = (path: string) => import(pathToFileURL(join(root, 'packages', path, 'src/index.ts')).href);
  const cpu: typeof import('@agop/backend-cpu') = await source('backend-cpu');
  return { name, backend: await cpu.createCpuBackend({ threads: 1 }), rfm: await source('rfm') };
}

interface Problem {
  readonly n: number;
  readonly d: number;
  readonly dtype: FloatDType;
}

/** Milliseconds of CPU that some fits take. */
async function cpuTime({ backend, rfm }: Tree, { n, d, dtype }: Problem): Promise<number> {
  const data = randomArray(n * d, 'normal', { seed: 1 }, 'float64');
  const y = Float64Array.from({ length: n }, (_, i) => {
    const [a = 0, b = 0, c = 0] = data.subarray(i * d, i * d + 3);
    return Math.sin(2 * a) + b * c;
  });
  const kernel = rfm.laplace({ bandwidth: 10 });
  const before = process.cpuUsage();
  for (let i = 0; i < Math.max(1, Math.round(2000 / n)); i++) {
    using model = new rfm.RFMRegressor({ backend, dtype, kernel });
    await model.fit({ data, shape: [n, d] }, y);
  }
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1000;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { rounds: { type: 'string', default: '21' } },
});
const [other] = positionals;
if (!other) throw new Error('Which checkout? pnpm bench:against <folder> [--rounds 21]');
const trees = [
  await load('there', resolve(other)),
  await load('here', join(import.meta.dirname, '../..')),
] as const;

const median = (list: readonly number[]): number =>
  list.toSorted((a, b) => a - b)[list.length >> 1] ?? Number.NaN;

console.log('RFM with a Laplace kernel, 6 fits, one thread: CPU time here over there');
for (const [n, d] of [
  [100, 10],
  [1000, 20],
  [1500, 100],
] as const) {
  for (const dtype of ['float32', 'float64'] as const) {
    const times: [number[], number[]] = [[], []];
    for (let round = -3; round < Number(values.rounds); round++) {
      for (const at of round % 2 === 0 ? ([0, 1] as const) : ([1, 0] as const)) {
        const time = await cpuTime(trees[at], { n, d, dtype });
        if (round >= 0) times[at].push(time);
      }
    }
    const ratios = times[1].map((here, round) => here / (times[0][round] as number));
    const least = Math.min(...times[1]) / Math.min(...times[0]);
    console.log(
      `n = ${n}, d = ${d}, ${dtype}: ${median(times[0]).toFixed(1)} -> ${median(times[1]).toFixed(1)} ms, ` +
        `median of ratios ${median(ratios).toFixed(3)}, ratio of minima ${least.toFixed(3)}`,
    );
  }
}
for (const { backend } of trees) backend.dispose();
