import { received } from '../device/native.ts';
import { type Failure, outcomeBytes, readOutcome } from './cholesky-outcome.ts';
import { fillMode } from './products.ts';
import { type DeviceMatrix, type Runtime, sourceFor } from './runtime.ts';

/** cudaDataType */
export const dataType = { float32: 0, float64: 1, int32: -1 } as const;

/**
 * Diagonal blocks of a matrix by cuSOLVER, each in the row-major upper triangle. What they need is taken once
 * for all of them.
 */
export class LibraryFactor {
  readonly #runtime: Runtime;
  readonly #matrix: DeviceMatrix;
  readonly #parameters: number;
  readonly #outcome: number;
  /** Host memory that cuSOLVER may use until its work is done. */
  readonly #host: Uint8Array[] = [];

  constructor(runtime: Runtime, matrix: DeviceMatrix) {
    this.#runtime = runtime;
    this.#matrix = matrix;
    runtime.enter();
    this.#outcome = runtime.allocate(outcomeBytes + 4);
    try {
      this.#parameters = received((out) => runtime.native.solver.cusolverDnCreateParams(out));
      const kernels = sourceFor('cholesky', matrix.dtype);
      runtime.launch(kernels, 'beginOutcome', { grid: [1], block: [1] }, [this.#outcome]);
    } catch (error) {
      runtime.free(this.#outcome);
      throw error;
    }
  }

  /** Factorises the block of `size` rows at row `base`, in place, and notes the first pivot that fails. */
  factor(base: number, size: number): void {
    const [runtime, a] = [this.#runtime, this.#matrix];
    const { native, solver: handle } = runtime;
    const { solver } = native;
    const type = dataType[a.dtype];
    const n = a.columns;
    const corner = runtime.elementAddress(a, base, base);
    const info = this.#outcome + outcomeBytes;
    runtime.enter();
    const [onDevice, onHost] = [new BigUint64Array(1), new BigUint64Array(1)];
    const matrix = [fillMode.lower, size, type, corner, n, type] as const;
    solver.cusolverDnXpotrf_bufferSize(handle, this.#parameters, ...matrix, onDevice, onHost);
    const [deviceBytes, hostBytes] = [Number(onDevice[0]), Number(onHost[0])];
    const host = new Uint8Array(hostBytes);
    this.#host.push(host);
    runtime.withScratch(deviceBytes, (work) => {
      const buffers = [work, deviceBytes, host, hostBytes, info] as const;
      solver.cusolverDnXpotrf(handle, this.#parameters, ...matrix, ...buffers);
    });
    const args = [a.buffer, n, base, size, info, this.#outcome];
    runtime.launch(sourceFor('cholesky', a.dtype), 'inspectFactor', { grid: [1], block: [256] }, args);
  }

  /** Waits for the work. */
  async failure(): Promise<Failure | undefined> {
    const failure = await readOutcome(this.#runtime, this.#outcome);
    this.#host.length = 0;
    return failure;
  }

  dispose(): void {
    this.#runtime.free(this.#outcome);
    this.#runtime.native.libraries.solver.cusolverDnDestroyParams(this.#parameters);
  }
}

/** The whole matrix by cuSOLVER. */
export async function factorByLibrary(runtime: Runtime, a: DeviceMatrix): Promise<Failure | undefined> {
  const library = new LibraryFactor(runtime, a);
  try {
    library.factor(0, a.rows);
    return await library.failure();
  } finally {
    library.dispose();
  }
}
