import koffi from 'koffi';
import { Native } from '../../../packages/backend-gpu/src/device/native.ts';
import { bind } from '../../../packages/backend-gpu/src/driver/bind.ts';
import type { CudaLibraries } from '../../../packages/backend-gpu/src/driver/libraries.ts';
import { loadToolkit } from '../../../packages/backend-gpu/src/driver/load.ts';
import { libraryPlaces } from '../../../packages/backend-gpu/src/driver/places.ts';
import { compilerSignatures } from '../../../packages/backend-gpu/src/driver/signatures.ts';
import { KernelCompiler } from '../../../packages/backend-gpu/src/kernels/compiler.ts';
import type { ImageCache } from '../../../packages/backend-gpu/src/kernels/image-cache.ts';

/** cuBLAS, cuSOLVER and NVRTC, for the newest driver. */
export function openToolkit(): ReturnType<typeof loadToolkit> {
  return loadToolkit(koffi, libraryPlaces(process.env), 13_000);
}

/** The engine's compiler, on the NVRTC that is installed, without a device. */
export function openCompiler(computeCapability: string, cache: ImageCache): KernelCompiler {
  const { compiler } = openToolkit();
  const functions = bind(compiler.handle, compilerSignatures, compiler.file);
  const none = { driver: {}, blas: {}, solver: {} };
  const libraries = { ...none, compiler: functions } as Partial<CudaLibraries> as CudaLibraries;
  return new KernelCompiler(new Native(libraries, 'cuda'), computeCapability, cache);
}
