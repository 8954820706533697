import type {
  Axis,
  Backend,
  Bindings,
  CholeskyOptions,
  Device,
  Eigendecomposition,
  Extension,
  ExtensionKey,
  GramOptions,
  HostData,
  MapOptions,
  MatmulOptions,
  MemoryInfo,
  PairwiseOptions,
  PatchOptions,
  ReshapeOptions,
  SolveTriangularOptions,
  Tensor,
  WindowOptions,
} from '../backend.ts';
import { bytesPerElement, type DType, type FloatDType, type Shape, sizeOf } from '../dtype.ts';
import { BackendMismatchError, DisposedError, DTypeError, OptionError, ShapeError } from '../errors/index.ts';
import type { Expression } from '../expression/expression.ts';
import type { Distribution, RandomKey } from '../random/distributions.ts';
import { bindInputs } from './bindings.ts';
import { columnsOf, rowsOf, sameShape } from './broadcast.ts';
import {
  checkBatches,
  checkFloat,
  checkLength,
  checkMatrix,
  checkNewDType,
  checkPatches,
  checkSameDType,
  checkShape,
  checkSquare,
  checkWindows,
  describe,
} from './checks.ts';
import type { Engine, ExtensionKernel, Matrix, Reduction } from './engine.ts';
import { EngineTensor, type TensorOwner } from './engine-tensor.ts';

/**
 * A {@link Backend} made of an {@link Engine}: checks operands, owns tensors, counts memory, and frees the result when a kernel
 * throws. All engines share it, so that all fail alike.
 */
export class EngineBackend<Buffer> implements Backend {
  readonly name: string;
  readonly device: Device;
  readonly dtypes: readonly FloatDType[];
  readonly preferredDType: FloatDType;
  readonly #engine: Engine<Buffer>;
  readonly #live = new Set<EngineTensor<Buffer>>();
  readonly #owner: TensorOwner<Buffer>;
  #bytes = 0;
  #peakBytes = 0;
  #disposed = false;

