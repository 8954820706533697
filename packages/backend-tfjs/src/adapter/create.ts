import { type Backend, type Device, type DeviceMemory, OptionError } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { checkGiven } from '@agop/core/options';
import { givenTfjs, startTfjsBackend, type TfjsModule } from './library.ts';
import { Runtime } from './runtime.ts';
import { soundLibrary } from './sound.ts';
import { tfjsEngine } from './tfjs-engine.ts';

/** Options of {@link createTfjsBackend}. */
export interface TfjsBackendOptions {
  /** A backend registered with TensorFlow.js: 'cpu', 'wasm', 'webgl', 'webgpu', 'tensorflow' (tfjs-node) */
  readonly backendName: string;
  /** The TensorFlow.js module. Default: `@tensorflow/tfjs-core` as the program has it installed. */
  readonly tf?: TfjsModule;
  /** Name of the new backend. Default `tfjs-` and `backendName`. */
  readonly name?: string;
  /** What it runs on; asked once tfjs has started. Default: TensorFlow.js, its version and `backendName`. */
  readonly describe?: () => Pick<Device, 'description' | 'details'>;
  /** Where tfjs keeps tensors. Default 'host' for the backends cpu, wasm and tensorflow, else 'device'. */
  readonly space?: DeviceMemory['space'];
  /** Bytes that all tfjs tensors of the process may occupy; beyond, OutOfMemoryError. Default: no limit. */
  readonly memoryLimit?: number;
}

const names: Readonly<Record<keyof TfjsBackendOptions, true>> = {
  backendName: true,
  tf: true,
  name: true,
  describe: true,
  space: true,
  memoryLimit: true,
};

/** tfjs backends that compute in the program's memory. */
const hostBackends: readonly string[] = ['cpu', 'wasm', 'tensorflow'];

/**
 * A backend that computes with TensorFlow.js, in float32, on any of its backends. Several may live in one
 * process, on different tfjs backends: each operation makes its own active and puts the former one back, so a
 * program's own tfjs code is undisturbed (but switching costs up to a millisecond per operation, and a
 * program must not await `tf.setBackend` or `tf.ready` of its own while operations run).
 *
 * Functions that are not sound on a tfjs backend (WebGL divides 0 by 0 to 1, its sine has three digits on
 * some processors) are replaced, as `device.details.repairedFunctions` says.
 *
 * Cholesky and triangular solves are blocked around tfjs's products, with the diagonal blocks on the host;
 * eigh runs on the host. Disposing of the backend frees its tensors and leaves TensorFlow.js as it is.
 *
 * @throws {OptionError} for unknown names, no `backendName`, and a `tf` that is not TensorFlow.js
 * @throws {UnavailableError} if TensorFlow.js is not installed, has no such backend, or cannot start it here
 *
 * @example
 * import '@tensorflow/tfjs-backend-webgl';
 * const backend = await createTfjsBackend({ backendName: 'webgl' });
 */
export async function createTfjsBackend(options: TfjsBackendOptions): Promise<Backend> {
  checkGiven('createTfjsBackend()', options, names);
  checkName(options.backendName);
  const { backendName, name = `tfjs-${backendName}`, memoryLimit = Number.POSITIVE_INFINITY } = options;
  const { space = hostBackends.includes(backendName) ? 'host' : 'device' } = options;
  const tf = await givenTfjs(options.tf);
  await startTfjsBackend(tf, backendName);
  const version = tf.version_core;
  const sound = await soundLibrary(new Runtime({ tf, backendName, name, memoryLimit }));
  const runtime = new Runtime({ tf: sound.tf, backendName, name, memoryLimit });
  const { description, details } = options.describe?.() ?? {
    description: `TensorFlow.js ${version}, backend '${backendName}'`,
    details: {},
  };
  const device: Device = {
    engine: name,
    description,
    memory: { space, ...(memoryLimit < Number.POSITIVE_INFINITY && { limit: memoryLimit }) },
    details: {
      tfjsVersion: version,
      tfjsBackend: backendName,
      repairedFunctions: sound.repaired.join(', ') || 'none',
      ...details,
    },
  };
  return createBackend(tfjsEngine(runtime, device));
}

function checkName(backendName: unknown): void {
  if (typeof backendName === 'string' && backendName !== '') return;
  const requirement = "be the name of a backend of TensorFlow.js, such as 'cpu' or 'webgl'";
  throw new OptionError('backendName', { requirement, received: backendName });
}
