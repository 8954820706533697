import { bytesPerElement, type Device, DisposedError, type DType, floatDType } from '@agop/core';
import type { Matrix } from '@agop/core/engine';
import { DeviceContext } from '../device/context.ts';
import { Downloads } from '../device/downloads.ts';
import { deviceCount, hasTF32 } from '../device/facts.ts';
import { memorySource } from '../device/memory-source.ts';
import { type Native, received } from '../device/native.ts';
import { DevicePool } from '../device/pool.ts';
import { Uploads } from '../device/uploads.ts';
import { KernelCompiler } from '../kernels/compiler.ts';
import type { ImageCache } from '../kernels/image-cache.ts';
import {
  type KernelArgument,
  KernelLauncher,
  type KernelSource,
  type LaunchShape,
} from '../kernels/launcher.ts';
import { type KernelFile, kernelSource } from '../kernels/sources.ts';
import { describeDevice } from './describe.ts';
import { mathMode, type Precision } from './precision.ts';

/** A matrix in device memory, row-major. */
export type DeviceMatrix = Matrix<number>;

export interface RuntimeOptions {
  readonly native: Native;
  readonly ordinal: number;
  /** How float32 products are made; on devices without TF32 all are float32. */
  readonly precision: Precision;
  /** Order of the diagonal blocks of a Cholesky factorisation in panels; 0: all by cuSOLVER. */
  readonly choleskyBlock: number;
  readonly cache: ImageCache;
}

/**
 * What cuBLAS needs for its fastest kernels on the largest devices, and for results that do not depend on
 * other streams.
 */
const blasWorkspaceBytes = 2 ** 25;

/**
 * What kernels need: a device's context and stream, memory from a pool, copies from and to the host, kernels
 * by name, and handles of cuBLAS and cuSOLVER. Every call is queued on the one stream.
 */
export class Runtime {
  readonly native: Native;
  readonly context: DeviceContext;
  readonly pool: DevicePool;
  readonly device: Device;
  readonly blas: number;
  readonly solver: number;
  readonly precision: Precision;
  readonly choleskyBlock: number;
  readonly #uploads: Uploads;
  readonly #downloads: Downloads;
  readonly #launcher: KernelLauncher;
  readonly #closers: (() => void)[] = [];
  #isClosed = false;

  constructor({ native, ordinal, precision, choleskyBlock, cache }: RuntimeOptions) {
    this.native = native;
    this.choleskyBlock = choleskyBlock;
    const { blas, solver } = native;
    const raw = native.libraries;
    try {
      this.context = this.#closing(new DeviceContext(native, ordinal));
      const { facts, stream } = this.context;
      this.precision = hasTF32(facts) ? precision : 'float32';
      this.pool = this.#closing(new DevicePool(memorySource(this.context), 'cuda'));
      native.relieve = () => this.pool.trim();
      this.#uploads = this.#closing(new Uploads(this.context));
      this.#downloads = this.#closing(new Downloads(this.context));
      this.#launcher = this.#closing(
        new KernelLauncher(this.context, new KernelCompiler(native, facts.computeCapability, cache)),
      );
      this.blas = received((out) => blas.cublasCreate_v2(out));
      this.#closers.push(() => raw.blas.cublasDestroy_v2(this.blas));
      blas.cublasSetStream_v2(this.blas, stream);
      blas.cublasSetWorkspace_v2(this.blas, this.pool.allocate(blasWorkspaceBytes), blasWorkspaceBytes);
      blas.cublasSetMathMode(this.blas, this.mathMode);
      this.solver = received((out) => solver.cusolverDnCreate(out));
      this.#closers.push(() => raw.solver.cusolverDnDestroy(this.solver));
      solver.cusolverDnSetStream(this.solver, stream);
      this.device = describeDevice(this, deviceCount(native), this.precision);
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** That of cuBLAS between operations. */
  get mathMode(): number {
    return this.precision === 'tf32' ? mathMode.tf32 : mathMode.default;
  }

  /**
   * Begins an operation: makes the context current. @throws {DisposedError} {DeviceError} if the context is
   * gone or lost
   */
  enter(): void {
    if (this.#isClosed) throw new DisposedError("Backend 'cuda'");
    this.context.activate();
  }

  // --- memory ---

  /** @throws {OutOfMemoryError} */
  allocate(bytes: number): number {
    this.enter();
    return this.pool.allocate(bytes);
  }

  free(address: number): void {
    if (!this.#isClosed) this.pool.free(address);
  }

  /** Memory for the length of `work`: whatever is queued meanwhile may use it. */
  withScratch<T>(bytes: number, work: (address: number) => T): T {
    const address = this.allocate(bytes);
    try {
      return work(address);
    } finally {
      this.free(address);
    }
  }

  upload(target: number, data: ArrayLike<number>, dtype: DType): void {
    this.enter();
    this.#uploads.copy(target, data, dtype);
  }

  async download(source: number, size: number, dtype: DType) {
    this.enter();
    return this.#downloads.read(source, size, dtype);
  }

  /** Copies within the device. */
  copy(from: number, to: number, bytes: number): void {
    if (bytes === 0) return;
    this.enter();
    this.native.driver.cuMemcpyDtoDAsync_v2(to, from, bytes, this.context.stream);
  }

  elementAddress({ buffer, columns, dtype }: DeviceMatrix, row: number, column: number): number {
    return buffer + (row * columns + column) * bytesPerElement(dtype);
  }

  // --- kernels ---

  /** Queues a kernel of a source. */
  launch(source: KernelSource, name: string, shape: LaunchShape, args: readonly KernelArgument[]): void {
    this.enter();
    this.#launcher.launch(source, name, shape, args);
  }

  /** Queues a kernel whose threads share `count` pieces of work among them in any number. */
  launchOver(source: KernelSource, name: string, count: number, args: readonly KernelArgument[]): void {
    if (count === 0) return;
    this.launch(source, name, { grid: [this.blocks(count, threads)], block: [threads] }, args);
  }

  /** Blocks for so much work: enough to fill the device several times over, and no more. */
  blocks(count: number, perBlock: number): number {
    return Math.min(Math.ceil(count / perBlock), this.context.facts.multiprocessors * 16);
  }

  // --- life ---

  /** Waits for what is queued, completes reads, and frees everything. */
  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    try {
      this.context?.activate();
      this.context?.synchronize();
    } catch {
      // The context is lost, and with it everything in it.
    }
    for (const close of this.#closers.reverse()) {
      try {
        close();
      } catch {}
    }
  }

  #closing<T extends { close(): void }>(part: T): T {
    this.#closers.push(() => part.close());
    return part;
  }
}

/** Threads per block of kernels without structure. */
const threads = 256;

/** A kernel source of this package for the type of a matrix. */
export function sourceFor(file: KernelFile, dtype: DType): KernelSource {
  return { key: `${file} ${dtype}`, source: () => kernelSource(file, dtype) };
}

/** A number as a kernel's argument of type T. */
export function scalar(value: number, matrix: { readonly dtype: DType }): KernelArgument {
  return { value, dtype: floatDType(matrix) };
}

export function sizeOf({ rows, columns }: DeviceMatrix): number {
  return rows * columns;
}

export function bytesOf(matrix: DeviceMatrix): number {
  return sizeOf(matrix) * bytesPerElement(matrix.dtype);
}

/** The address of element (row, 0). */
export function rowAddress(matrix: DeviceMatrix, row: number): number {
  return matrix.buffer + row * matrix.columns * bytesPerElement(matrix.dtype);
}
