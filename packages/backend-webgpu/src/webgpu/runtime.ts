import {
  bytesPerElement,
  type Device,
  DeviceError,
  type DType,
  formatBytes,
  hostArray,
  OutOfMemoryError,
  type TypedArray,
} from '@agop/core';
import type { Matrix } from '@agop/core/engine';
import { Block, Store } from '../device/block.ts';
import { CommandQueue } from '../device/command-queue.ts';
import type { Range } from '../device/commands.ts';
import { elementBytes, usage } from '../device/constants.ts';
import { type Counters, newCounters } from '../device/counters.ts';
import { Downloads } from '../device/downloads.ts';
import { Encoder } from '../device/encoder.ts';
import { PassTimer } from '../device/pass-timer.ts';
import { Pipelines } from '../device/pipelines.ts';
import { BufferPool } from '../device/pool.ts';
import { nameOf, ownUniforms, type Shader } from '../shader/shader.ts';

/** A matrix in the device's memory, row-major. */
export type DeviceMatrix = Matrix<Block>;

/** Elements of a block, one after the other. */
export interface Span {
  readonly block: Block;
  /** Index of the first one. */
  readonly begin: number;
  readonly count: number;
}

/** What a kernel is started with. */
export interface Dispatch {
  /** Those of the shader, by their names. What is not bound as 'read' may overlap with nothing else bound. */
  readonly operands: Readonly<Record<string, Span>>;
  /** Those of the shader, by their names. */
  readonly uniforms: Readonly<Record<string, number>>;
  /** Groups of threads, any number. */
  readonly groups: number;
  /** Bytes that it reads and writes, for the counters, where that is less than its operands occupy. */
  readonly bytes?: number;
}

export interface RuntimeOptions {
  readonly gpu: GPUDevice;
  readonly device: Device;
  /** Most bytes of a binding; at most what the device allows. */
  readonly bindingBytes: number;
  /** Most bytes of all buffers. */
  readonly memoryBytes?: number;
  /** Ends what this runtime alone uses. */
  readonly release: () => void;
}

/**
 * What kernels need: memory from a pool, copies from and to the host, and kernels, all in the order of the
 * calls.
 */
export class Runtime {
  readonly device: Device;
  readonly counters: Counters = newCounters();
  readonly timer: PassTimer;
  readonly pool: BufferPool;
  /** Most elements of an operand. */
  readonly bindingElements: number;
  /** Most operands of a kernel. */
  readonly mostOperands: number;
  readonly #alignment: number;
  readonly #encoder: Encoder;
  readonly #queue: CommandQueue;
  readonly #pipelines: Pipelines;
  readonly #downloads: Downloads;
  readonly #release: () => void;
  /** What empty operands are bound to. */
  readonly #nothing: Block;
  #isClosed = false;

