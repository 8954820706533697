import { join } from 'node:path';
import type { Backend } from '@agop/core';
import koffi from 'koffi';
import { type CudaBackendOptions, createCudaBackend } from '../../src/cuda/create.ts';
import { bindLibraries } from '../../src/driver/bind.ts';
import type { CudaLibraries } from '../../src/driver/libraries.ts';
import { loadLibraries } from '../../src/driver/load.ts';

/** The emulated libraries, found and called in the way the real ones are. */
export async function emulatedLibraries(folder: string): Promise<CudaLibraries> {
  return bindLibraries(await loadLibraries({ AGOP_CUDA_LIBRARIES: folder }));
}

/** A CUDA backend on the emulator. Compiled kernels are kept: compiling them takes the most time. */
export async function emulatedBackend(folder: string, options: CudaBackendOptions = {}): Promise<Backend> {
  const libraries = await emulatedLibraries(folder);
  return createCudaBackend({ libraries, cacheFolder: join(folder, 'images'), ...options });
}

/** What the emulated driver knows of itself. */
export function emulatorState(folder: string) {
  const driver = koffi.load(join(folder, 'libcuda.so.1'));
  return {
    allocations: driver.func('emulatorAllocations', 'int', []) as () => number,
    brokenMargins: driver.func('emulatorBrokenMargins', 'int', []) as () => number,
    setMemory: driver.func('emulatorSetMemory', 'void', ['size_t']) as (bytes: number) => void,
  };
}
