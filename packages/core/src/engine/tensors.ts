import type { Backend, MemoryInfo, Tensor } from '../backend.ts';
import { bytesPerElement, type DType, type Shape, sizeOf } from '../dtype.ts';
import { BackendMismatchError, DisposedError, DTypeError, OptionError, ShapeError } from '../errors/index.ts';
import type { Matrix } from '../matrix.ts';
import { columnsOf, rowsOf, sameShape } from './broadcast.ts';
import {
  checkFloat,
  checkMatrix,
  checkNewDType,
  checkRead,
  checkSameDType,
  checkTensor,
  describe,
  hasDType,
} from './checks.ts';
import type { CompleteEngine } from './engine.ts';
import { EngineTensor, type TensorOwner } from './engine-tensor.ts';

/** Common to all operations: the tensors of a backend, what they occupy, and how kernels see them. */
export class Tensors<B> {
  readonly engine: CompleteEngine<B>;
  readonly #live = new Set<EngineTensor<B>>();
  readonly #owner: TensorOwner<B>;
  #bytes = 0;
  #peakBytes = 0;
  #disposed = false;

  /** @param backend asked for `Tensor.backend` */
  constructor(engine: CompleteEngine<B>, backend: () => Backend) {
    this.engine = engine;
    this.#owner = {
      get backend() {
        return backend();
      },
      read: async (tensor) => {
        const { buffer, size, dtype } = tensor;
        return checkRead(engine.name, await this.settled(engine.read(buffer, size, dtype)), dtype, size);
      },
      release: (tensor) => this.#release(tensor),
    };
  }

  // --- results ---

  /** New tensor, filled by `run`, freed again if that throws. */
  make<D extends DType>(shape: Shape, dtype: D, run: (out: Matrix<B>) => void): EngineTensor<B, D> {
    const made = this.allocate(shape, dtype);
    try {
      run(this.view(made));
      return made;
    } catch (error) {
      made.dispose();
      throw error;
    }
  }

  /** Like `make`, but into `out` where it is given; `operands` are those that `out` must not be. */
  into<D extends DType>(
    operation: string,
    out: Tensor | undefined,
    shape: Shape,
    dtype: D,
    operands: readonly Tensor[],
    run: (out: Matrix<B>) => void,
  ): Tensor<D> {
    if (!out) return this.make(shape, dtype, run);
    const target = this.own(operation, out);
    const mistake = `${operation}: \`out\` must be ${dtype} [${shape.join(', ')}], but is ${describe(out)}.`;
    if (!sameShape(out.shape, shape)) throw new ShapeError(mistake);
    if (!hasDType(out, dtype)) throw new DTypeError(mistake);
    if (operands.includes(out)) throw new OptionError('out', `${operation}: \`out\` must not be an operand.`);
    run(this.view(target));
    return out;
  }

  /** New tensor that holds anything. */
  allocate<D extends DType>(shape: Shape, dtype: D): EngineTensor<B, D> {
    const { engine } = this;
    this.checkAlive();
    checkNewDType(engine.name, engine.dtypes, dtype);
    const buffer = engine.allocate(sizeOf(shape), dtype);
    const made = new EngineTensor(this.#owner, buffer, [...shape], dtype);
    this.#live.add(made);
    this.#bytes += made.size * bytesPerElement(dtype);
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    return made;
  }

  /** The elements of a tensor in a new one of another shape. */
  copy<D extends DType>(operation: string, a: Tensor<D>, shape: Shape): Tensor<D> {
    const { indexRange } = this.own(operation, a);
    const source = this.flat(operation, a);
    const made = this.make(shape, a.dtype, (out) => this.engine.copyRows(source, 0, flatten(out)));
    made.indexRange = indexRange;
    return made;
  }

  /** A tensor of another shape in the memory of `tensor`, which is disposed. */
  reuse<D extends DType>(tensor: EngineTensor<B, D>, shape: Shape): EngineTensor<B, D> {
    this.#live.delete(tensor);
    const made = new EngineTensor(this.#owner, tensor.take(), [...shape], tensor.dtype);
    made.indexRange = tensor.indexRange;
    this.#live.add(made);
    return made;
  }

  // --- operands ---

  /** The tensor as one of this backend that is alive. */
  own<D extends DType>(operation: string, tensor: Tensor<D>): EngineTensor<B, D> {
    this.checkAlive();
    if (tensor instanceof EngineTensor && this.#live.has(tensor)) return tensor;
    checkTensor(operation, tensor);
    if (tensor.disposed) throw new DisposedError(`${operation}: a tensor [${tensor.shape.join(', ')}]`);
    throw new BackendMismatchError(operation, this.engine.name, tensor.backend.name);
  }

  view(tensor: EngineTensor<B>): Matrix<B> {
    return {
      buffer: tensor.buffer,
      dtype: tensor.dtype,
      rows: rowsOf(tensor.shape),
      columns: columnsOf(tensor.shape),
    };
  }

  /** A tensor of any rank as one row. */
  flat(operation: string, tensor: Tensor): Matrix<B> {
    return flatten(this.view(this.own(operation, tensor)));
  }

  /** A tensor of rank at most 2. */
  matrix(operation: string, tensor: Tensor): Matrix<B> {
    const view = this.view(this.own(operation, tensor));
    checkMatrix(operation, tensor);
    return view;
  }

  /** A float tensor of rank at most 2. */
  floats(operation: string, tensor: Tensor): Matrix<B> {
    const view = this.view(this.own(operation, tensor));
    checkFloat(operation, tensor);
    checkMatrix(operation, tensor);
    return view;
  }

  /** Two sets of points as rows: floats of one dtype and length. */
  points(operation: string, x: Tensor, z: Tensor): [Matrix<B>, Matrix<B>] {
    const [left, right] = [this.floats(operation, x), this.floats(operation, z)];
    checkSameDType(operation, [x, z]);
    if (left.columns !== right.columns) {
      throw new ShapeError(`${operation}: rows of ${describe(x)} and of ${describe(z)} differ in length.`);
    }
    return [left, right];
  }

  // --- life ---

  memory(): MemoryInfo {
    return { tensors: this.#live.size, bytes: this.#bytes, peakBytes: this.#peakBytes };
  }

  resetPeak(): void {
    this.#peakBytes = this.#bytes;
  }

  dispose(): void {
    if (this.#disposed) return;
    for (const tensor of this.#live) tensor.dispose();
    this.#disposed = true;
    this.engine.close();
  }

  /**
   * What comes of work that an engine has begun. When the backend is disposed of meanwhile, engines fail as
   * it happens to meet them: that is said instead.
   *
   * @throws {DisposedError}
   */
  async settled<T>(work: Promise<T>): Promise<T> {
    try {
      return await work;
    } catch (error) {
      this.checkAlive();
      throw error;
    }
  }

  #release(tensor: EngineTensor<B>): void {
    this.#live.delete(tensor);
    this.#bytes -= tensor.size * bytesPerElement(tensor.dtype);
    this.engine.free(tensor.buffer);
  }

  /** @throws {DisposedError} once the backend has been disposed of */
  checkAlive(): void {
    if (this.#disposed) throw new DisposedError(`Backend '${this.engine.name}'`);
  }
}

function flatten<B>(matrix: Matrix<B>): Matrix<B> {
  return { ...matrix, rows: 1, columns: matrix.rows * matrix.columns };
}
