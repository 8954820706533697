import { UnavailableError } from '@agop/core';
import type { LibraryHandle } from 'koffi';
import type { CudaLibraries } from './libraries.ts';
import type { Loaded } from './load.ts';
import {
  alternativeSymbols,
  blasSignatures,
  compilerSignatures,
  driverSignatures,
  type Functions,
  type ParameterKind,
  type Signature,
  solverSignatures,
} from './signatures.ts';

/**
 * Addresses are declared as integers: in the calling conventions of x86-64 and ARM64 they travel like
 * pointers.
 */
const nativeTypes: Readonly<Record<ParameterKind, string>> = {
  i32: 'int32',
  u32: 'uint32',
  i64: 'int64',
  size: 'size_t',
  address: 'uint64',
  host: 'void *',
  text: 'const char *',
  texts: 'const char **',
};

/**
 * The functions of {@link CudaLibraries} in loaded libraries.
 *
 * @throws {UnavailableError} for one that a library lacks under all its names
 */
export function bindLibraries({ koffi, handles, files }: Loaded): CudaLibraries {
  return {
    driver: bind(handles.driver, driverSignatures, files.driver),
    blas: bind(handles.blas, blasSignatures, files.blas),
    solver: bind(handles.solver, solverSignatures, files.solver),
    compiler: bind(handles.compiler, compilerSignatures, files.compiler),
    view: (address, bytes) => koffi.view(BigInt(address), bytes),
    files,
  };
}

/**
 * The functions of a table in one library.
 *
 * @param file of the library, for messages
 * @throws {UnavailableError} for one that it lacks under all its names
 */
export function bind<S extends Readonly<Record<string, Signature>>>(
  library: LibraryHandle,
  signatures: S,
  file: string,
): Functions<S> {
  const entries = Object.entries(signatures).map(([symbol, signature]) => [
    symbol,
    bindFunction(library, [symbol, ...(alternativeSymbols[symbol] ?? [])], signature, file),
  ]);
  return Object.fromEntries(entries);
}

function bindFunction(
  library: LibraryHandle,
  symbols: readonly string[],
  signature: Signature,
  file: string,
) {
  const native = firstFunction(library, symbols, signature, file);
  const hosts = signature.flatMap((kind, i) => (kind === 'host' ? [i] : []));
  if (hosts.length === 0) return native;
  return (...values: unknown[]): unknown => {
    for (const i of hosts) if (typeof values[i] === 'number') values[i] = BigInt(values[i]);
    return native(...values);
  };
}

function firstFunction(
  library: LibraryHandle,
  symbols: readonly string[],
  signature: Signature,
  file: string,
) {
  const types = signature.map((kind) => nativeTypes[kind]);
  let cause: unknown;
  for (const symbol of symbols) {
    try {
      return library.func(symbol, 'int32', types);
    } catch (error) {
      cause ??= error;
    }
  }
  const reason = cause instanceof Error ? cause.message : String(cause);
  throw new UnavailableError(
    `The engine 'cuda' needs a function that a library lacks: ${symbols.join(' or ')}. Update the library, or the driver.`,
    [{ what: file, reason }],
    { cause },
  );
}