  constructor(engine: Engine<Buffer>) {
    this.#engine = engine;
    this.name = engine.name;
    this.device = engine.device;
    this.dtypes = engine.dtypes;
    this.preferredDType = engine.preferredDType;
    this.#owner = {
      backend: this,
      read: (buffer, size, dtype) => engine.read(buffer, size, dtype),
      release: (tensor) => this.#release(tensor),
    };
  }

  // --- make ---

  tensor(data: HostData, shape: Shape, dtype: DType): Tensor {
    checkShape('tensor', shape);
    checkLength('tensor', data.length, shape);
    return this.#make(shape, dtype, (out) => this.#engine.write(out.buffer, data, dtype));
  }

  full(shape: Shape, value: number, dtype: DType): Tensor {
    checkShape('full', shape);
    return this.#make(shape, dtype, (out) => this.#engine.fill(out, value));
  }

  identity(n: number, dtype: FloatDType): Tensor {
    checkShape('identity', [n, n]);
    return this.#make([n, n], dtype, (out) => this.#engine.identity(out));
  }

  random(shape: Shape, distribution: Distribution, key: RandomKey, dtype: FloatDType): Tensor {
    checkShape('random', shape);
    return this.#make(shape, dtype, (out) => this.#engine.random(out, distribution, key));
  }

  // --- rearrange ---

  clone(a: Tensor): Tensor {
    return this.reshape(a, a.shape);
  }

  reshape(a: Tensor, shape: Shape, { consume = false }: ReshapeOptions = {}): Tensor {
    const source = this.#flat('reshape', a);
    checkShape('reshape', shape);
    checkLength('reshape', a.size, shape);
    if (consume) return this.#handOver(this.#own('reshape', a), shape);
    return this.#make(shape, a.dtype, (out) => this.#engine.copyRows(source, 0, flatten(out)));
  }

  cast(a: Tensor, dtype: DType): Tensor {
    if (dtype === a.dtype) return this.clone(a);
    const source = this.#flat('cast', a);
    return this.#make(a.shape, dtype, (out) => this.#engine.cast(source, flatten(out)));
  }

  transpose(a: Tensor): Tensor {
    const source = this.#matrix('transpose', a);
    return this.#make([source.columns, source.rows], a.dtype, (out) => this.#engine.transpose(source, out));
  }

  rows(a: Tensor, begin: number, end: number): Tensor {
    const source = this.#matrix('rows', a);
    if (!Number.isInteger(begin) || !Number.isInteger(end) || begin < 0 || end < begin || end > source.rows) {
      throw new ShapeError(
        `rows: ${begin} to ${end} is not a range within the ${source.rows} rows of ${describe(a)}.`,
      );
    }
    return this.#make([end - begin, source.columns], a.dtype, (out) =>
      this.#engine.copyRows(source, begin, out),
    );
  }

  gather(a: Tensor, indices: Tensor): Tensor {
    const source = this.#matrix('gather', a);
    const index = this.#flat('gather', indices);
    const mistake = `gather: indices must be an int32 tensor of rank 1, but is ${describe(indices)}.`;
    if (indices.dtype !== 'int32') throw new DTypeError(mistake);
    if (indices.shape.length !== 1) throw new ShapeError(mistake);
    return this.#make([indices.size, source.columns], a.dtype, (out) =>
      this.#engine.gather(source, index, out),
    );
  }

  concat(parts: readonly Tensor[], axis: 0 | 1): Tensor {
    const first = parts[0];
    if (!first) throw new ShapeError('concat: give at least one matrix.');
    const matrices = parts.map((part) => this.#matrix('concat', part));
    checkSameDType('concat', parts);
    const other = axis === 0 ? 'columns' : 'rows';
    if (matrices.some((m) => m[other] !== matrices[0]?.[other])) {
      throw new ShapeError(
        `concat along axis ${axis}: all parts need equally many ${other}, but they are ${parts.map(describe).join(', ')}.`,
      );
    }
    const rows = axis === 0 ? total(matrices, 'rows') : rowsOf(first.shape);
    const columns = axis === 1 ? total(matrices, 'columns') : columnsOf(first.shape);
    return this.#make([rows, columns], first.dtype, (out) => {
      let offset = 0;
      for (const part of matrices) {
        this.#engine.place(part, out, axis === 0 ? offset : 0, axis === 1 ? offset : 0);
        offset += axis === 0 ? part.rows : part.columns;
      }
    });
  }

  diagonal(a: Tensor): Tensor {
    const source = this.#matrix('diagonal', a);
    checkSquare('diagonal', a);
    return this.#make([source.rows], a.dtype, (out) => this.#engine.diagonal(source, out));
  }

  // --- linear algebra ---

  matmul(a: Tensor, b: Tensor, options: MatmulOptions = {}): Tensor {
    const { transposeA = false, transposeB = false, alpha = 1, beta = 0, out, batches = 1 } = options;
    const [left, right] = [this.#floats('matmul', a), this.#floats('matmul', b)];
    checkSameDType('matmul', [a, b]);
    checkBatches('matmul', batches, [a, b]);
    const [rowsA, rowsB] = [left.rows / batches, right.rows / batches];
    const [m, k] = transposeA ? [left.columns, rowsA] : [rowsA, left.columns];
    const [inner, n] = transposeB ? [right.columns, rowsB] : [rowsB, right.columns];
    if (k !== inner) {
      const each = batches === 1 ? '' : ` (each in ${batches} matrices)`;
      throw new ShapeError(
        `matmul: ${describe(a)}${transposeA ? 'ᵀ' : ''} and ${describe(b)}${transposeB ? 'ᵀ' : ''}${each} do not chain: ${k} columns meet ${inner} rows.`,
      );
    }
    checkBeta('matmul', beta, out);
    const terms = { transposeA, transposeB, alpha, beta };
    return this.#into('matmul', out, [batches * m, n], a.dtype, [a, b], (result) =>
      batches === 1
        ? this.#engine.matmul(left, right, terms, result)
        : this.#engine.matmulBatches(left, right, batches, terms, result),
    );
  }

  gram(a: Tensor, options: GramOptions = {}): Tensor {
    const { transpose = false, alpha = 1, beta = 0, out } = options;
    const source = this.#floats('gram', a);
    const n = transpose ? source.columns : source.rows;
    checkBeta('gram', beta, out);
    return this.#into('gram', out, [n, n], a.dtype, [a], (result) =>
      this.#engine.gram(source, { transpose, alpha, beta }, result),
    );
  }

  async cholesky(a: Tensor, options: CholeskyOptions = {}): Promise<Tensor> {
    const { ridge = 0, overwrite = false } = options;
    this.#floats('cholesky', a);
    checkSquare('cholesky', a);
    const factor = overwrite ? a : this.clone(a);
    try {
      await this.#engine.cholesky(this.#floats('cholesky', factor), ridge);
      return factor;
    } catch (error) {
      if (!overwrite) factor.dispose();
      throw error;
    }
  }

  solveTriangular(l: Tensor, b: Tensor, options: SolveTriangularOptions = {}): Tensor {
    const { transpose = false, overwrite = false } = options;
    const factor = this.#floats('solveTriangular', l);
    const right = this.#floats('solveTriangular', b);
    checkSystem('solveTriangular', l, b);
    if (overwrite) {
      if (l === b) throw new OptionError('overwrite', 'solveTriangular: b must not be the factor itself.');
      this.#engine.solveTriangular(factor, right, transpose);
      return b;
    }
    return this.#make(b.shape, b.dtype, (out) => {
      this.#engine.copyRows(right, 0, out);
      this.#engine.solveTriangular(factor, out, transpose);
    });
  }

  async solvePositiveDefinite(a: Tensor, b: Tensor, options: CholeskyOptions = {}): Promise<Tensor> {
    this.#floats('solvePositiveDefinite', a);
    this.#floats('solvePositiveDefinite', b);
    checkSystem('solvePositiveDefinite', a, b);
    if (options.overwrite && a === b) {
      throw new OptionError(
        'overwrite',
        'solvePositiveDefinite: b must not be the matrix that is overwritten.',
      );
    }
    const factor = await this.cholesky(a, options);
    try {
      const solution = this.solveTriangular(factor, b);
      try {
        return this.solveTriangular(factor, solution, { transpose: true, overwrite: true });
      } catch (error) {
        solution.dispose();
        throw error;
      }
    } finally {
      if (factor !== a) factor.dispose();
    }
  }

  async eigh(a: Tensor): Promise<Eigendecomposition> {
    const source = this.#floats('eigh', a);
    checkSquare('eigh', a);
    const dtype = a.dtype;
    const values = this.#allocate([source.rows], dtype);
    try {
      const vectors = this.#allocate(a.shape, dtype);
      try {
        await this.#engine.eigh(source, this.#view(values), this.#view(vectors));
        return { values, vectors };
      } catch (error) {
        vectors.dispose();
        throw error;
      }
    } catch (error) {
      values.dispose();
      throw error;
    }
  }

  // --- elementwise ---

  map(expression: Expression, inputs: Bindings, options: MapOptions = {}): Tensor {
    const bound = bindInputs('map', expression, inputs, (t) => this.#view(this.#own('map', t)));
    const { out } = options;
    if (out) {
      for (const [index, tensor] of bound.tensors.entries()) {
        if (tensor === out && bound.plan.kinds[index] !== 'full') {
          throw new OptionError('out', 'map: `out` may only be an input that has the full shape.');
        }
      }
    }
    return this.#into('map', out, bound.plan.shape, bound.dtype, [], (result) =>
      this.#engine.map(expression, bound.inputs, {
        ...result,
        rows: bound.plan.rows,
        columns: bound.plan.columns,
      }),
    );
  }

  // --- reductions ---

  sum(a: Tensor, axis: Axis): Tensor {
    return this.#reduce('sum', a, axis);
  }

  mean(a: Tensor, axis: Axis): Tensor {
    return this.#reduce('mean', a, axis);
  }

  max(a: Tensor, axis: Axis): Tensor {
    return this.#reduce('max', a, axis);
  }

  norm(a: Tensor, axis: Axis): Tensor {
    return this.#reduce('norm', a, axis);
  }

  argmax(a: Tensor, axis: 0 | 1): Tensor {
    const source = this.#floats('argmax', a);
    const [kept, reduced] = axis === 0 ? [source.columns, source.rows] : [source.rows, source.columns];
    if (reduced === 0)
      throw new ShapeError(`argmax along axis ${axis}: ${describe(a)} has no entries there.`);
    return this.#make([kept], 'int32', (out) => this.#engine.argmax(source, axis, out));
  }

  // --- geometry ---

  pairwise(x: Tensor, z: Tensor, expression: Expression, options: PairwiseOptions = {}): Tensor {
    const [left, right] = this.#points('pairwise', x, z);
    const { inputs = {}, symmetric = false, out } = options;
    const shape = [left.rows, right.rows];
    if (symmetric && left.rows !== right.rows) {
      throw new ShapeError(`pairwise: [${shape.join(', ')}] cannot be symmetric.`);
    }
    const bound = bindInputs('pairwise', expression, inputs, (t) => this.#view(this.#own('pairwise', t)), {
      given: 'u',
      shape,
      dtype: x.dtype,
    });
    return this.#into('pairwise', out, shape, x.dtype, [x, z, ...bound.tensors], (result) =>
      this.#engine.pairwise(left, right, expression, bound.inputs, symmetric, result),
    );
  }

  powerDistances(x: Tensor, z: Tensor, p: number): Tensor {
    const [left, right] = this.#points('powerDistances', x, z);
    checkPower('powerDistances', p);
    return this.#make([left.rows, right.rows], x.dtype, (out) =>
      this.#engine.powerDistances(left, right, p, out),
    );
  }

  powerDistanceGradients(weights: Tensor, x: Tensor, z: Tensor, p: number): Tensor {
    const name = 'powerDistanceGradients';
    const [left, right] = this.#points(name, x, z);
    const w = this.#floats(name, weights);
    checkPower(name, p);
    checkSameDType(name, [weights, x]);
    if (w.rows !== left.rows || w.columns !== right.rows) {
      throw new ShapeError(
        `${name}: weights must be [${left.rows}, ${right.rows}], but is ${describe(weights)}.`,
      );
    }
    return this.#make(x.shape, x.dtype, (out) => this.#engine.powerDistanceGradients(w, left, right, p, out));
  }

  patches(images: Tensor, options: PatchOptions): Tensor {
    const source = this.#flat('patches', images);
    checkFloat('patches', images);
    const geometry = checkPatches(images, options);
    const rows = geometry.images * geometry.outHeight * geometry.outWidth;
    const columns = geometry.size * geometry.size * geometry.channels;
    return this.#make([rows, columns], images.dtype, (out) => this.#engine.patches(source, geometry, out));
  }

  windowSums(a: Tensor, options: WindowOptions): Tensor {
    const source = this.#floats('windowSums', a);
    const geometry = checkWindows(a, options);
    const rows = geometry.outHeight * geometry.outWidth * geometry.rowsPerPoint;
    return this.#into('windowSums', options.out, [rows, source.columns], a.dtype, [a], (out) =>
      this.#engine.windowSums(source, geometry, out),
    );
  }

  // --- extensions ---

  extension<Operands extends readonly Tensor[], Options, Parameters>(
    key: ExtensionKey<Operands, Options, Parameters>,
  ): Extension<Operands, Options> | undefined {
    const { name } = key;
    type Kernel = ExtensionKernel<readonly Matrix<Buffer>[], Parameters, Buffer>;
    // Key and kernel come from packages that do not know each other: their common name stands for their types.
    const kernel = this.#engine.extensions?.[name] as Kernel | undefined;
    if (!kernel) return undefined;
    return (operands, options) => {
      const matrices = operands.map((operand) => this.#floats(name, operand));
      const [first] = operands;
      if (!first) throw new ShapeError(`${name}: give at least one matrix.`);
      checkSameDType(name, operands);
      const { shape, parameters } = key.prepare(operands, options);
      return this.#make(shape, first.dtype, (out) => kernel(matrices, parameters, out));
    };
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
    this.#engine.close();
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  // --- the common part of all operations ---

  /** New tensor, filled by `run`, freed again if that throws. */
  #make(shape: Shape, dtype: DType, run: (out: Matrix<Buffer>) => void): Tensor {
    const made = this.#allocate(shape, dtype);
    try {
      run(this.#view(made));
      return made;
    } catch (error) {
      made.dispose();
      throw error;
    }
  }

  /** Like #make, but into `out` where it is given; `operands` are those that `out` must not be. */
  #into(
    operation: string,
    out: Tensor | undefined,
    shape: Shape,
    dtype: DType,
    operands: readonly Tensor[],
    run: (out: Matrix<Buffer>) => void,
  ): Tensor {
    if (!out) return this.#make(shape, dtype, run);
    const target = this.#own(operation, out);
    const mistake = `${operation}: \`out\` must be ${dtype} [${shape.join(', ')}], but is ${describe(out)}.`;
    if (!sameShape(out.shape, shape)) throw new ShapeError(mistake);
    if (out.dtype !== dtype) throw new DTypeError(mistake);
    if (operands.includes(out)) throw new OptionError('out', `${operation}: \`out\` must not be an operand.`);
    run(this.#view(target));
    return out;
  }

  #allocate(shape: Shape, dtype: DType): EngineTensor<Buffer> {
    if (this.#disposed) throw new DisposedError(`Backend '${this.name}'`);
    checkNewDType(this.name, this.dtypes, dtype);
    const buffer = this.#engine.allocate(sizeOf(shape), dtype);
    const made = new EngineTensor(this.#owner, buffer, [...shape], dtype);
    this.#live.add(made);
    this.#bytes += made.size * bytesPerElement(dtype);
    this.#peakBytes = Math.max(this.#peakBytes, this.#bytes);
    return made;
  }

  /** A tensor of another shape in the memory of `tensor`, which is disposed. */
  #handOver(tensor: EngineTensor<Buffer>, shape: Shape): EngineTensor<Buffer> {
    this.#live.delete(tensor);
    const made = new EngineTensor(this.#owner, tensor.take(), [...shape], tensor.dtype);
    this.#live.add(made);
    return made;
  }

  #release(tensor: EngineTensor<Buffer>): void {
    this.#live.delete(tensor);
    this.#bytes -= tensor.size * bytesPerElement(tensor.dtype);
    this.#engine.free(tensor.buffer);
  }

  #reduce(kind: Reduction, a: Tensor, axis: Axis): Tensor {
    const source = this.#floats(kind, a);
    const shape = axis === 'all' ? [] : axis === 0 ? [1, source.columns] : [source.rows, 1];
    return this.#make(shape, a.dtype, (out) => this.#engine.reduce(kind, source, axis, out));
  }

  #own(operation: string, tensor: Tensor): EngineTensor<Buffer> {
    if (this.#disposed) throw new DisposedError(`Backend '${this.name}'`);
    if (tensor instanceof EngineTensor && this.#live.has(tensor)) return tensor;
    if (tensor.disposed) throw new DisposedError(`${operation}: a tensor [${tensor.shape.join(', ')}]`);
    throw new BackendMismatchError(operation, this.name, tensor.backend.name);
  }

  #view(tensor: EngineTensor<Buffer>): Matrix<Buffer> {
    return {
      buffer: tensor.buffer,
      dtype: tensor.dtype,
      rows: rowsOf(tensor.shape),
      columns: columnsOf(tensor.shape),
    };
  }

  #flat(operation: string, tensor: Tensor): Matrix<Buffer> {
    return flatten(this.#view(this.#own(operation, tensor)));
  }

  #matrix(operation: string, tensor: Tensor): Matrix<Buffer> {
    const view = this.#view(this.#own(operation, tensor));
    checkMatrix(operation, tensor);
    return view;
  }

  /** A float tensor of rank at most 2. */
  #floats(operation: string, tensor: Tensor): Matrix<Buffer> {
    const view = this.#view(this.#own(operation, tensor));
    checkFloat(operation, tensor);
    checkMatrix(operation, tensor);
    return view;
  }

  #points(operation: string, x: Tensor, z: Tensor): [Matrix<Buffer>, Matrix<Buffer>] {
    const [left, right] = [this.#floats(operation, x), this.#floats(operation, z)];
    checkSameDType(operation, [x, z]);
    if (left.columns !== right.columns) {
      throw new ShapeError(`${operation}: rows of ${describe(x)} and of ${describe(z)} differ in length.`);
    }
    return [left, right];
  }
}

function flatten<Buffer>(matrix: Matrix<Buffer>): Matrix<Buffer> {
  return { ...matrix, rows: 1, columns: matrix.rows * matrix.columns };
}

function total<Buffer>(matrices: readonly Matrix<Buffer>[], axis: 'rows' | 'columns'): number {
  return matrices.reduce((sum, m) => sum + m[axis], 0);
}

function checkBeta(operation: string, beta: number, out: Tensor | undefined): void {
  if (beta !== 0 && !out) {
    throw new OptionError('beta', `${operation}: beta ${beta} needs \`out\`, whose content it multiplies.`);
  }
}

function checkPower(operation: string, p: number): void {
  if (!(p > 0 && p < Number.POSITIVE_INFINITY)) {
    throw new OptionError('p', `${operation}: p must be a positive number, but is ${p}.`);
  }
}

function checkSystem(operation: string, a: Tensor, b: Tensor): void {
  checkSquare(operation, a);
  checkSameDType(operation, [a, b]);
  if (b.shape.length !== 2 || b.shape[0] !== a.shape[0]) {
    throw new ShapeError(
      `${operation}: the right-hand side must be [${a.shape[0]}, columns], but is ${describe(b)}.`,
    );
  }
}
