import { type Backend, OptionError, UnavailableError } from '@agop/core';
import { createBackend } from '@agop/core/engine';
import { checkChoice, checkWhole } from '@agop/core/options';
import { deviceCount } from '../device/facts.ts';
import { Native } from '../device/native.ts';
import { bindLibraries } from '../driver/bind.ts';
import type { CudaLibraries } from '../driver/libraries.ts';
import { loadLibraries } from '../driver/load.ts';
import { CUDA, statusName } from '../driver/status.ts';
import { defaultCacheFolder, imageCache } from '../kernels/image-cache.ts';
import { cudaEngine } from './engine.ts';
import { type Precision, precisions } from './precision.ts';
import { Runtime } from './runtime.ts';

/** Options of the engine 'cuda'. */
export interface CudaBackendOptions {
  /**
   * Which device: its position among those that the process sees (the variable CUDA_VISIBLE_DEVICES narrows
   * and reorders them). Default 0.
   */
  readonly device?: number;
  /**
   * How float32 products are made. 'float32': as such. '3xtf32': the updates of large Cholesky factorisations
   * on tensor cores, as three products of TF32 parts, as good as float32; everything else in float32. 'tf32':
   * as `tf32`. Devices before Ampere have no TF32 and compute in float32. Default 'float32'.
   */
  readonly precision?: Precision;
  /**
   * Order of the diagonal blocks of a Cholesky factorisation in panels of our own; 0 leaves all to cuSOLVER.
   * Default 1024 with precision '3xtf32', else 0.
   */
  readonly choleskyBlock?: number;
  /**
   * Let float32 products round their factors to TF32, with 10 bits: several times as fast on tensor cores,
   * and good for three digits. Without it float32 products are float32. Default false.
   */
  readonly tf32?: boolean;
  /**
   * Folder that keeps compiled kernels, or false for none. Default: $AGOP_CACHE, else the user's cache
   * folder.
   */
  readonly cacheFolder?: string | false;
  /** Functions to call instead of the installed libraries; for tests. */
  readonly libraries?: CudaLibraries;
}

const runtimes = new WeakMap<Backend, Runtime>();

/**
 * A backend on an NVIDIA GPU. Several may live in one process, on the same device or on different ones.
 *
 * @throws {UnavailableError} without a device, driver or libraries, saying which
 * @throws {OptionError} for a device that is not there
 */
export async function createCudaBackend(options: CudaBackendOptions = {}): Promise<Backend> {
  const { device = 0, tf32 = false, cacheFolder = defaultCacheFolder() } = options;
  const precision = checkChoice('precision', options.precision ?? (tf32 ? 'tf32' : 'float32'), precisions);
  const choleskyBlock = checkWhole(
    'choleskyBlock',
    options.choleskyBlock ?? (precision === '3xtf32' ? 1024 : 0),
    0,
  );
  const libraries = options.libraries ?? bindLibraries(await loadLibraries());
  const native = new Native(libraries, 'cuda');
  initialize(native);
  const count = deviceCount(native);
  if (count === 0) throw new UnavailableError(noDevice);
  if (!Number.isInteger(device) || device < 0 || device >= count) {
    const present = count === 1 ? 'one, 0' : `${count}, 0 to ${count - 1}`;
    throw new OptionError(
      'device',
      `device must be the number of a device that the process sees (${present}; CUDA_VISIBLE_DEVICES counts), but is ${device}.`,
    );
  }
  const cache = imageCache(cacheFolder === false ? undefined : cacheFolder);
  const runtime = new Runtime({ native, ordinal: device, precision, choleskyBlock, cache });
  const backend = createBackend(cudaEngine(runtime));
  runtimes.set(backend, runtime);
  return backend;
}

/** The runtime of a backend that {@link createCudaBackend} made. @throws {OptionError} for another backend */
export function runtimeOf(backend: Backend): Runtime {
  const runtime = runtimes.get(backend);
  if (!runtime)
    throw new OptionError('backend', `The backend must be of engine 'cuda', but is '${backend.name}'.`);
  return runtime;
}

const noDevice =
  'The driver sees no device. Check the variable CUDA_VISIBLE_DEVICES, what nvidia-smi says, and in a container whether it was given the GPUs.';

/** @throws {UnavailableError} */
export function initialize(native: Native): void {
  const status = native.libraries.driver.cuInit(0);
  if (status === CUDA.success) return;
  if (status === CUDA.noDevice) throw new UnavailableError(noDevice);
  throw new UnavailableError(
    `The CUDA driver does not start: ${statusName('driver', status)}. Check what nvidia-smi says; after an update of the driver the system must be started again.`,
  );
}
