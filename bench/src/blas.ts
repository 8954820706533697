// WebAssembly alone against WebAssembly with the machine's own BLAS, in turns in one process:
//
//   pnpm bench:blas [--library libopenblas.so.0] [--threads 1] [--dtype float64] [--only gemm]
//
// Without V8's fusion, unless Node is started with --experimental-wasm-revectorize. Ratios above 1 are for
// the library; they are medians over neighbors in a round.
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, input, type Tensor } from '@agop/core';
import { median, spread, tooWide } from './spread.ts';

const { values } = parseArgs({
  options: {
    library: { type: 'string', default: process.env['AGOP_OPENBLAS'] ?? 'libopenblas.so.0' },
    threads: { type: 'string', default: '1' },
    dtype: { type: 'string', default: 'float64' },
    only: { type: 'string', default: '' },
  },
});
const dtype = values.dtype === 'float32' ? 'float32' : 'float64';
const threads = Number(values.threads);

type Run = () => Promise<unknown>;

const random = (b: Backend, m: number, n: number): Tensor =>
  b.random([m, n], 'normal', { seed: m + n }, dtype);
const positive = (b: Backend, n: number): Tensor => b.gram(random(b, n, n), { alpha: 1 / n });
const laplace = input('u').abs().sqrt().neg().exp();

/** Works by name: what is prepared, and what is timed. */
const works: Record<string, (b: Backend) => Run | Promise<Run>> = {};
for (const n of [64, 200, 512, 1024]) {
  works[`gemm ${n}`] = (b) => {
    const a = random(b, n, n);
    return async () => b.matmul(a, a).dispose();
  };
  works[`gram ${n}`] = (b) => {
    const a = random(b, n, n);
    return async () => b.gram(a).dispose();
  };
}
for (const c of [9, 16, 32, 64]) {
  works[`gemm 2000 x 2000 x ${c}`] = (b) => {
    const [a, x] = [random(b, 2000, 2000), random(b, 2000, c)];
    return async () => b.matmul(a, x).dispose();
  };
}
works['gram 100 x 8000'] = (b) => {
  const a = random(b, 100, 8000);
  return async () => b.gram(a).dispose();
};
for (const n of [512, 1024, 2048]) {
  works[`cholesky ${n}`] = (b) => {
    const a = positive(b, n);
    return async () => (await b.cholesky(a, { ridge: 1 })).dispose();
  };
}
for (const [n, c] of [
  [2048, 16],
  [512, 512],
  [2048, 2048],
] as const) {
  works[`triangular ${n}, ${c} columns`] = async (b) => {
    const [l, x] = [await b.cholesky(positive(b, n), { ridge: 1 }), random(b, n, c)];
    return async () => b.solveTriangular(l, x).dispose();
  };
}
works['eigh 1024'] = (b) => {
  const a = positive(b, 1024);
  return async () => {
    const { values: eigenvalues, vectors } = await b.eigh(a);
    eigenvalues.dispose();
    vectors.dispose();
  };
};
for (const d of [128, 256, 1024]) {
  works[`kernel matrix 2000, d ${d}`] = (b) => {
    const x = random(b, 2000, d);
    return async () => b.pairwise(x, x, laplace, { symmetric: true }).dispose();
  };
}

using own = await createCpuBackend({ threads });
using native = await createCpuBackend({ threads, blas: values.library });
console.log(`${native.device.description}, ${dtype}\n`);
for (const [name, prepare] of Object.entries(works)) {
  if (!name.startsWith(values.only)) continue;
  const runs = [await prepare(own), await prepare(native)];
  const ratios: number[] = [];
  const end = performance.now() + 500;
  for (let round = 0; round < 6 || (round < 60 && performance.now() < end); round++) {
    const times: number[] = [];
    for (const run of runs) {
      const begin = performance.now();
      await run();
      times.push(performance.now() - begin);
    }
    if (round > 0) ratios.push((times[0] as number) / (times[1] as number));
  }
  const width = spread(ratios) ?? 1;
  console.log(
    `${name.padEnd(28)} ${median(ratios).toFixed(2)}x ± ${(100 * width).toFixed(0)} %${width > tooWide ? ' ?' : ''}`,
  );
}
