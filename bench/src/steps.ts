// Where the time of a fit goes: n = 4000, d = 100, two outputs, Laplace kernel, five metric updates, by
// steps; each also as a fraction of the rate of a large matrix product in the same run. The table of
// measured/performance.md.
//
//   pnpm bench:steps [--threads N] [--rounds 5]
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { type FloatDType, input, Scope, type Tensor } from '@agop/core';
import {
  fitKernelMachine,
  kernelMatrix,
  laplace,
  presets,
  recursiveFeatureMachine,
  refinedCholeskySolver,
} from '@agop/rfm';

const { values: options } = parseArgs({
  options: { threads: { type: 'string' }, rounds: { type: 'string', default: '5' } },
});
const threads = Number(options.threads ?? Math.min(availableParallelism(), 64));
const rounds = Number(options.rounds);
const [n, d, c, updates] = [4000, 100, 2, 5];
const kernel = laplace({ bandwidth: 10 });

/**
 * What is timed: how often a fit does it, and its multiplications and additions in matrix products and
 * factorisations.
 */
interface Step {
  readonly name: string;
  readonly times: number;
  readonly operations: number;
  /** Not timed, before each run. */
  readonly prepare?: () => void;
  readonly run: () => Tensor | Promise<Tensor>;
}

using backend = await createCpuBackend({ threads, widenSimd: true });
console.log(`n = ${n}, d = ${d}, ${c} outputs, ${updates + 1} fits on ${backend.device.description}\n`);
console.log('| step | dtype | times | seconds in a fit | GFLOP/s | of GEMM |');
console.log('|---|---|--:|--:|--:|--:|');
for (const dtype of ['float32', 'float64'] as const) await measure(dtype);

async function measure(dtype: FloatDType): Promise<void> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const x = ops.random([n, d], 'normal', { seed: 1 }, dtype);
  const y = ops.random([n, c], 'normal', { seed: 2 }, dtype);
  const square = ops.random([2048, 2048], 'normal', { seed: 3 }, dtype);
  const matrix = kernelMatrix(ops, kernel, x, x, { kind: 'identity' });
  using machine = await fitKernelMachine({ backend, kernel, x, y });
  const factor = ops.clone(matrix);
  const steps: Step[] = [
    {
      name: 'kernel matrix',
      times: updates + 1,
      operations: n * n * d,
      run: () => kernelMatrix(backend, kernel, x, x, { kind: 'identity' }),
    },
    {
      name: 'solve',
      times: updates + 1,
      operations: n ** 3 / 3 + 2 * n * n * c,
      prepare: () => backend.map(input('k'), { k: matrix }, { out: factor }),
      run: () => refinedCholeskySolver().solve(backend, { matrix: factor, targets: y, ridge: 1e-3 }),
    },
    {
      name: 'AGOP',
      times: updates,
      operations: n * n * d + 2 * n * n * c * d,
      run: () => machine.agop(),
    },
  ];
  const gemm = await best({ run: () => backend.matmul(square, square) });
  const rate = (2 * 2048 ** 3) / gemm;
  let rest = await best({
    run: async () => {
      for await (const _ of recursiveFeatureMachine({ ...presets.rfm2022, backend, kernel, x, y }));
      return backend.full([0], 0, dtype);
    },
  });
  console.log(row('the whole fit', dtype, 1, rest, undefined, rate));
  for (const step of steps) {
    const { name, times, operations } = step;
    const seconds = times * (await best(step));
    rest -= seconds;
    console.log(row(name, dtype, times, seconds, (times * operations) / seconds, rate));
  }
  console.log(row('all else', dtype, 1, rest, undefined, rate));
}

async function best({ prepare, run }: Pick<Step, 'prepare' | 'run'>): Promise<number> {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < rounds; round++) {
    prepare?.();
    const begin = performance.now();
    using _ = await run();
    least = Math.min(least, (performance.now() - begin) / 1000);
  }
  return least;
}

function row(
  name: string,
  dtype: FloatDType,
  times: number,
  seconds: number,
  rate: number | undefined,
  gemm: number,
): string {
  const share =
    rate === undefined ? ' | ' : `${(rate / 1e9).toFixed(0)} | ${((100 * rate) / gemm).toFixed(0)} %`;
  return `| ${name} | ${dtype} | ${times} | ${seconds.toFixed(2)} | ${share} |`;
}
