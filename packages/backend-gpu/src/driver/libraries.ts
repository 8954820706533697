import type {
  blasSignatures,
  compilerSignatures,
  driverSignatures,
  Functions,
  solverSignatures,
} from './signatures.ts';

/** The libraries that the engine calls, as the table of `status.ts` names them. */
export type LibraryName = 'driver' | 'blas' | 'solver' | 'compiler';

/**
 * All that the engine asks of native code: the C functions of four libraries, and sight of the host memory
 * that the driver hands out. Tests put a driver of their own behind it.
 */
export interface CudaLibraries {
  readonly driver: Functions<typeof driverSignatures>;
  readonly blas: Functions<typeof blasSignatures>;
  readonly solver: Functions<typeof solverSignatures>;
  readonly compiler: Functions<typeof compilerSignatures>;
  /** Host memory at an address that `cuMemHostAlloc` gave. Not to be touched after `cuMemFreeHost`. */
  view(address: number, bytes: number): ArrayBuffer;
  /** The files that were loaded. */
  readonly files: Readonly<Record<LibraryName, string>>;
}
