import {
  AgopError,
  type Attempt,
  type Backend,
  notInstalled,
  OptionError,
  UnavailableError,
} from '@agop/core';
import { checkGiven } from '@agop/core/options';
import { type CudaBackendOptions, createCudaBackend } from './cuda/create.ts';

/** Options of {@link createGpuBackend}. */
export interface GpuBackendOptions extends CudaBackendOptions {
  /**
   * What computes: our CUDA kernels with NVIDIA's libraries ('cuda'), or TensorFlow.js with its CUDA library
   * ('tfjs-node-gpu': float32 only, none of the options below; install `@agop/backend-tfjs`). Default: the
   * first that works, in this order.
   */
  readonly engine?: 'cuda' | 'tfjs-node-gpu';
}

/** Names of {@link GpuBackendOptions}. */
export const gpuBackendNames = {
  engine: true,
  device: true,
  precision: true,
  choleskyBlock: true,
  tf32: true,
  cacheFolder: true,
  libraries: true,
} as const satisfies Record<keyof GpuBackendOptions, true>;

/** Engines in the order in which they are tried. */
const engines = [
  { name: 'cuda', create: createCudaBackend },
  { name: 'tfjs-node-gpu', create: async () => (await loadTfjsEngine()).createTfjsNodeGpuBackend() },
] as const;

/**
 * A backend on a GPU.
 *
 * @throws {UnavailableError} if no engine works: one error that says what was tried, why each failed, and
 * what to install
 * @throws {OptionError} for an option out of range
 */
export async function createGpuBackend(options: GpuBackendOptions = {}): Promise<Backend> {
  checkGiven('createGpuBackend()', options, gpuBackendNames);
  const { engine, ...rest } = options;
  const chosen = engines.filter(({ name }) => engine === undefined || name === engine);
  if (chosen.length === 0)
    throw new OptionError('engine', `There is no engine '${engine}'; use 'cuda' or 'tfjs-node-gpu'.`);
  const attempts: Attempt[] = [];
  for (const { name, create } of chosen) {
    try {
      return await create(rest);
    } catch (error) {
      if (OptionError.isInstance(error)) throw error;
      if (chosen.length === 1 && AgopError.isInstance(error)) throw error;
      attempts.push({ what: `engine '${name}'`, reason: messageOf(error) });
    }
  }
  throw new UnavailableError(
    'No GPU engine works here. One of these has to be put right, or use the backend of @agop/backend-cpu:',
    attempts,
  );
}

/** Lists within lists are indented. */
function messageOf(error: unknown): string {
  const message = error instanceof Error ? error.message : String(error);
  return message.replaceAll('\n', '\n  ');
}

async function loadTfjsEngine(): Promise<typeof import('@agop/backend-tfjs/node-gpu')> {
  try {
    return await import('@agop/backend-tfjs/node-gpu');
  } catch (cause) {
    throw notInstalled(
      '@agop/backend-tfjs',
      "The engine 'tfjs-node-gpu' needs TensorFlow.js for CUDA. " +
        'Install it: npm install @agop/backend-tfjs @tensorflow/tfjs-node-gpu',
      cause,
    );
  }
}
