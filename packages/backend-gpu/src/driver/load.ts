import { existsSync, readdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { type Attempt, UnavailableError } from '@agop/core';
import type Koffi from 'koffi';
import type { LibraryHandle } from 'koffi';
import type { LibraryName } from './libraries.ts';
import { libraryFolders } from './places.ts';

/** Libraries in memory, not yet bound to signatures. */
export interface Loaded {
  readonly koffi: typeof Koffi;
  readonly handles: Readonly<Record<LibraryName, LibraryHandle>>;
  readonly files: Readonly<Record<LibraryName, string>>;
}

/**
 * File names per major version of CUDA. Those in `before` are needed by cuSOLVER and are often not where the
 * loader looks.
 */
const releases = [
  {
    major: 13,
    before: ['libnvJitLink.so.13', 'libcublasLt.so.13', 'libcusparse.so.12'],
    compiler: 'libnvrtc.so.13',
    blas: 'libcublas.so.13',
    solver: 'libcusolver.so.12',
  },
  {
    major: 12,
    before: ['libnvJitLink.so.12', 'libcublasLt.so.12', 'libcusparse.so.12'],
    compiler: 'libnvrtc.so.12',
    blas: 'libcublas.so.12',
    solver: 'libcusolver.so.11',
  },
] as const;

type Release = (typeof releases)[number];

const wheelNames = ['nvidia-cuda-nvrtc', 'nvidia-cublas', 'nvidia-cusolver'];

/**
 * Loads the driver and, of the newest CUDA release that the driver can run, cuBLAS, cuSOLVER and NVRTC.
 *
 * @param environment variables that name folders
 * @throws {UnavailableError} listing everything that was tried, and what to install
 */
export async function loadLibraries(environment: NodeJS.ProcessEnv = process.env): Promise<Loaded> {
  if (process.platform !== 'linux') {
    throw new UnavailableError(`The engine 'cuda' runs on Linux (also in WSL), not on ${process.platform}.`);
  }
  const koffi = await loadKoffi();
  const folders = libraryFolders(environment);
  const loader = new Loader(koffi, folders);
  const driver = loader.load('libcuda.so.1', true);
  if (!driver) {
    throw new UnavailableError(
      "The engine 'cuda' needs an NVIDIA GPU and its driver, version 525 or newer. In a container, start it with the GPUs (docker run --gpus all).",
      loader.attempts,
    );
  }
  const toolkit = loadToolkit(koffi, folders, driverVersion(driver.handle));
  const { compiler, blas, solver } = toolkit;
  return {
    koffi,
    handles: { driver: driver.handle, compiler: compiler.handle, blas: blas.handle, solver: solver.handle },
    files: { driver: driver.file, compiler: compiler.file, blas: blas.file, solver: solver.file },
  };
}

/**
 * Loads cuBLAS, cuSOLVER and NVRTC of the newest release that a driver of this version can run. That needs no
 * device.
 *
 * @param version of the driver, e.g. 13000
 * @throws {UnavailableError}
 */
export function loadToolkit(koffi: typeof Koffi, folders: readonly string[], version: number): Toolkit {
  const possible = releases.filter(({ major }) => major <= Math.floor(version / 1000));
  if (possible.length === 0) {
    throw new UnavailableError(
      `The engine 'cuda' needs a driver for CUDA 12 or newer; the installed one is for CUDA ${versionText(version)}. Update the driver.`,
    );
  }
  const loader = new Loader(koffi, folders);
  for (const release of possible) {
    const toolkit = loader.loadRelease(release);
    if (toolkit) return toolkit;
  }
  const majors = possible.map(({ major }) => `CUDA ${major}`).join(' or ');
  throw new UnavailableError(
    `Not all libraries of ${majors} are there. Install the CUDA toolkit, or the wheels ${wheelNames.join(', ')} with pip ` +
      '(for CUDA 12 with -cu12 at the end of each name), or name their folders in AGOP_CUDA_LIBRARIES. ' +
      `Searched: the system's loader${folders.map((folder) => `, ${folder}`).join('')}.`,
    loader.attempts,
  );
}

/** `12.8` for 12080. */
export function versionText(version: number): string {
  return `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;
}

interface Found {
  readonly handle: LibraryHandle;
  readonly file: string;
}

type Toolkit = Readonly<Record<'compiler' | 'blas' | 'solver', Found>>;

/** koffi unloads a library when nobody refers to it, but some are there for others to find. */
const loaded = new Set<LibraryHandle>();

/**
 * Loads libraries by name, from folders or from where the system's loader finds them, and notes what fails.
 */
class Loader {
  readonly attempts: Attempt[] = [];
  readonly #koffi: typeof Koffi;
  readonly #folders: readonly string[];

  constructor(koffi: typeof Koffi, folders: readonly string[]) {
    this.#koffi = koffi;
    this.#folders = folders;
  }

  load(name: string, isNeeded: boolean): Found | undefined {
    const folders = isAbsolute(name) ? [] : this.#folders;
    const files = folders.map((folder) => join(folder, name)).filter((file) => existsSync(file));
    for (const file of [...files, name]) {
      try {
        const handle = this.#koffi.load(file);
        loaded.add(handle);
        return { handle, file };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        if (isNeeded) this.attempts.push({ what: file, reason: reason.split('\n', 1)[0] ?? reason });
      }
    }
    return undefined;
  }

  /** NVRTC opens its built-in functions by name when it compiles, and does not look beside itself. */
  #loadBuiltins(compiler: string): void {
    if (!isAbsolute(compiler)) return;
    for (const name of readdirSync(dirname(compiler))) {
      if (/^libnvrtc-builtins\.so\.\d+\.\d+$/.test(name)) this.load(join(dirname(compiler), name), false);
    }
  }

  loadRelease(release: Release): Toolkit | undefined {
    const compiler = this.load(release.compiler, true);
    if (compiler) this.#loadBuiltins(compiler.file);
    // What a library needs is found by its name once it is loaded, wherever it came from.
    for (const name of release.before) this.load(name, false);
    const blas = this.load(release.blas, true);
    const solver = this.load(release.solver, true);
    return compiler && blas && solver ? { compiler, blas, solver } : undefined;
  }
}

function driverVersion(driver: LibraryHandle): number {
  const version = new Int32Array(1);
  const status: unknown = driver.func('cuDriverGetVersion', 'int32', ['void *'])(version);
  return status === 0 ? (version[0] as number) : 0;
}

async function loadKoffi(): Promise<typeof Koffi> {
  try {
    return (await import('koffi')).default;
  } catch (cause) {
    const reason = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause);
    const isForbidden = cause instanceof Error && 'code' in cause && cause.code === 'ERR_DLOPEN_DISABLED';
    const why = isForbidden
      ? "which Node's permission model does not allow: start Node with --allow-addons."
      : 'which has no binary for this system.';
    const message = `The engine 'cuda' calls native code through koffi, ${why}`;
    throw new UnavailableError(message, [{ what: 'koffi', reason }], { cause });
  }
}
