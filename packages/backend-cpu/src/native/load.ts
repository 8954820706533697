import { type Attempt, UnavailableError } from '@agop/core';
import type Koffi from 'koffi';
import type { LibraryHandle } from 'koffi';
import { bindBlas } from './bind.ts';
import type { NativeBlas } from './blas.ts';
import { blasFiles } from './places.ts';

/** koffi unloads a library when nobody refers to it. */
const kept = new Map<string, NativeBlas>();

/**
 * Loads a BLAS from a file.
 *
 * @throws {UnavailableError} where koffi or the file does not load, or the file is no BLAS
 */
export function loadBlas(file: string): NativeBlas {
  const attempts: Attempt[] = [];
  const found = open(loadKoffi(), file, () => true, attempts);
  if (found) return found;
  throw new UnavailableError(
    `There is no BLAS in '${file}'. Name a library with the functions of CBLAS, such as libopenblas.so.0, or leave the option blas out.`,
    attempts,
  );
}

/**
 * Loads the first BLAS of this machine whose kernels are made for its processor.
 *
 * @param files to try, in this order; default: the usual ones
 * @throws {UnavailableError} where there is none, or koffi is not there
 */
export function findBlas(files: readonly string[] = usualFiles()): NativeBlas {
  const attempts: Attempt[] = [];
  const koffi = loadKoffi();
  for (const file of files) {
    const found = open(koffi, file, ({ isTuned }) => isTuned, attempts);
    if (found) return found;
  }
  throw new UnavailableError(
    'No tuned BLAS was found. Install one (OpenBLAS: apt install libopenblas0, brew install openblas), or give its path as the option blas.',
    attempts,
  );
}

function open(
  koffi: typeof Koffi,
  file: string,
  isWanted: (blas: NativeBlas) => boolean,
  attempts: Attempt[],
): NativeBlas | undefined {
  const known = kept.get(file);
  if (known && isWanted(known)) return known;
  const library = openLibrary(koffi, file, attempts);
  if (!library) return undefined;
  const blas = bindBlas(library, file);
  if (blas && isWanted(blas)) {
    kept.set(file, blas);
    return blas;
  }
  attempts.push({ what: file, reason: blas ? `${blas.title}, not made for this processor` : 'no CBLAS' });
  library.unload();
  return undefined;
}

function openLibrary(koffi: typeof Koffi, file: string, attempts: Attempt[]): LibraryHandle | undefined {
  try {
    return withShortWaits(() => koffi.load(file));
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    attempts.push({ what: file, reason: reason.split('\n', 1)[0] ?? reason });
    return undefined;
  }
}

/**
 * Threads of OpenBLAS and of Intel's OpenMP go on looking for work for tens of milliseconds after a product,
 * on cores that the engine's own threads need then. How long is read from the environment when the library
 * is loaded; what the user has set stays.
 */
function withShortWaits<T>(load: () => T): T {
  const { env } = process;
  const waits = { OPENBLAS_THREAD_TIMEOUT: '16', KMP_BLOCKTIME: '0' };
  const ours = Object.entries(waits).filter(([name]) => env[name] === undefined);
  for (const [name, value] of ours) env[name] = value;
  try {
    return load();
  } finally {
    for (const [name] of ours) delete env[name];
  }
}

function usualFiles(): string[] {
  const [os, fs] = [process.getBuiltinModule('node:os'), process.getBuiltinModule('node:fs')];
  return blasFiles({
    platform: process.platform,
    environment: process.env,
    processor: os.cpus()[0]?.model ?? '',
    list: (folder) => {
      try {
        return fs.readdirSync(folder);
      } catch {
        return [];
      }
    },
  });
}

/**
 * koffi by `require`, which bundlers for browsers do not follow.
 *
 * @throws {UnavailableError}
 */
function loadKoffi(): typeof Koffi {
  if (!['x64', 'arm64'].includes(process.arch)) {
    throw new UnavailableError(`A native BLAS needs x86-64 or ARM64, this is ${process.arch}.`);
  }
  try {
    const { createRequire } = process.getBuiltinModule('node:module');
    return createRequire(import.meta.url)('koffi');
  } catch (cause) {
    throw unavailable(cause);
  }
}

function unavailable(cause: unknown): UnavailableError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason = cause instanceof Error ? (cause.message.split('\n', 1)[0] ?? '') : String(cause);
  const advice =
    code === 'ERR_DLOPEN_DISABLED'
      ? "which Node's permission model does not allow: start Node with --allow-addons."
      : code === 'MODULE_NOT_FOUND'
        ? 'which is not installed: npm install koffi.'
        : 'which does not load here.';
  const message = `A native BLAS is called through koffi, ${advice}`;
  return new UnavailableError(message, [{ what: 'koffi', reason }], { cause });
}
