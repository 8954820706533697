import {
  type Axis,
  bytesPerElement,
  ConvergenceError,
  type Device,
  type Distribution,
  type DType,
  type Expression,
  type FloatDType,
  hostArray,
  NotPositiveDefiniteError,
  type RandomKey,
  randomArray,
  ShapeError,
  type TypedArray,
} from '@agop/core';
import type {
  BoundInput,
  Engine,
  Matrix,
  PatchGeometry,
  ProductTerms,
  Reduction,
  WindowGeometry,
} from '@agop/core/engine';
import type { ElementKernels, FloatKernels, Kernels } from '../generated/kernels.ts';
import { compileExpression, type ExpressionProgram, type InputKind } from './expression-program.ts';
import type { Heap } from './heap.ts';
import { OUTCOME, Part } from './layout.ts';
import { programBytes, writeProgram } from './program-memory.ts';
import { type RecursionGeometry, recursion } from './recursion.ts';
import type { Runtime } from './runtime.ts';

type Buffer = number;
type M = Matrix<Buffer>;

const Reduce = { sum: 0, squares: 1, maximum: 2 } as const;
const Post = { factor: 0, root: 1 } as const;

/** Multiply-adds of a product that is worth timing two small ones before it. */
const LARGE_PRODUCT = 1e7;

/** The WebAssembly engine: every operation is a call of a kernel on addresses of one memory. */
export class WasmEngine implements Engine<Buffer> {
  readonly name = 'wasm';
  readonly device: Device;
  readonly dtypes: readonly FloatDType[] = ['float32', 'float64'];
  readonly preferredDType: FloatDType = 'float32';
  readonly #runtime: Runtime;
  readonly #kernels: Kernels;
  readonly #heap: Heap;
  readonly #functions: Record<FloatDType, Map<number, number>> = { float32: new Map(), float64: new Map() };

  constructor(runtime: Runtime, device: Device) {
    this.#runtime = runtime;
    this.#kernels = runtime.kernels;
    this.#heap = runtime.heap;
    this.device = device;
  }

  // --- memory ---

  allocate(size: number, dtype: DType): Buffer {
    return this.#heap.allocate(size * bytesPerElement(dtype));
  }

  free(buffer: Buffer): void {
    this.#heap.free(buffer);
  }

  write(buffer: Buffer, data: ArrayLike<number>, dtype: DType): void {
    this.#array(buffer, data.length, dtype).set(data);
  }

