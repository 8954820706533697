// How long each method of @agop/subspace takes: a table of n rows and p columns, four directions, with the
// least time of some rounds and the most memory of tensors. The table of measured/performance.md.
//
//   pnpm bench:subspace [--rows 2000] [--columns 20] [--threads N] [--rounds 3]
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { CentralSubspace, methods, type SubspaceMethod } from '@agop/subspace';
import { hypercube } from '@agop/subspace/simulations';

const { values: options } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000' },
    columns: { type: 'string', default: '20' },
    threads: { type: 'string' },
    rounds: { type: 'string', default: '3' },
  },
});
const [rows, columns, rounds] = [options.rows, options.columns, options.rounds].map(Number) as [
  number,
  number,
  number,
];
const threads = Number(options.threads ?? Math.min(availableParallelism(), 64));

using backend = await createCpuBackend({ threads, widenSimd: true });
const { x, y } = hypercube(columns)(rows, 1);
console.log(`n = ${rows}, p = ${columns}, float64, on ${backend.device.description}\n`);
console.log('| method | seconds | MiB |');
console.log('|---|--:|--:|');
for (const method of Object.keys(methods) as SubspaceMethod[]) {
  let least = Number.POSITIVE_INFINITY;
  backend.resetPeak();
  for (let round = 0; round < rounds; round++) {
    const begin = performance.now();
    using model = new CentralSubspace({ backend, method, dimension: 4 });
    await model.fit({ data: x.data, shape: [rows, columns] }, y);
    least = Math.min(least, (performance.now() - begin) / 1000);
  }
  const { peakBytes } = backend.memory();
  console.log(`| ${method} | ${least.toFixed(2)} | ${(peakBytes / 2 ** 20).toFixed(0)} |`);
}
