import type { LibraryHandle } from 'koffi';
import type { CudaLibraries } from './libraries.ts';
import type { Loaded } from './load.ts';
import {
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

/** The functions of {@link CudaLibraries} in loaded libraries. Throws for one that a library lacks. */
export function bindLibraries({ koffi, handles, files }: Loaded): CudaLibraries {
  return {
    driver: bind(handles.driver, driverSignatures),
    blas: bind(handles.blas, blasSignatures),
    solver: bind(handles.solver, solverSignatures),
    compiler: bind(handles.compiler, compilerSignatures),
    view: (address, bytes) => koffi.view(BigInt(address), bytes),
    files,
  };
}

/** The functions of a table in one library. Throws for one that it lacks. */
export function bind<S extends Readonly<Record<string, Signature>>>(
  library: LibraryHandle,
  signatures: S,
): Functions<S> {
  const entries = Object.entries(signatures).map(([symbol, signature]) => [
    symbol,
    bindFunction(library, symbol, signature),
  ]);
  return Object.fromEntries(entries);
}

function bindFunction(library: LibraryHandle, symbol: string, signature: Signature) {
  const native = library.func(
    symbol,
    'int32',
    signature.map((kind) => nativeTypes[kind]),
  );
  const hosts = signature.flatMap((kind, i) => (kind === 'host' ? [i] : []));
  if (hosts.length === 0) return native;
  return (...values: unknown[]): unknown => {
    for (const i of hosts) if (typeof values[i] === 'number') values[i] = BigInt(values[i]);
    return native(...values);
  };
}
