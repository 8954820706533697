import { bytesPerElement, type DType, OutOfMemoryError } from '@agop/core';
import type { Matrix } from '@agop/core/engine';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Box } from './box.ts';
import type { Tfjs } from './library.ts';
import { assemble } from './pieces.ts';

/** A matrix whose elements are in a {@link Box}. */
export type Boxed = Matrix<Box>;

export interface RuntimeOptions {
  readonly tf: Tfjs;
  /** The tfjs backend to compute on; it must have been started. */
  readonly backendName: string;
  /** Name of the agop backend, for messages. */
  readonly name: string;
  /** Bytes that all tfjs tensors together may occupy. */
  readonly memoryLimit: number;
}

/**
 * Where kernels run: tfjs has one active backend per process, so each kernel makes its own active and puts
 * the former one back. What a kernel makes besides its result is freed.
 */
export class Runtime {
  readonly tf: Tfjs;
  readonly backendName: string;
  readonly name: string;
  readonly #memoryLimit: number;

  constructor(options: RuntimeOptions) {
    this.tf = options.tf;
    this.backendName = options.backendName;
    this.name = options.name;
    this.#memoryLimit = options.memoryLimit;
  }

  /** Runs tfjs code on this runtime's backend; of the tensors it makes, only those it returns live on. */
  run<T extends tfjs.TensorContainer>(work: () => T): T {
    const { tf, backendName } = this;
    const active: string | undefined = tf.getBackend();
    // A promise, but of a backend that has started: it is active when the call returns.
    if (active !== backendName) void tf.setBackend(backendName);
    try {
      return tf.tidy(work);
    } catch (error) {
      throw this.#explain(error);
    } finally {
      if (active && active !== backendName) void tf.setBackend(active);
    }
  }

  /** Like {@link run} for one tensor that outlives any `tf.tidy` around the call; the caller owns it. */
  make<T extends tfjs.Tensor>(work: () => T): T {
    return this.tf.keep(this.run(work));
  }

  /** Replaces a matrix by the result of `work`, in whatever shape. An empty matrix needs no work. */
  write(out: Boxed, work: () => tfjs.Tensor): void {
    if (out.rows * out.columns === 0) return;
    out.buffer.replace(this.make(work));
  }

  /**
   * The elements of a matrix as a new tensor [rows, columns]; they are shared, not copied. Call it within
   * {@link run}.
   */
  view({ buffer, rows, columns }: Boxed): tfjs.Tensor2D {
    const { tf } = this;
    const { patchwork } = buffer;
    if (patchwork) {
      const before = (): tfjs.Tensor2D => this.#content(buffer, patchwork.rows, patchwork.columns);
      buffer.replace(tf.keep(assemble(tf, patchwork, before)));
    }
    return this.#content(buffer, rows, columns);
  }

  /**
   * Sees to it that `box` fits.
   *
   * @throws {OutOfMemoryError}
   */
  reserve(box: Box): void {
    const bytes = box.size * bytesPerElement(box.dtype);
    const free = this.#memoryLimit - this.tf.memory().numBytes;
    if (!(bytes <= free)) throw new OutOfMemoryError(this.name, bytes, Math.max(0, free));
  }

  #content({ content, dtype }: Box, rows: number, columns: number): tfjs.Tensor2D {
    return content
      ? this.tf.reshape(content, [rows, columns])
      : this.tf.zeros([rows, columns], tfDType(dtype));
  }

  /** Host and WebAssembly memory end in a RangeError, that of WebGL in textures that are too large. */
  #explain(error: unknown): unknown {
    if (!(error instanceof Error)) return error;
    const texture = /texture size \[(\d+)x(\d+)\]/.exec(error.message);
    if (texture) return new OutOfMemoryError(this.name, Number(texture[1]) * Number(texture[2]) * 4);
    if (!(error instanceof RangeError)) return error;
    const elements = Number(/length:? (\d+)/.exec(error.message)?.[1] ?? Number.NaN);
    return new OutOfMemoryError(this.name, elements * 4);
  }
}

/** What tfjs calls a dtype. */
export function tfDType(dtype: DType): 'int32' | 'float32' {
  return dtype === 'int32' ? 'int32' : 'float32';
}