  async read(buffer: Buffer, size: number, dtype: DType): Promise<TypedArray> {
    const copy = hostArray(dtype, size);
    copy.set(this.#array(buffer, size, dtype));
    return copy;
  }

  close(): void {
    this.#runtime.close();
  }

  // --- make ---

  fill(out: M, value: number): void {
    this.#elements(out).fill(out.buffer, length(out), value);
  }

  identity(out: M): void {
    this.fill(out, 0);
    this.#elements(out).fillStrided(out.buffer, out.columns + 1, out.rows, 1);
  }

  random(out: M, distribution: Distribution, key: RandomKey): void {
    this.write(out.buffer, randomArray(length(out), distribution, key, float(out)), out.dtype);
  }

  // --- rearrange ---

  copyRows(a: M, begin: number, out: M): void {
    const line = a.columns * bytes(a);
    this.#kernels.copyRows(a.buffer + begin * line, 0, out.buffer, 0, length(out) * bytes(out), 1);
  }

  cast(a: M, out: M): void {
    const convert = this.#kernels.cast[a.dtype][out.dtype];
    if (convert) convert(a.buffer, length(a), out.buffer);
    else this.copyRows(a, 0, out);
  }

  transpose(a: M, out: M): void {
    this.#elements(a).transpose(a.buffer, a.rows, a.columns, out.buffer);
  }

  gather(a: M, indices: M, out: M): void {
    const list = this.#array(indices.buffer, length(indices), 'int32');
    const wrong = list.findIndex((index) => index < 0 || index >= a.rows);
    if (wrong >= 0) {
      throw new ShapeError(`gather: index ${list[wrong]} (at ${wrong}) is not one of the ${a.rows} rows.`);
    }
    this.#kernels.gather(a.buffer, a.columns * bytes(a), indices.buffer, list.length, out.buffer);
  }

  place(part: M, out: M, row: number, column: number): void {
    const size = bytes(part);
    const target = out.buffer + (row * out.columns + column) * size;
    const line = part.columns * size;
    this.#kernels.copyRows(part.buffer, line, target, out.columns * size, line, part.rows);
  }

  diagonal(a: M, out: M): void {
    this.#elements(a).copyStrided(a.buffer, a.columns + 1, out.buffer, 1, length(out));
  }

  // --- linear algebra ---

  matmul(a: M, b: M, terms: ProductTerms, out: M): void {
    const k = terms.transposeA ? a.rows : a.columns;
    this.#gemm(a, terms.transposeA, b, terms.transposeB, k, terms.alpha, terms.beta, out, Part.full, 0);
  }

  /** Small products are shared out among the threads, large ones one after the other, each by all threads. */
  matmulBatches(a: M, b: M, batches: number, terms: ProductTerms, out: M): void {
    const kernels = this.#floats(a);
    const part = (m: M, index: number): M => {
      const rows = m.rows / batches;
      return { ...m, rows, buffer: m.buffer + index * rows * m.columns * bytes(m) };
    };
    const [left, m] = [part(a, 0), out.rows / batches];
    const k = terms.transposeA ? left.rows : left.columns;
    if (!kernels.batchFits(m, out.columns, k)) {
      for (let i = 0; i < batches; i++) this.matmul(part(a, i), part(b, i), terms, part(out, i));
      return;
    }
    const [rowA, columnA] = terms.transposeA ? [1, a.columns] : [a.columns, 1];
    const [rowB, columnB] = terms.transposeB ? [1, b.columns] : [b.columns, 1];
    kernels.gemmBatches(
      batches,
      m,
      out.columns,
      k,
      terms.alpha,
      a.buffer,
      rowA,
      columnA,
      b.buffer,
      rowB,
      columnB,
      terms.beta,
      out.buffer,
    );
  }

  gram(
    a: M,
    terms: { readonly transpose: boolean; readonly alpha: number; readonly beta: number },
    out: M,
  ): void {
    const { transpose, alpha, beta } = terms;
    const k = transpose ? a.rows : a.columns;
    this.#gemm(a, transpose, a, !transpose, k, alpha, beta, out, Part.mirror, 0);
  }

  async cholesky(a: M, ridge: number): Promise<void> {
    const failed = this.#floats(a).cholesky(a.rows, a.buffer, ridge);
    if (!failed) return;
    const outcome = new DataView(this.#heap.memory.buffer, OUTCOME, 16);
    throw new NotPositiveDefiniteError(outcome.getInt32(4, true), outcome.getFloat64(8, true), a.rows);
  }

  solveTriangular(l: M, b: M, transpose: boolean): void {
    const { solveLower, solveLowerTransposed } = this.#floats(l);
    const solve = transpose ? solveLowerTransposed : solveLower;
    solve(l.rows, b.columns, l.buffer, l.columns, 1, b.buffer, b.columns, 1);
  }

  /** Computed in float64 whatever the dtype: the casts cost little, and small eigenvalues keep their digits. */
  async eigh(a: M, values: M, vectors: M): Promise<void> {
    const n = a.rows;
    const wide = (matrix: M, own: Buffer): M => ({ ...matrix, dtype: 'float64', buffer: own });
    const inPlace = a.dtype === 'float64';
    const taken: Buffer[] = [];
    const take = (words: number): Buffer => {
      const buffer = this.#heap.allocate(words * 8);
      taken.push(buffer);
      return buffer;
    };
    try {
      const copy = wide(a, take(n * n));
      const wideValues = inPlace ? values : wide(values, take(n));
      const wideVectors = inPlace ? vectors : wide(vectors, take(n * n));
      const memory = take(this.#kernels.eighWords(n));
      this.cast(a, copy);
      if (this.#kernels.eigh(n, copy.buffer, wideValues.buffer, wideVectors.buffer, memory) !== 0) {
        throw new ConvergenceError(
          `The eigenvalues of a [${n}, ${n}] matrix do not converge. Check it for NaN and infinite entries.`,
        );
      }
      if (!inPlace) {
        this.cast(wideValues, values);
        this.cast(wideVectors, vectors);
      }
    } finally {
      for (const buffer of taken) this.#heap.free(buffer);
    }
  }

  // --- elementwise ---

  map(expression: Expression, inputs: readonly BoundInput<Buffer>[], out: M): void {
    const flat = flattened(inputs, out);
    this.#withProgram(expression, flat.inputs, false, float(out), (program, { cost }) => {
      this.#floats(out).map(program, flat.rows, flat.columns, out.buffer, cost);
    });
  }

  // --- reductions ---

  reduce(kind: Reduction, a: M, axis: Axis, out: M): void {
    const { reduceAll, reduceRows, reduceColumns } = this.#floats(a);
    const count = axis === 'all' ? length(a) : axis === 0 ? a.rows : a.columns;
    const operation = kind === 'max' ? Reduce.maximum : kind === 'norm' ? Reduce.squares : Reduce.sum;
    const post = kind === 'norm' ? Post.root : Post.factor;
    const factor = kind === 'mean' ? 1 / count : 1;
    if (kind === 'mean' && count === 0) this.fill(out, Number.NaN);
    else if (axis === 'all') reduceAll(operation, a.buffer, length(a), factor, post, out.buffer);
    else {
      const reduceLines = axis === 0 ? reduceColumns : reduceRows;
      reduceLines(operation, a.buffer, a.rows, a.columns, factor, post, out.buffer);
    }
  }

  argmax(a: M, axis: 0 | 1, out: M): void {
    const { argmaxColumns, argmaxRows } = this.#floats(a);
    const argmax = axis === 0 ? argmaxColumns : argmaxRows;
    argmax(a.buffer, a.rows, a.columns, out.buffer);
  }

  // --- geometry ---

  pairwise(
    x: M,
    z: M,
    expression: Expression,
    inputs: readonly BoundInput<Buffer>[],
    symmetric: boolean,
    out: M,
  ): void {
    const part = symmetric ? Part.mirror : Part.full;
    this.#withProgram(expression, inputs, true, float(x), (program) => {
      this.#gemm(x, false, z, true, x.columns, 1, 0, out, part, program);
    });
  }

  powerDistances(x: M, z: M, p: number, out: M): void {
    this.#floats(x).powerDistances(x.buffer, x.rows, z.buffer, z.rows, x.columns, p, out.buffer);
  }

  powerDistanceGradients(weights: M, x: M, z: M, p: number, out: M): void {
    const { powerDistanceGradients } = this.#floats(x);
    powerDistanceGradients(weights.buffer, x.buffer, x.rows, z.buffer, z.rows, x.columns, p, out.buffer);
  }

  patches(images: M, geometry: PatchGeometry, out: M): void {
    const { height, width, channels, size, stride, padding, outHeight, outWidth } = geometry;
    this.#kernels.patches(
      images.buffer,
      geometry.images,
      height,
      width,
      channels * bytes(images),
      size,
      stride,
      padding,
      outHeight,
      outWidth,
      out.buffer,
    );
  }

  windowSums(a: M, geometry: WindowGeometry, out: M): void {
    const { height, width, size, padding, rowsPerPoint, outHeight, outWidth } = geometry;
    const inner = rowsPerPoint * a.columns;
    const run = this.#floats(a).windowSums;
    run(a.buffer, height, width, inner, size, padding, outHeight, outWidth, out.buffer);
  }

  // --- extensions ---

  readonly extensions = {
    arcCosineRecursion: ([x, z]: readonly [M, M], geometry: RecursionGeometry, out: M): void =>
      recursion(this.#kernels, this.#heap, this.#runtime.threads, x, z, geometry, out),
  };

  // --- parts ---

  #gemm(
    a: M,
    transposeA: boolean,
    b: M,
    transposeB: boolean,
    k: number,
    alpha: number,
    beta: number,
    out: M,
    part: number,
    program: number,
  ): void {
    // On a busy machine the choice of tiles may still be open.
    const { tiles } = this.#runtime;
    if (!tiles.settled && out.rows * out.columns * k > LARGE_PRODUCT) tiles.sample(2);
    const [rowA, columnA] = transposeA ? [1, a.columns] : [a.columns, 1];
    const [rowB, columnB] = transposeB ? [1, b.columns] : [b.columns, 1];
    this.#floats(a).gemm(
      out.rows,
      out.columns,
      k,
      alpha,
      a.buffer,
      rowA,
      columnA,
      b.buffer,
      rowB,
      columnB,
      beta,
      out.buffer,
      out.columns,
      part,
      program,
    );
  }

  /** Compiles an expression, puts its program into memory for the length of `run`. */
  #withProgram(
    expression: Expression,
    inputs: readonly BoundInput<Buffer>[],
    product: boolean,
    dtype: FloatDType,
    run: (address: number, program: ExpressionProgram) => void,
  ): void {
    const kinds: Record<string, InputKind> = Object.fromEntries(
      inputs.map((input) => [input.name, input.kind]),
    );
    if (product) kinds['u'] = 'product';
    const program = compileExpression(expression, kinds);
    const address = this.#heap.allocate(programBytes(program));
    try {
      writeProgram(this.#heap.memory.buffer, address, program, {
        elementBytes: bytesPerElement(dtype),
        inputs: new Map(inputs.map((input) => [input.name, input])),
        functionOf: (number) => this.#functionOf(number, dtype),
      });
      run(address, program);
    } finally {
      this.#heap.free(address);
    }
  }

  #functionOf(number: number, dtype: FloatDType): number {
    const known = this.#functions[dtype].get(number);
    if (known !== undefined) return known;
    const index = this.#kernels[dtype].instruction(number);
    this.#functions[dtype].set(number, index);
    return index;
  }

  #elements({ dtype }: M): ElementKernels {
    return this.#kernels[dtype];
  }

  #floats(matrix: M): FloatKernels {
    return this.#kernels[float(matrix)];
  }

  /** A view of the memory as it is now: growing makes old views useless. */
  #array(buffer: Buffer, size: number, dtype: DType): TypedArray {
    const { memory } = this.#heap;
    if (dtype === 'float64') return new Float64Array(memory.buffer, buffer, size);
    if (dtype === 'float32') return new Float32Array(memory.buffer, buffer, size);
    return new Int32Array(memory.buffer, buffer, size);
  }
}

function length({ rows, columns }: M): number {
  return rows * columns;
}

function bytes({ dtype }: M): 4 | 8 {
  return bytesPerElement(dtype);
}

function float({ dtype }: M): FloatDType {
  return dtype === 'float32' ? 'float32' : 'float64';
}

/** Where no input is a row or column, the matrix is one long row; a single column is a row: long strips instead of short ones. */
function flattened(
  inputs: readonly BoundInput<Buffer>[],
  out: M,
): { inputs: readonly BoundInput<Buffer>[]; rows: number; columns: number } {
  const broadcast = inputs.some(({ kind }) => kind === 'row' || kind === 'column');
  if (broadcast && out.columns > 1) return { inputs, rows: out.rows, columns: out.columns };
  const flat = inputs.map((input): BoundInput<Buffer> => {
    if (input.kind === 'column') return { ...input, kind: 'full' };
    return input.kind === 'row' ? { ...input, kind: 'single' } : input;
  });
  return { inputs: flat, rows: 1, columns: length(out) };
}
