import { createCpuBackend } from '@agop/backend-cpu';
import { type Backend, randomArray } from '@agop/core';
import type { EngineFacts, EngineId, EngineSettings } from '../engines/settings.ts';

const openers: Readonly<Record<EngineId, (settings: EngineSettings) => Promise<Backend>>> = {
  wasm: ({ threads, simd, maximumBytes }) => createCpuBackend({ threads, simd, maximumBytes }),
  webgpu: async () => (await import('@agop/backend-webgpu')).createWebGpuBackend(),
};

/** The engine of this worker, with what it says of itself. */
export interface OpenEngine {
  readonly backend: Backend;
  readonly facts: EngineFacts;
}

/** Starts an engine. @throws {UnavailableError} where it is not there */
export async function openEngine(settings: EngineSettings): Promise<OpenEngine> {
  const backend = await openers[settings.engine](settings);
  const { device } = backend;
  const { threads = 1, simd = '', noMoreThreads } = device.details;
  return {
    backend,
    facts: {
      description: device.description,
      threads: Number(threads),
      noMoreThreads: noMoreThreads === undefined ? undefined : String(noMoreThreads),
      simd: String(simd),
      maximumBytes: device.memory.limit ?? settings.maximumBytes,
      gigaflops: await speedOf(backend),
    },
  };
}

const order = 384;

/** The best of a few products: what is expected of fits follows from it. */
async function speedOf(backend: Backend): Promise<number> {
  const data = randomArray(order * order, 'normal', { seed: 1 }, 'float32');
  using a = backend.tensor(data, [order, order], 'float32');
  let best = Number.POSITIVE_INFINITY;
  for (let trial = 0; trial < 4; trial++) {
    const started = performance.now();
    using product = backend.matmul(a, a);
    await product.read();
    best = Math.min(best, performance.now() - started);
  }
  return (2 * order ** 3) / (best * 1e6);
}
