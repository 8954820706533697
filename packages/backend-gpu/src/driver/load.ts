import { existsSync, readdirSync } from 'node:fs';
import { dirname, isAbsolute, join } from 'node:path';
import { type Attempt, UnavailableError } from '@agop/core';
import type Koffi from 'koffi';
import type { LibraryHandle } from 'koffi';
import type { LibraryName } from './libraries.ts';
import { askPython, driverFolders, foldersOf, libraryPlaces, type Place } from './places.ts';

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
  const places = libraryPlaces(environment);
  const loader = new Loader(koffi);
  const driver = loader.load('libcuda.so.1', [...foldersOf(places), '', ...driverFolders]);
  if (!driver) {
    throw new UnavailableError(
      "The engine 'cuda' needs an NVIDIA GPU and its driver, version 525 or newer. In a container, start it with the GPUs (docker run --gpus all).",
      loader.attempts,
    );
  }
  loader.keep();
  const lastResort = (): readonly Place[] => askPython(environment);
  const toolkit = loadToolkit(koffi, places, driverVersion(driver.handle), lastResort);
  const { compiler, blas, solver } = toolkit;
  return {
    koffi,
    handles: { driver: driver.handle, compiler: compiler.handle, blas: blas.handle, solver: solver.handle },
    files: { driver: driver.file, compiler: compiler.file, blas: blas.file, solver: solver.file },
  };
}

/**
 * Loads cuBLAS, cuSOLVER and NVRTC of the newest release that a driver of this version can run, from a place
 * that the user named if it is there, and all from one place if one has them: libraries of different minor
 * versions do not go together. That needs no device.
 *
 * @param version of the driver, e.g. 13000
 * @param lastResort further places, asked for when all others have failed
 * @throws {UnavailableError}
 */
export function loadToolkit(
  koffi: typeof Koffi,
  places: readonly Place[],
  version: number,
  lastResort: () => readonly Place[] = () => [],
): Toolkit {
  const possible = releases.filter(({ major }) => major <= Math.floor(version / 1000));
  if (possible.length === 0) {
    throw new UnavailableError(
      `The engine 'cuda' needs a driver for CUDA 12 or newer; the installed one is for CUDA ${versionText(version)}. Update the driver.`,
    );
  }
  const loader = new Loader(koffi);
  const all = [...places];
  const found =
    loadFirst(loader, candidates(possible, all), foldersOf(all)) ??
    loadFirst(loader, candidates(possible, addTo(all, lastResort())), foldersOf(all)) ??
    // Better a mixture than nothing.
    loadFirst(
      loader,
      possible.map((release) => ({ release, folders: [...foldersOf(all), ''] })),
      [],
    );
  if (found) return found;
  const majors = possible.map(({ major }) => `CUDA ${major}`).join(' or ');
  throw new UnavailableError(
    `Not all libraries of ${majors} are there. Install the CUDA toolkit, or the wheels ${wheelNames.join(', ')} with pip ` +
      '(for CUDA 12 with -cu12 at the end of each name), or name their folders in AGOP_CUDA_LIBRARIES. ' +
      `Searched: the system's loader${foldersOf(all)
        .map((folder) => `, ${folder}`)
        .join('')}.`,
    loader.attempts,
  );
}

/** `12.8` for 12080. */
export function versionText(version: number): string {
  return `${Math.floor(version / 1000)}.${Math.floor((version % 1000) / 10)}`;
}

/** A release, and folders whose libraries are of one kind; '' is the system's loader. */
interface Candidate {
  readonly release: Release;
  readonly folders: readonly string[];
}

/** Places the user named, of whatever release; then the newest release from wherever it is. */
function candidates(possible: readonly Release[], places: readonly Place[]): Candidate[] {
  const named = places.filter(({ isNamed }) => isNamed).flatMap((place) => possible.map((r) => [r, place]));
  const others = possible.flatMap((release) => [
    ...places.filter(({ isNamed }) => !isNamed).map((place) => [release, place] as const),
    [release, undefined] as const,
  ]);
  return ([...named, ...others] as readonly (readonly [Release, Place | undefined])[]).flatMap(
    ([release, place]) => (place ? wholes(release, place) : [{ release, folders: [''] }]),
  );
}

