import { type Backend, type Device, UnavailableError } from '@agop/core';
import { checkGiven } from '@agop/core/options';
import { createTfjsBackend } from '../adapter/create.ts';
import { givenTfjs, type Tfjs, type TfjsModule } from '../adapter/library.ts';
import { loadTfjsNodeGpu } from './library.ts';

/** Options of {@link createTfjsNodeGpuBackend}. */
export interface TfjsNodeGpuOptions {
  /** The module `@tensorflow/tfjs-node-gpu`. Default: as the program has it installed. */
  readonly tf?: TfjsModule;
}

/**
 * The engine 'tfjs-node-gpu': TensorFlow.js with its CUDA library through the adapter, float32. It has not
 * followed CUDA since 11.2; the engine 'cuda' of `@agop/backend-gpu` is the fast one and the one for current
 * devices.
 *
 * @throws {OptionError} for unknown names, and a `tf` that is not TensorFlow.js
 * @throws {UnavailableError} if the package is not installed, does not load, or finds no GPU
 */
export async function createTfjsNodeGpuBackend(options: TfjsNodeGpuOptions = {}): Promise<Backend> {
  checkGiven('createTfjsNodeGpuBackend()', options, { tf: true });
  const tf = await (options.tf === undefined ? loadTfjsNodeGpu() : givenTfjs(options.tf));
  const backend = await createTfjsBackend({
    tf,
    backendName: 'tensorflow',
    name: 'tfjs-node-gpu',
    space: 'device',
    describe: () => describe(tf),
  });
  if (usesGpu(tf)) return backend;
  backend.dispose();
  throw new UnavailableError(
    "The engine 'tfjs-node-gpu' computes on the CPU here: TensorFlow 2.9 found no GPU that it can use. " +
      'It needs CUDA 11.2 and cuDNN 8.1, and knows no device newer than compute capability 8.6. ' +
      "Use the engine 'cuda', or the backend of @agop/backend-cpu.",
  );
}

/** What tfjs-node's backend says of itself. */
function usesGpu(tf: Tfjs): boolean {
  const backend: unknown = tf.engine().findBackend('tensorflow');
  return (
    typeof backend === 'object' &&
    backend !== null &&
    'isUsingGpuDevice' in backend &&
    backend.isUsingGpuDevice === true
  );
}

function describe(tf: Tfjs): Pick<Device, 'description' | 'details'> {
  return { description: `TensorFlow.js ${tf.version_core}, TensorFlow for CUDA 11.2`, details: {} };
}
