// How long forests of @agop/hashing take: the game on 750 made points of 784 bits, on one thread and in
// workers, and a million points of 256 bits; with the memory of the forest and the peak of the process.
//
//   pnpm bench:hashing [--trees 20] [--workers 2] [--million]

import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { randomArray } from '@agop/core';
import { workerExecutor } from '@agop/estimators';
import {
  BitMatrix,
  type HashingOptions,
  RobustHashForest,
  type TreeArrays,
  type TreeJob,
} from '@agop/hashing';

const { values: options } = parseArgs({
  options: {
    trees: { type: 'string', default: '20' },
    workers: { type: 'string', default: '2' },
    million: { type: 'boolean', default: false },
  },
});
const [trees, size] = [Number(options.trees), Number(options.workers)];

/** Points around so many centers, each bit the other way round with a probability of 1/8. */
function points(rows: number, bits: number, centers: number): BitMatrix {
  const words = bits / 32;
  const random = (count: number, stream: number): Uint32Array =>
    Uint32Array.from(randomArray(count, 'uniform', { seed: 1, stream }, 'float64'), (u) => u * 2 ** 32);
  const center = random(centers * words, 0);
  const packed = random(rows * words, 1);
  for (const stream of [2, 3]) {
    const mask = random(rows * words, stream);
    for (let at = 0; at < packed.length; at++) packed[at] = (packed[at] as number) & (mask[at] as number);
  }
  for (let at = 0; at < packed.length; at++) {
    const row = Math.floor(at / words);
    packed[at] = (packed[at] as number) ^ (center[(row % centers) * words + (at % words)] as number);
  }
  return new BitMatrix(packed, bits);
}

async function grow(
  name: string,
  bits: BitMatrix,
  given: HashingOptions,
  executor?: Executor,
): Promise<void> {
  const begun = performance.now();
  const forest = await new RobustHashForest(given).fit(bits, executor && { executor });
  const built = performance.now();
  const asked = bits.take(Int32Array.from({ length: Math.min(bits.rows, 10_000) }, (_, i) => i));
  const { candidates } = forest.query(asked);
  const micro = (1000 * (performance.now() - built)) / asked.rows;
  const mean = candidates.reduce((sum, count) => sum + count, 0) / asked.rows;
  const mebibytes = (bytes: number): string => `${(bytes / 2 ** 20).toFixed(1)} MiB`;
  console.log(
    `${name.padEnd(44)} ${((built - begun) / 1000).toFixed(1).padStart(7)} s to build, ${micro.toFixed(1)} µs a query of ${mean.toFixed(0)} candidates, ` +
      `${mebibytes(forest.bytes)}, process at most ${mebibytes(1024 * process.resourceUsage().maxRSS)}`,
  );
}

type Executor = ReturnType<typeof workerExecutor<TreeJob, TreeArrays>>;

if (options.million) {
  const many = points(1_000_000, 256, 1000);
  await grow('1,000,000 x 256, any bit that varies, 10 trees', many, {
    radius: 8,
    trees: 10,
    strategy: 'uniform',
  });
  const game = { radius: 8, trees: 1, rounds: 20, gamePoints: 256 };
  await grow('1,000,000 x 256, game of 20 rounds, 1 tree', many, game);
} else {
  const few = points(750, 800, 40);
  await grow(`750 x 800, game, ${trees} trees, one thread`, few, { radius: 10, trees });
  using executor = workerExecutor<TreeJob, TreeArrays>({
    size,
    start: () => new Worker(new URL('./hashing-worker.ts', import.meta.url)),
  });
  await grow(`750 x 800, game, ${trees} trees, ${size} workers`, few, { radius: 10, trees }, executor);
}
