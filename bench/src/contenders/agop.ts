// The contender that we are: the WebAssembly engine and what stands on it. `--threads N` sets its threads,
// `--blas library` the library that large products go to.
import { parseArgs } from 'node:util';
import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, input, Scope, type Tensor } from '@agop/core';
import { modularTask } from '@agop/grokking';
import {
  conjugateGradientSolver,
  fitKernelMachine,
  gaussian,
  identityMetric,
  type Kernel,
  KernelMachine,
  kernelMatrix,
  laplace,
  lpq,
  nonzerosOf,
  presets,
  recursiveFeatureMachine,
  refinedCholeskySolver,
  type Solver,
} from '@agop/rfm';
import type { Answer, Precision, Work } from './protocol.ts';
import { serve, startClocks } from './serve.ts';

const { values } = parseArgs({ options: { threads: { type: 'string' }, blas: { type: 'string' } } });
const backend = await createCpuBackend({
  ...(values.threads && { threads: Number(values.threads) }),
  ...(values.blas && { blas: values.blas }),
});

type Run = (
  ops: Backend,
  size: Readonly<Record<string, number>>,
  dtype: Precision,
) => Promise<() => Promise<Tensor | undefined>>;

const random = (ops: Backend, rows: number, columns: number, dtype: Precision, seed: number): Tensor =>
  ops.random([rows, columns], 'normal', { seed }, dtype);

/** A well-conditioned positive definite matrix. */
function positiveDefinite(ops: Backend, n: number, dtype: Precision): Tensor {
  return ops.gram(random(ops, n, n, dtype, 1), { alpha: 1 / n, beta: 1, out: ops.identity(n, dtype) });
}

/** Kernel ridge regression of smooth targets with noise. */
async function solve(
  ops: Backend,
  { n = 0, d = 0, c = 1 }: Readonly<Record<string, number>>,
  dtype: Precision,
  solver: Solver,
): ReturnType<Run> {
  const [x, w] = [random(ops, n, d, dtype, 1), random(ops, d, c, dtype, 2)];
  const noise = random(ops, n, c, dtype, 3);
  const y = ops.map(input('u').div(2).tanh().add(input('e').mul(0.1)), { u: ops.matmul(x, w), e: noise });
  const kernel = laplace({ bandwidth: 2 * Math.sqrt(d) });
  return async () => {
    (await fitKernelMachine({ backend: ops, kernel, x, y, ridge: 1e-3, solver })).dispose();
    return undefined;
  };
}

/** A machine of random centers and coefficients. */
function machineOf(
  ops: Backend,
  { n = 0, d = 0, c = 1 }: Readonly<Record<string, number>>,
  dtype: Precision,
  kernel: Kernel,
): KernelMachine {
  const parts = { centers: random(ops, n, d, dtype, 1), coefficients: random(ops, n, c, dtype, 2) };
  return new KernelMachine({ backend: ops, kernel, metric: identityMetric, ...parts });
}

async function predict(
  ops: Backend,
  { rows = 0, ...size }: Readonly<Record<string, number>>,
  dtype: Precision,
  kernel: Kernel,
): ReturnType<Run> {
  const machine = machineOf(ops, size, dtype, kernel);
  const x = random(ops, rows, size['d'] ?? 0, dtype, 3);
  return async () => machine.predict(x);
}

