import { createCpuBackend } from '@agop/backend-cpu';
import { createWebGpuBackend, deviceCounters } from '@agop/backend-webgpu';
import { type Backend, DeviceError, UnavailableError } from '@agop/core';
import { fitKernelMachine, identityMetric, kernelMatrix, laplace } from '@agop/rfm';
import { makeData } from '../gpu/fit.ts';
import type { Row } from './result.ts';

/** Features of the samples. */
export const features = 50;
const kernel = laplace({ bandwidth: 10 });
const ridge = 1e-3;

/** What is measured of a program. */
export interface Work {
  readonly what: string;
  readonly n: number;
  readonly flops?: number;
  /** Settles when the result is there. */
  run(): Promise<void>;
}

/** A program under measurement. */
export interface Program {
  readonly name: string;
  /** The engine, where it is one of ours. */
  readonly backend?: Backend;
  /** Products of order n. */
  product(n: number): Promise<Work & Disposable>;
  close(): void;
}

export const programs: Readonly<Record<string, () => Promise<Program>>> = {
  'agop, WebGPU': async () => ourProgram('agop, WebGPU', await createWebGpuBackend()),
  'agop, CPU': async () => ourProgram('agop, CPU', await createCpuBackend()),
  'TensorFlow.js, WebGPU': tensorflow,
  'jax-js, WebGPU': jax,
};

function ourProgram(name: string, backend: Backend): Program {
  return {
    name,
    backend,
    async product(n) {
      const [a, b] = [1, 2].map((seed) => backend.random([n, n], 'uniform', { seed }, 'float32'));
      if (!a || !b) throw new Error('No factors.');
      return {
        what: 'product',
        n,
        flops: 2 * n ** 3,
        async run() {
          using c = backend.matmul(a, b);
          await arrived(backend, c);
        },
        [Symbol.dispose]() {
          a.dispose();
          b.dispose();
        },
      };
    },
    close: () => backend.dispose(),
  };
}

/** Waits for a tensor without reading much of it. */
async function arrived(backend: Backend, tensor: Parameters<Backend['rows']>[0]): Promise<void> {
  using row = backend.rows(tensor, 0, 1);
  await row.read();
}

/** Steps of a fit on our engines: kernel matrix, Cholesky factor, and the fit with its AGOP. */
export function* fitSteps(backend: Backend, n: number): Generator<Work & Disposable> {
  const { x, y } = makeData(backend, { n, d: features, dtype: 'float32', updates: 0 });
  const k = kernelMatrix(backend, kernel, x, x, identityMetric);
  const release = (): void => {
    for (const tensor of [x, y, k]) tensor.dispose();
  };
  const nothing = { [Symbol.dispose]() {} };
  yield {
    what: 'kernel matrix',
    n,
    flops: n * n * features,
    async run() {
      kernelMatrix(backend, kernel, x, x, identityMetric, { out: k });
      await arrived(backend, k);
    },
    ...nothing,
  };
  yield {
    what: 'Cholesky',
    n,
    flops: n ** 3 / 3,
    async run() {
      using factor = await backend.cholesky(k, { ridge });
      await arrived(backend, factor);
    },
    ...nothing,
  };
  yield {
    what: 'fit and AGOP',
    n,
    async run() {
      using machine = await fitKernelMachine({ backend, kernel, x, y, ridge });
      using agop = machine.agop();
      await arrived(backend, agop);
    },
    [Symbol.dispose]: release,
  };
}

/** Repeats some work: once to warm up, then for a second at least, and three times. */
export async function measure(program: Program, work: Work): Promise<Row> {
  await work.run();
  const counted = program.backend?.name === 'webgpu' ? program.backend : undefined;
  const before = counted && deviceCounters(counted);
  const times: number[] = [];
  const begin = performance.now();
  let counts: Row['counts'];
  while (times.length < 3 || performance.now() - begin < 1000) {
    const start = performance.now();
    await work.run();
    times.push(performance.now() - start);
    if (counted && before && !counts) {
      const after = deviceCounters(counted);
      counts = subtracted(after, before);
    }
    if (performance.now() - begin > 60_000) break;
  }
  times.sort((a, b) => a - b);
  const { what, n, flops } = work;
  return {
    what,
    program: program.name,
    n,
    milliseconds: times[times.length >> 1] ?? Number.NaN,
    least: times[0] ?? Number.NaN,
    ...(flops === undefined ? {} : { flops }),
    ...(counts === undefined ? {} : { counts }),
  };
}

function subtracted<C extends NonNullable<Row['counts']>>(after: C, before: C): NonNullable<Row['counts']> {
  return {
    dispatches: after.dispatches - before.dispatches,
    passes: after.passes - before.passes,
    submissions: after.submissions - before.submissions,
    kernelBytes: after.kernelBytes - before.kernelBytes,
    copiedBytes: after.copiedBytes - before.copiedBytes,
    uploadedBytes: after.uploadedBytes - before.uploadedBytes,
    downloadedBytes: after.downloadedBytes - before.downloadedBytes,
    pipelines: after.pipelines - before.pipelines,
  };
}

function factors(n: number): [Float32Array, Float32Array] {
  const numbers = (factor: number): Float32Array =>
    Float32Array.from({ length: n * n }, (_, i) => ((i * factor) % 1000) / 1000);
  return [numbers(17), numbers(29)];
}

async function tensorflow(): Promise<Program> {
  const tf = await import('@tensorflow/tfjs-core');
  await import('@tensorflow/tfjs-backend-webgpu');
  if (!(await tf.setBackend('webgpu'))) throw new UnavailableError('TensorFlow.js finds no WebGPU here.');
  await tf.ready();
  return {
    name: 'TensorFlow.js, WebGPU',
    async product(n) {
      const [a, b] = factors(n).map((values) => tf.tensor2d(values, [n, n]));
      if (!a || !b) throw new Error('No factors.');
      return {
        what: 'product',
        n,
        flops: 2 * n ** 3,
        async run() {
          const c = tf.matMul(a, b);
          const row = tf.slice(c, [0, 0], [1, n]);
          await row.data();
          c.dispose();
          row.dispose();
        },
        [Symbol.dispose]: () => tf.dispose([a, b]),
      };
    },
    close() {},
  };
}

async function jax(): Promise<Program> {
  const { blockUntilReady, defaultDevice, init, numpy } = await import('@jax-js/jax');
  const found = await init('webgpu');
  if (!found.includes('webgpu')) throw new UnavailableError('jax-js finds no WebGPU here.');
  defaultDevice('webgpu');
  return {
    name: 'jax-js, WebGPU',
    async product(n) {
      const [a, b] = factors(n).map((values) => numpy.array(new Float32Array(values), { shape: [n, n] }));
      if (!a || !b) throw new DeviceError('jax-js', 'array', 'no factors');
      return {
        what: 'product',
        n,
        flops: 2 * n ** 3,
        async run() {
          const c = numpy.matmul(a.ref, b.ref);
          await blockUntilReady(c);
          c.dispose();
        },
        [Symbol.dispose]() {
          a.dispose();
          b.dispose();
        },
      };
    },
    close() {},
  };
}