/** Folders of a place that have cuBLAS and cuSOLVER: each by itself, else all together. */
function wholes(release: Release, { folders }: Place): Candidate[] {
  const has = (folder: string, name: string): boolean => existsSync(join(folder, name));
  const alone = folders.filter((folder) => has(folder, release.blas) && has(folder, release.solver));
  const isComplete = [release.blas, release.solver].every((name) => folders.some((f) => has(f, name)));
  if (alone.length > 0) return alone.map((folder) => ({ release, folders: [folder] }));
  return isComplete ? [{ release, folders }] : [];
}

function addTo(places: Place[], more: readonly Place[]): readonly Place[] {
  places.push(...more);
  return more;
}

/** @param elsewhere folders for NVRTC, which goes with any cuBLAS, where a candidate has none */
function loadFirst(
  loader: Loader,
  all: readonly Candidate[],
  elsewhere: readonly string[],
): Toolkit | undefined {
  for (const { release, folders } of all) {
    const toolkit = loader.loadRelease(release, folders, elsewhere);
    if (toolkit) return toolkit;
  }
  return undefined;
}

interface Found {
  readonly handle: LibraryHandle;
  readonly file: string;
}

type Toolkit = Readonly<Record<'compiler' | 'blas' | 'solver', Found>>;

/** koffi unloads a library when nobody refers to it, but some are there for others to find. */
const kept = new Set<LibraryHandle>();

/**
 * Loads libraries by name, from folders or from where the system's loader finds them, and notes what fails.
 */
class Loader {
  readonly #attempts = new Map<string, string>();
  readonly #koffi: typeof Koffi;
  /** Those of the attempt under way. */
  #loaded: LibraryHandle[] = [];

  constructor(koffi: typeof Koffi) {
    this.#koffi = koffi;
  }

  /** What failed, once each. */
  get attempts(): Attempt[] {
    return [...this.#attempts].map(([what, reason]) => ({ what, reason }));
  }

  /** From the first folder where it can be loaded; '' is the system's loader. */
  load(name: string, folders: readonly string[]): Found | undefined {
    for (const folder of folders) {
      const file = join(folder, name);
      if (folder !== '' && !existsSync(file)) continue;
      try {
        const handle = this.#koffi.load(file);
        this.#loaded.push(handle);
        return { handle, file };
      } catch (error) {
        const reason = error instanceof Error ? error.message : String(error);
        this.#attempts.set(file, reason.split('\n', 1)[0] ?? reason);
      }
    }
    return undefined;
  }

  /** What was loaded stays for good. */
  keep(): void {
    for (const handle of this.#loaded) kept.add(handle);
    this.#loaded = [];
  }

  loadRelease(
    release: Release,
    folders: readonly string[],
    elsewhere: readonly string[],
  ): Toolkit | undefined {
    const compiler = this.load(release.compiler, [...folders, ...elsewhere, '']);
    if (compiler) this.#loadBuiltins(compiler.file);
    // What a library needs is found by its name once it is loaded, wherever it came from.
    for (const name of release.before) this.load(name, [...folders, '']);
    const blas = this.load(release.blas, folders);
    const solver = this.load(release.solver, folders);
    if (compiler && blas && solver) {
      this.keep();
      return { compiler, blas, solver };
    }
    // The next attempt must not find what belongs to this one.
    for (const handle of this.#loaded.reverse()) handle.unload();
    this.#loaded = [];
    return undefined;
  }

  /** NVRTC opens its built-in functions by name when it compiles, and does not look beside itself. */
  #loadBuiltins(compiler: string): void {
    if (!isAbsolute(compiler)) return;
    for (const name of readdirSync(dirname(compiler))) {
      if (/^libnvrtc-builtins\.so\.\d+\.\d+$/.test(name)) this.load(name, [dirname(compiler)]);
    }
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