/** Each returns what is timed; what comes before is preparation. */
const works: Record<string, Run> = {
  async gemm(ops, { n = 0, m = n, k = n }, dtype) {
    const [a, b] = [random(ops, m, k, dtype, 1), random(ops, k, n, dtype, 2)];
    const out = ops.full([m, n], 0, dtype);
    return async () => {
      ops.matmul(a, b, { out });
      return undefined;
    };
  },
  async gram(ops, { n = 0, k = n }, dtype) {
    const a = random(ops, n, k, dtype, 1);
    const out = ops.full([n, n], 0, dtype);
    return async () => {
      ops.gram(a, { out });
      return undefined;
    };
  },
  async cholesky(ops, { n = 0 }, dtype) {
    const a = positiveDefinite(ops, n, dtype);
    return async () => ops.cholesky(ops.clone(a), { overwrite: true });
  },
  async triangular(ops, { n = 0 }, dtype) {
    const l = await ops.cholesky(positiveDefinite(ops, n, dtype));
    const b = random(ops, n, n, dtype, 3);
    return async () => ops.solveTriangular(l, b);
  },
  async eigh(ops, { n = 0 }, dtype) {
    const a = positiveDefinite(ops, n, dtype);
    return async () => {
      const { values: eigenvalues, vectors } = await ops.eigh(a);
      eigenvalues.dispose();
      return vectors;
    };
  },
  async kernel(ops, { n = 0, d = 0 }, dtype) {
    const x = random(ops, n, d, dtype, 1);
    return async () => kernelMatrix(ops, laplace({ bandwidth: 10 }), x, x, identityMetric);
  },
  /** Predictions for many rows, which pass in blocks; with the 1-norm as well. */
  predict: (ops, size, dtype) => predict(ops, size, dtype, laplace({ bandwidth: 10 })),
  predict1: (ops, size, dtype) => predict(ops, size, dtype, lpq({ bandwidth: 10, p: 1, q: 1 })),
  /** Requests of few rows each, one after the other, each of which brings its rows and takes its answer. */
  async requests(ops, { n = 0, d = 0, c = 1, rows = 1, calls = 1 }, dtype) {
    const machine = machineOf(ops, { n, d, c }, dtype, laplace({ bandwidth: 10 }));
    const x = await random(ops, rows, d, dtype, 3).read();
    return async () => {
      for (let call = 0; call < calls; call++) {
        using asked = ops.tensor(x, [rows, d], dtype);
        using answer = machine.predict(asked);
        await answer.read();
      }
      return undefined;
    };
  },
  /** One AGOP at the training points. */
  async agop(ops, { n = 0, d = 0, c = 1 }, dtype) {
    const machine = machineOf(ops, { n, d, c }, dtype, laplace({ bandwidth: 10 }));
    return async () => machine.agop();
  },
  /** One solve without the kernel matrix, and one by Cholesky. */
  beyond: (ops, size, dtype) => solve(ops, size, dtype, conjugateGradientSolver()),
  exact: (ops, size, dtype) => solve(ops, size, dtype, refinedCholeskySolver()),
  async fit(ops, { n = 0, d = 0, c = 1 }, dtype) {
    const [x, y] = [random(ops, n, d, dtype, 1), random(ops, n, c, dtype, 2)];
    const options = { ...presets.rfm2022, backend: ops, kernel: laplace({ bandwidth: 10 }), x, y };
    return async () => {
      for await (const _ of recursiveFeatureMachine(options));
    };
  },
  async leaf(ops, { n = 0, d = 0 }, dtype) {
    const [x, y] = [random(ops, n, d, dtype, 1), random(ops, n, 1, dtype, 2)];
    const held = random(ops, Math.round(n / 4), d, dtype, 3);
    const kernel = lpq({ bandwidth: 10, p: 2, q: 1 });
    const options = { ...presets.xrfm2025, backend: ops, kernel, x, y };
    return async () => {
      for await (const { machine } of recursiveFeatureMachine(options)) machine.predict(held).dispose();
    };
  },
  async grok(ops, { p = 0, iterations = 1 }, dtype) {
    const { train, test, columns } = modularTask({ operation: '+', p, fraction: 0.5, seed: 0 });
    const x = ops.tensor(train.inputs, [train.size, columns], dtype);
    const y = ops.tensor(train.targets, [train.size, p], dtype);
    const held = ops.tensor(test.inputs, [test.size, columns], dtype);
    const kernel = gaussian({ bandwidth: 2.5 });
    const nonzeros = nonzerosOf(train.inputs, [train.size, columns]);
    const options = {
      ...presets.grokking2024,
      iterations: iterations - 1,
      backend: ops,
      kernel,
      x,
      y,
      nonzeros,
    };
    return async () => {
      for await (const step of recursiveFeatureMachine(options)) {
        step.machine.predict(x).dispose();
        step.machine.predict(held).dispose();
        await step.nextMetric();
      }
    };
  },
};

/** What the last work prepared, so that asking again only repeats the timed part. */
let prepared:
  | { readonly key: string; readonly scope: Scope; readonly run: () => Promise<Tensor | undefined> }
  | undefined;

await serve(
  `agop on ${backend.device.description}, Node ${process.version}`,
  async (work: Work): Promise<Answer> => {
    const make = works[work.work];
    if (!make) return { cannot: `no ${work.work}` };
    const key = JSON.stringify(work);
    if (prepared?.key !== key) {
      prepared?.scope.dispose();
      prepared = undefined;
      const scope = new Scope(backend);
      prepared = { key, scope, run: await make(scope.ops, work.size, work.dtype) };
    }
    const stop = startClocks();
    const result = await prepared.run();
    const times = stop();
    if (result) result.dispose();
    return { ...times, peakBytes: process.resourceUsage().maxRSS * 1024 };
  },
);
backend.dispose();
