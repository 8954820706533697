import { DeviceError, OutOfMemoryError } from '@agop/core';
import type { CudaLibraries, LibraryName } from '../driver/libraries.ts';
import { losesContext, mayMeanOutOfMemory, saysOutOfMemory, statusName } from '../driver/status.ts';

/** The same functions, which throw what their status means instead of returning it. */
type Checked<F> = {
  readonly [N in keyof F]: F[N] extends (...args: infer A) => number ? (...args: A) => void : never;
};

const lost = 'The device cannot be used any more in this process. Start the program again.';

/** Modules of the libraries have up to so many bytes. */
const littleMemory = 2 ** 28;

/**
 * The libraries with every status checked. A call that finds no device memory is tried once more after
 * `relieve`, if its status says so itself: then nothing has been queued. A status that may mean it, where
 * little memory is free, becomes an OutOfMemoryError, after which `repeated` tries a piece of work once more.
 *
 * A context that is lost stays lost: from then on `demandContext` throws what lost it.
 */
export class Native {
  readonly libraries: CudaLibraries;
  readonly driver: Checked<CudaLibraries['driver']>;
  readonly blas: Checked<CudaLibraries['blas']>;
  readonly solver: Checked<CudaLibraries['solver']>;
  readonly compiler: Checked<CudaLibraries['compiler']>;
  readonly #backend: string;
  #failure: DeviceError | undefined;
  #relieve: () => boolean = () => false;

  constructor(libraries: CudaLibraries, backend: string) {
    this.libraries = libraries;
    this.#backend = backend;
    this.driver = this.#checked('driver', libraries.driver);
    this.blas = this.#checked('blas', libraries.blas);
    this.solver = this.#checked('solver', libraries.solver);
    this.compiler = this.#checked('compiler', libraries.compiler);
  }

  /** What frees device memory that nobody uses, and says whether there was any. */
  set relieve(relieve: () => boolean) {
    this.#relieve = relieve;
  }

  /** @throws {DeviceError} once the context is lost */
  demandContext(): void {
    if (this.#failure) throw this.#failure;
  }

  /** The error for a status other than success; a loss of the context is remembered. */
  failure(library: LibraryName, operation: string, status: number): DeviceError | OutOfMemoryError {
    if (saysOutOfMemory(library, status) || this.#isForMemory(library, status)) {
      const hint = `${operation} reports ${statusName(library, status)}. Free tensors, or end other programs on this device.`;
      return new OutOfMemoryError(this.#backend, Number.NaN, undefined, hint);
    }
    const isLost = losesContext(library, status);
    const error = new DeviceError(
      this.#backend,
      operation,
      statusName(library, status),
      isLost ? `An earlier operation may be the cause. ${lost}` : '',
    );
    if (isLost) this.#failure ??= error;
    return error;
  }

  /** Does work that may be done twice; once more if there was no memory for it and some could be freed. */
  repeated<R>(work: () => R): R {
    try {
      return work();
    } catch (error) {
      if (!OutOfMemoryError.isInstance(error) || !this.#relieve()) throw error;
      return work();
    }
  }

  /** Frees what nobody uses. Returns whether there was any. */
  relieveMemory(): boolean {
    return this.#relieve();
  }

  #isForMemory(library: LibraryName, status: number): boolean {
    if (!mayMeanOutOfMemory(library, status)) return false;
    const [free, total] = [new BigUint64Array(1), new BigUint64Array(1)];
    return this.libraries.driver.cuMemGetInfo_v2(free, total) === 0 && Number(free[0]) < littleMemory;
  }

  #checked<F extends Readonly<Record<string, (...args: never[]) => number>>>(
    library: LibraryName,
    functions: F,
  ): Checked<F> {
    const entries = Object.entries(functions).map(([name, run]) => [
      name,
      (...args: never[]): void => {
        let status = run(...args);
        if (saysOutOfMemory(library, status) && this.#relieve()) status = run(...args);
        if (status !== 0) throw this.failure(library, name, status);
      },
    ]);
    return Object.fromEntries(entries);
  }
}

/** An address or handle that `make` writes into the memory it is given. */
export function received(make: (out: BigUint64Array) => void): number {
  const out = new BigUint64Array(1);
  make(out);
  return Number(out[0]);
}

/** An int that `read` writes into the memory it is given. */
export function receivedInt(read: (out: Int32Array) => void): number {
  const out = new Int32Array(1);
  read(out);
  return out[0] as number;
}
