import type { Backend, Tensor } from '../backend.ts';
import { type DType, type Shape, sizeOf, type TypedArrayOf } from '../dtype.ts';
import { DisposedError } from '../errors/index.ts';
import { inspect, inspection } from '../inspect.ts';
import type { IndexRange } from './index-range.ts';

/** What a tensor asks of the backend that made it. */
export interface TensorOwner<B> {
  readonly backend: Backend;
  read<D extends DType>(tensor: EngineTensor<B, D>): Promise<TypedArrayOf[D]>;
  release(tensor: EngineTensor<B>): void;
}

/** The tensors of every backend that is made of an engine. */
export class EngineTensor<B, D extends DType = DType> implements Tensor<D> {
  readonly shape: Shape;
  readonly dtype: D;
  readonly size: number;
  /** Of indices that came from the host; int32 tensors are never written again. */
  indexRange: IndexRange | undefined;
  readonly #owner: TensorOwner<B>;
  /** Undefined once it is disposed, so that memory of the host can be collected. */
  #buffer: B | undefined;
  #disposed = false;

  constructor(owner: TensorOwner<B>, buffer: B, shape: Shape, dtype: D) {
    this.#owner = owner;
    this.#buffer = buffer;
    this.shape = shape;
    this.dtype = dtype;
    this.size = sizeOf(shape);
  }

  get backend(): Backend {
    return this.#owner.backend;
  }

  get disposed(): boolean {
    return this.#disposed;
  }

  /** The engine's memory. @throws {DisposedError} */
  get buffer(): B {
    if (this.#disposed) throw new DisposedError(`A tensor [${this.shape.join(', ')}]`);
    return this.#buffer as B;
  }

  /** Disposes of the tensor without freeing its memory, which it returns. @throws {DisposedError} */
  take(): B {
    const { buffer } = this;
    this.#end();
    return buffer;
  }

  async read(): Promise<TypedArrayOf[D]> {
    return this.#owner.read(this);
  }

  dispose(): void {
    if (this.#disposed) return;
    this.#owner.release(this);
    this.#end();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  /** In a line, for Node's `console.log`. */
  [inspect](): string {
    const { dtype, shape } = this;
    return inspection('Tensor', this.#disposed ? { dtype, shape, disposed: true } : { dtype, shape });
  }

  #end(): void {
    this.#disposed = true;
    this.#buffer = undefined;
  }
}
