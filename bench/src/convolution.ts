/**
 * Rate of the kernel recursion: pair-positions per second and thread (one position of one layer for one pair
 * of images), next to what the engine's arc-cosine kernels reach alone on data in the cache, which bounds it.
 *
 *   pnpm bench:conv [--threads 1] [--seconds 2]
 */
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { convolutionalNtk, type ImageSize, imageKernelMatrix } from '@agop/conv-rfm';
import { type Backend, type FloatDType, input } from '@agop/core';

const { values } = parseArgs({
  options: { threads: { type: 'string', default: '1' }, seconds: { type: 'string', default: '2' } },
});
const threads = Number(values.threads);
const patience = Number(values.seconds) * 1000;

/** Images and depths that are timed. */
const cases: readonly (readonly [ImageSize, depth: number, images: number])[] = [
  [{ height: 28, width: 28, channels: 1 }, 1, 128],
  [{ height: 28, width: 28, channels: 1 }, 3, 128],
  [{ height: 42, width: 42, channels: 1 }, 3, 96],
  [{ height: 32, width: 32, channels: 3 }, 3, 96],
];

/**
 * Shortest time of a call in seconds, over some time. The processor time of one thread is not disturbed by
 * other programs.
 */
async function shortest(run: () => Promise<void>): Promise<number> {
  let best = Number.POSITIVE_INFINITY;
  const begin = performance.now();
  do {
    const [from, at] = [process.cpuUsage(), performance.now()];
    await run();
    const { user, system } = process.cpuUsage(from);
    best = Math.min(best, threads === 1 ? (user + system) / 1e6 : (performance.now() - at) / 1e3);
  } while (performance.now() - begin < patience);
  return best;
}

/** Elements per second and thread of an expression of one input. */
async function elementwise(
  backend: Backend,
  dtype: FloatDType,
  name: 'arcCosine0' | 'arcCosine1' | 'exp',
): Promise<number> {
  using x = backend.random([threads, 16384], 'uniform', { seed: 1 }, dtype);
  using out = backend.clone(x);
  const expression = input('x')[name]();
  const calls = 200;
  const seconds = await shortest(async () => {
    for (let i = 0; i < calls; i++) backend.map(expression, { x }, { out });
    await out.read();
  });
  return (x.size * calls) / seconds / threads;
}

/** Layers times positions times pairs of images, per second and thread. */
async function recursion(
  backend: Backend,
  dtype: FloatDType,
  [size, depth, images]: (typeof cases)[number],
): Promise<number> {
  using x = backend.random([images, size.height, size.width, size.channels], 'normal', { seed: 1 }, dtype);
  using z = backend.clone(x);
  const steps = Array.from(
    { length: depth },
    (_, l) => (size.height - 2 * (l + 1)) * (size.width - 2 * (l + 1)),
  );
  const seconds = await shortest(async () => {
    using k = await imageKernelMatrix(backend, convolutionalNtk({ depth }), x, z);
    await k.read();
  });
  return (images ** 2 * steps.reduce((a, b) => a + b)) / seconds / threads;
}

const million = (rate: number): string => `${(rate / 1e6).toFixed(0)} million/s`.padStart(15);

using backend = await createCpuBackend({ threads, widenSimd: true });
console.log(`${backend.device.description}; ${threads === 1 ? 'processor time' : 'per thread'}`);
for (const dtype of ['float32', 'float64'] as const) {
  const [k0, k1, exp] = [
    await elementwise(backend, dtype, 'arcCosine0'),
    await elementwise(backend, dtype, 'arcCosine1'),
    await elementwise(backend, dtype, 'exp'),
  ];
  const both = 1 / (1 / k0 + 1 / k1);
  console.log(`\n${dtype}`);
  console.log(`  arc-cosine kernel k0 alone ${million(k0)}`);
  console.log(`  k0 and k1 alone            ${million(both)}`);
  console.log(`  exp alone                  ${million(exp)}`);
  for (const each of cases) {
    const [{ height, width, channels }, depth] = each;
    const rate = await recursion(backend, dtype, each);
    const parts = `${((100 * rate) / k0).toFixed(0)} % of k0, ${((100 * rate) / both).toFixed(0)} % of k0 and k1`;
    console.log(`  ${height} x ${width} x ${channels}, depth ${depth}        ${million(rate)}  ${parts}`);
  }
}