  constructor({ gpu, device, bindingBytes, memoryBytes, release }: RuntimeOptions) {
    const { limits } = gpu;
    this.device = device;
    this.timer = new PassTimer(gpu);
    this.#release = release;
    this.#alignment = limits.minStorageBufferOffsetAlignment;
    // A binding begins at a multiple of the alignment at or before its first element.
    this.bindingElements = Math.floor((bindingBytes - this.#alignment) / elementBytes);
    this.mostOperands = limits.maxStorageBuffersPerShaderStage;
    this.pool = new BufferPool(gpu, {
      bufferBytes: limits.maxBufferSize,
      ...(memoryBytes === undefined ? {} : { totalBytes: memoryBytes }),
    });
    this.#encoder = new Encoder(gpu, this.counters, this.timer);
    this.#queue = new CommandQueue(gpu, this.#encoder);
    this.#pipelines = new Pipelines(gpu, this.counters);
    this.#downloads = new Downloads(gpu, this.#queue, () => this.pool.trim());
    this.#nothing = new Block(new Store(gpu, elementBytes, usage.storage, () => {}));
    gpu.lost.then(({ reason, message }) => {
      const advice = 'What it held is lost. Make a new backend.';
      this.#queue.fail(new DeviceError('webgpu', 'the device', `its loss (${reason}: ${message})`, advice));
    });
  }

  // --- memory ---

  /** @throws {OutOfMemoryError} {DeviceError} */
  allocate(elements: number): Block {
    this.#queue.checkUsable();
    return this.pool.allocate(elements * elementBytes);
  }

  free(block: Block): void {
    if (!this.#isClosed) this.pool.free(block);
  }

  /** A matrix of one row for the length of `work`: whatever is recorded meanwhile may use it. */
  withScratch<T>(elements: number, work: (block: Block) => T): T {
    const block = this.allocate(elements);
    try {
      return work(block);
    } finally {
      this.free(block);
    }
  }

  upload(to: Block, data: ArrayLike<number>, dtype: DType, begin = 0): void {
    this.#queue.checkUsable();
    if (data.length === 0) return;
    const copy = dtype === 'int32' ? new Int32Array(data) : new Float32Array(data);
    this.#queue.record({ kind: 'upload', to, toByte: begin * elementBytes, data: copy });
  }

  /** What the block holds after all that was called before. @throws {OutOfMemoryError} {DeviceError} */
  async download(from: Block, size: number, dtype: DType): Promise<TypedArray> {
    if (size === 0) return hostArray(dtype, 0);
    const bytes = await this.#downloads.read(from, size * bytesPerElement(dtype));
    return dtype === 'int32' ? new Int32Array(bytes) : new Float32Array(bytes);
  }

  /** Copies elements between different blocks. */
  copy(from: Span, to: Block, begin: number): void {
    if (from.count === 0) return;
    this.#queue.record({
      kind: 'copy',
      from: from.block,
      fromByte: from.begin * elementBytes,
      to,
      toByte: begin * elementBytes,
      bytes: from.count * elementBytes,
      isDownload: false,
    });
  }

  // --- kernels ---

  /** Calls a kernel. */
  dispatch(shader: Shader, { operands, uniforms, groups, bytes: known }: Dispatch): void {
    if (groups === 0) return;
    const names = Object.keys(shader.operands);
    const ranges: Range[] = [];
    const writes = new Set<Block>();
    const numbers = [groups, 0];
    let bytes = 0;
    for (const name of names) {
      const span = operands[name];
      if (!span) throw new Error(`The kernel '${nameOf(shader)}' has no operand '${name}'.`);
      const first = span.begin * elementBytes;
      const offset = Math.floor(first / this.#alignment) * this.#alignment;
      numbers.push((first - offset) / elementBytes);
      if (span.count > this.bindingElements) throw tooLong(shader, name, span, this.bindingElements);
      // There are no empty bindings.
      if (span.count === 0) ranges.push({ block: this.#nothing, offset: 0, bytes: elementBytes });
      else ranges.push({ block: span.block, offset, bytes: first - offset + span.count * elementBytes });
      const access = shader.operands[name]?.access;
      if (access !== 'read') writes.add(span.block);
      bytes += span.count * elementBytes * (access === 'update' ? 2 : 1);
    }
    const values = packed(
      [...numbers, ...Object.keys(shader.uniforms).map((name) => uniforms[name] ?? 0)],
      [...ownUniforms(shader).map(() => 'u32' as const), ...Object.values(shader.uniforms)],
    );
    this.#queue.record({
      kind: 'dispatch',
      pipeline: this.#pipelines.get(shader),
      ranges,
      writes: [...writes],
      uniforms: values,
      groups,
      bytes: known ?? bytes,
    });
  }

  /**
   * Waits until all that was called has been handed over and found in order.
   *
   * @throws {DeviceError} if the device is lost or has reported a fault; {DisposedError} once closed
   */
  async settled(): Promise<void> {
    await this.#queue.handedOver();
    await this.#queue.checked();
  }

  // --- life ---

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#queue.close();
    this.#downloads.close();
    this.#encoder.close();
    this.pool.close();
    this.#nothing.store?.destroy();
    this.#release();
  }
}

/** Numbers in the memory of uniforms, in 16 bytes at least. */
function packed(values: readonly number[], types: readonly ('u32' | 'i32' | 'f32')[]): Uint32Array {
  const words = new Uint32Array(Math.ceil(values.length / 4) * 4);
  const floats = new Float32Array(words.buffer);
  for (const [i, value] of values.entries()) {
    if (types[i] === 'f32') floats[i] = value;
    else words[i] = value;
  }
  return words;
}

export function sizeOf({ rows, columns }: DeviceMatrix): number {
  return rows * columns;
}

/** All elements of a matrix. */
export function whole(matrix: DeviceMatrix): Span {
  return { block: matrix.buffer, begin: 0, count: sizeOf(matrix) };
}

/** Rows of a matrix. */
export function rowSpan(matrix: DeviceMatrix, begin: number, rows: number): Span {
  return { block: matrix.buffer, begin: begin * matrix.columns, count: rows * matrix.columns };
}

function tooLong(shader: Shader, name: string, { count }: Span, most: number): OutOfMemoryError {
  const [what, limit] = [count, most].map((elements) => formatBytes(elements * elementBytes));
  return new OutOfMemoryError(
    'webgpu',
    count * elementBytes,
    undefined,
    `The kernel '${nameOf(shader)}' needs ${what} of its operand ${name} at once, and the device lets it see ${limit}. Use fewer rows.`,
  );
}
