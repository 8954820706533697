import type { DType, FloatDType, Shape, TypedArrayOf } from './dtype.ts';
import type { Expression } from './expression/expression.ts';
import type { Distribution, RandomKey } from './random/distributions.ts';

// So that programs compile that do not have `lib: ["esnext.disposable"]`; where they do, both say the same.
declare global {
  interface SymbolConstructor {
    readonly dispose: unique symbol;
  }
  interface Disposable {
    [Symbol.dispose](): void;
  }
}

/**
 * An opaque handle to a dense row-major array that lives in a backend.
 *
 * A tensor owns its memory: nothing else refers to it, and it ends with `dispose()` (or at the end of a
 * `using` block, or of the {@link Scope} that tracks it). Operations return at once, possibly before the
 * elements are computed; {@link Tensor.read} waits.
 *
 * @typeParam D the dtype, where the compiler knows it: of `backend.tensor(data, shape, 'float32')`, and of
 *   what is computed from it
 */
export interface Tensor<D extends DType = DType> {
  /** Sizes per axis; `[]` for a scalar. */
  readonly shape: Shape;
  /** Type of the elements. */
  readonly dtype: D;
  /** The backend it lives in. */
  readonly backend: Backend;
  /** Number of elements. */
  readonly size: number;
  /** Whether its memory is gone. */
  readonly disposed: boolean;
  /**
   * Copies the elements to the host, row-major: a Float32Array, Float64Array or Int32Array as `dtype` says.
   * It waits for what was called before, and rejects where the elements could not be computed.
   * @throws {DisposedError} after `dispose()`
   * @throws {OutOfMemoryError} where there was no memory for it, or for what it comes from
   * @throws {DeviceError} where the device is lost or reports a failure
   */
  read(): Promise<TypedArrayOf[D]>;
  /** Frees the memory. Calling it again does nothing. */
  dispose(): void;
  /** The same at the end of a `using` block. */
  [Symbol.dispose](): void;
}

/** The memory in which a backend keeps its tensors, for programs that choose sizes by it. */
export interface DeviceMemory {
  /** `host`: the program's own, which its arrays need as well. `device`: one apart from it, as GPUs have. */
  readonly space: 'host' | 'device';
  /** Most bytes that all tensors of the backend can occupy; left out where that is not known. */
  readonly limit?: number;
  /** Most bytes of one tensor, where that is less than all may have together. */
  readonly tensorLimit?: number;
  /** Bytes of a device that no process used when the backend was made; left out where that is not known. */
  readonly free?: number;
}

/** What a backend runs on: for people `description` and `details`, for programs the rest. */
export interface Device {
  /** Name of the engine: 'wasm', 'naive', 'tfjs-wasm', 'cuda', ... */
  readonly engine: string;
  /** One line for people, e.g. `WebAssembly, 2 threads, relaxed SIMD fused to 256 bits`. */
  readonly description: string;
  /** Where tensors are, and how much room there is. */
  readonly memory: DeviceMemory;
  /**
   * How many times faster it multiplies float32 matrices than float64 ones, where programs that can do with
   * float32 should know: 1 where float64 is as fast. Left out where it is about 2, as on processors.
   */
  readonly float32Speedup?: number;
  /**
   * Bytes of the cache that all its cores share, for programs that cut their work so that intermediate
   * results stay there. Left out where that makes no difference.
   */
  readonly cacheBytes?: number;
  /** Engine-specific facts (threads, simd, sharedMemory, versions, ...), for people and logs. */
  readonly details: Readonly<Record<string, string | number | boolean>>;
}

/** The backend's own accounting. */
export interface MemoryInfo {
  /** Live tensors. */
  readonly tensors: number;
  /** Bytes that live tensors occupy. */
  readonly bytes: number;
  /** Largest `bytes` since the backend was made or since the last `resetPeak()`. */
  readonly peakBytes: number;
}

/** Along which axis a matrix is reduced: 0 gives [1, columns], 1 gives [rows, 1], 'all' gives []. */
export type Axis = 0 | 1 | 'all';

/** Values bound to an expression's inputs: tensors (broadcast, see {@link Backend.map}) or numbers. */
export type Bindings<D extends DType = DType> = Readonly<Record<string, Tensor<D> | number>>;

/** Host data of a new tensor. */
export type HostData = ArrayLike<number>;

/** Options of {@link Backend.reshape}. */
export interface ReshapeOptions {
  /** Hand the memory of `a` over to the result instead of copying it; `a` is disposed. Default false. */
  readonly consume?: boolean;
}

/** Options of {@link Backend.matmul}. */
export interface MatmulOptions {
  /** Use Aᵀ. Default false. */
  readonly transposeA?: boolean;
  /** Use Bᵀ. Default false. */
  readonly transposeB?: boolean;
  /** Factor of the product. Default 1. */
  readonly alpha?: number;
  /** Factor of what `out` holds; needs `out` unless 0, which ignores the old content, even NaN. Default 0. */
  readonly beta?: number;
  /** Tensor to write into; returned. Must not be `a` or `b`. */
  readonly out?: Tensor;
  /**
   * Number of products: A, B and the result each consist of so many matrices of equal size below each other,
   * and matrix t of the result is the product of matrices t of A and B (transposed one by one). Divides the
   * rows of A and B. Default 1.
   */
  readonly batches?: number;
}

/** Options of {@link Backend.gram}. */
export interface GramOptions {
  /** AᵀA [columns, columns] instead of AAᵀ [rows, rows]. Default false. */
  readonly transpose?: boolean;
  /** Factor of the product. Default 1. */
  readonly alpha?: number;
  /** Factor of what `out` (symmetric) holds; needs `out` unless 0. Default 0. */
  readonly beta?: number;
  /** Tensor to write into; returned. Must not be `a`. */
  readonly out?: Tensor;
}

/** Options of {@link Backend.cholesky} and {@link Backend.solvePositiveDefinite}. */
export interface CholeskyOptions {
  /** Added to the diagonal before factorising. Default 0. */
  readonly ridge?: number;
  /** Reuse the memory of `a`: the result is `a`; after a failure its content is undefined. Default false. */
  readonly overwrite?: boolean;
}

/** Options of {@link Backend.solveTriangular}. */
export interface SolveTriangularOptions {
  /** Solve Lᵀ X = B instead of L X = B. Default false. */
  readonly transpose?: boolean;
  /** Reuse the memory of `b`: the result is `b` itself. Default false. */
  readonly overwrite?: boolean;
}

/** Options of {@link Backend.pairwise}. */
export interface PairwiseOptions {
  /** Values of the expression's inputs other than `u`. Default none. */
  readonly inputs?: Bindings;
  /** The result is known to be symmetric: half of it may be computed and mirrored. Default false. */
  readonly symmetric?: boolean;
  /** Tensor to write into; returned. Must not be an operand or input. */
  readonly out?: Tensor;
}

/** Options of {@link Backend.map}. */
export interface MapOptions {
  /** Tensor to write into; returned. May be one of the inputs that has the full shape. */
  readonly out?: Tensor;
}

/** Options of {@link Backend.patches}. */
export interface PatchOptions {
  /** Height and width of a patch. */
  readonly size: number;
  /** Step between patches. Default 1. */
  readonly stride?: number;
  /** Rows and columns of zeros around each image. Default 0. */
  readonly padding?: number;
}

/** Options of {@link Backend.windowSums}. */
export interface WindowOptions {
  /** Rows of the grid. */
  readonly height: number;
  /** Columns of the grid. */
  readonly width: number;
  /** Height and width of a window. */
  readonly size: number;
  /** Rows and columns of zeros around the grid. Default 0. */
  readonly padding?: number;
  /** Tensor to write into; returned. Must not be the operand. */
  readonly out?: Tensor;
}

/**
 * An operation beyond this contract, as the package declares it that needs it: the fused kernel of one
 * algorithm. Engines that have one offer it under the same name; neither package knows the other. It takes
 * float matrices of one dtype and makes one tensor of that dtype.
 *
 * @typeParam Operands the tuple of tensors it takes
 * @typeParam Options what callers say, defaults left out
 * @typeParam Parameters what kernels are told: plain data
 */
export interface ExtensionKey<Operands extends readonly Tensor[], Options, Parameters> {
  /** What engines offer the kernel under. A change of what it is given, or gives, takes a new name. */
  readonly name: string;
  /**
   * Checks the options, and that the operands fit; that they are floats of one dtype, of rank 2 at most, has
   * been checked.
   *
   * @returns the shape of the result, and the parameters of the kernel
   */
  prepare(operands: Operands, options: Options): { readonly shape: Shape; readonly parameters: Parameters };
}

/** An extension that a backend has: it checks its operands like any operation, and makes a new tensor. */
export type Extension<Operands extends readonly Tensor[], Options> = (
  operands: Operands,
  options: Options,
) => Tensor;

/** Eigenvalues, ascending, and eigenvectors as columns: A = vectors · diag(values) · vectorsᵀ. */
export interface Eigendecomposition<D extends DType = DType> {
  /** [n] */
  readonly values: Tensor<D>;
  /** [n, n]; column k belongs to values[k] */
  readonly vectors: Tensor<D>;
}

/**
 * The whole contract between algorithms and hardware: dense linear algebra, fused elementwise work, a few
 * reductions, and geometry. To write one, implement `Engine` of `@agop/core/engine` and give it to
 * `createBackend`, which checks operands and owns tensors; `@agop/conformance` proves it.
 *
 * Rules that hold for every operation:
 * - Results are new tensors owned by the caller, unless `out` or `overwrite` is given: then that tensor
 *   itself is returned. Operands stay the caller's, except that of `reshape` with `consume`, which is
 *   disposed.
 * - Float operands of one operation share their dtype; the result has it too.
 * - Axes may have length 0. Matrices have rank 2.
 * - Operations enqueue and return at once. Only `read()` and the decompositions (`cholesky`,
 *   `solvePositiveDefinite`, `eigh`) are asynchronous: their failures depend on values and surface as
 *   rejections of their promise.
 * - Operands may be disposed as soon as an operation has returned; those of a decomposition when its promise
 *   has settled. A `read()` that has begun completes even if its tensor is disposed meanwhile.
 * - NaN and infinity pass through as IEEE arithmetic has it: 0 * NaN is NaN, nothing is skipped for being 0,
 *   and comparisons and maxima see them, whatever the language of a device allows its compiler. Which NaN
 *   comes is open. Numbers below the least normal one may become 0.
 * - The same call with the same operands gives the same bits.
 * - A failed operation leaves no tensor behind.
 * - Every operation throws {@link ShapeError}, {@link DTypeError}, {@link OptionError},
 *   {@link DisposedError}, {@link BackendMismatchError} for operands that do not fit, at the call; and
 *   {@link OutOfMemoryError} when memory runs out.
 * - A device that works behind may learn only later that it has no memory, or that it has failed. Then
 *   `read()` of what could not be computed, and of what was computed from it, rejects, with
 *   {@link OutOfMemoryError} or {@link DeviceError}; so does its decomposition, and everything else goes on.
 *   After the loss of its device every operation fails with {@link DeviceError}: a new backend is needed.
 */
export interface Backend {
  /** Name of the engine: 'wasm', 'naive', 'tfjs-wasm', 'cuda', ... */
  readonly name: string;
  readonly device: Device;
  /** Float dtypes it computes in. */
  readonly dtypes: readonly FloatDType[];
  /** The dtype it is fastest in, for algorithms that can work in either. */
  readonly preferredDType: FloatDType;

  // --- make ---
  /** Tensor from host data, row-major. The data is copied. */
  tensor<D extends DType>(data: HostData, shape: Shape, dtype: D): Tensor<D>;
  /** Tensor with one value everywhere. */
  full<D extends DType>(shape: Shape, value: number, dtype: D): Tensor<D>;
  /** Identity matrix [n, n]. */
  identity<D extends FloatDType>(n: number, dtype: D): Tensor<D>;
  /**
   * Random tensor; the same key gives the same numbers on every backend, bit for bit (Philox 4x32-10). Where
   * a device's functions round in another way than those of the host, the host makes them.
   */
  random<D extends FloatDType>(shape: Shape, distribution: Distribution, key: RandomKey, dtype: D): Tensor<D>;

  // --- rearrange ---
  /** Copy. */
  clone<D extends DType>(a: Tensor<D>): Tensor<D>;
  /** Same elements in a new shape: copied, or with `consume` in the memory of `a`, which is disposed. */
  reshape<D extends DType>(a: Tensor<D>, shape: Shape, options?: ReshapeOptions): Tensor<D>;
  /** Same elements in another dtype; to int32 truncates towards zero. */
  cast<D extends DType>(a: Tensor, dtype: D): Tensor<D>;
  /** Matrix [m, n] to [n, m]. */
  transpose<D extends DType>(a: Tensor<D>): Tensor<D>;
  /** Rows `begin` (included) to `end` (excluded) of a matrix, copied. */
  rows<D extends DType>(a: Tensor<D>, begin: number, end: number): Tensor<D>;
  /**
   * Rows of a matrix by index, int32 [k], each in range: [k, n]. A list that came from the host, or a copy of
   * one, is checked at the call. One that was computed is looked at by backends that can do so without
   * waiting; on others a row whose index is out of range is NaN (of int32: 0). No memory beyond A is read.
   * @throws {ShapeError} for an index that is known to be out of range
   */
  gather<D extends DType>(a: Tensor<D>, indices: Tensor): Tensor<D>;
  /** Matrices joined along axis 0 (below each other) or 1 (side by side). At least one. */
  concat<D extends DType>(parts: readonly Tensor<D>[], axis: 0 | 1): Tensor<D>;
  /** Diagonal of a square matrix, [n]. */
  diagonal<D extends DType>(a: Tensor<D>): Tensor<D>;

  // --- linear algebra ---
  /** alpha · op(A) · op(B) + beta · out, [m, n]; with `batches` many products at once, [batches · m, n]. */
  matmul<D extends DType>(a: Tensor<D>, b: Tensor<D>, options?: MatmulOptions): Tensor<D>;
  /** alpha · A Aᵀ (or Aᵀ A) + beta · out: symmetric, exactly, at half the cost of `matmul`. */
  gram<D extends DType>(a: Tensor<D>, options?: GramOptions): Tensor<D>;
  /**
   * Lower Cholesky factor L of A + ridge · I, A symmetric [n, n] of which only the lower triangle is read.
   * The strict upper triangle of L is zero. Rejects with {@link NotPositiveDefiniteError}, which carries the
   * pivot.
   */
  cholesky<D extends DType>(a: Tensor<D>, options?: CholeskyOptions): Promise<Tensor<D>>;
  /** X with L X = B (or Lᵀ X = B); L lower triangular [n, n], its upper triangle not read; B [n, k]. */
  solveTriangular<D extends DType>(l: Tensor<D>, b: Tensor<D>, options?: SolveTriangularOptions): Tensor<D>;
  /**
   * X with (A + ridge · I) X = B by Cholesky; A symmetric positive definite [n, n], B [n, k]. With
   * `overwrite`, A's memory holds the factor afterwards. Rejects with {@link NotPositiveDefiniteError}.
   */
  solvePositiveDefinite<D extends DType>(
    a: Tensor<D>,
    b: Tensor<D>,
    options?: CholeskyOptions,
  ): Promise<Tensor<D>>;
  /**
   * Eigendecomposition of a symmetric matrix [n, n] of which only the lower triangle is read. The sign of
   * each eigenvector is free. Rejects with {@link ConvergenceError} (which includes NaN input).
   */
  eigh<D extends DType>(a: Tensor<D>): Promise<Eigendecomposition<D>>;

  // --- elementwise ---
  /**
   * Evaluates an expression elementwise. Inputs are numbers or tensors of one dtype; rank-0 to rank-2 tensors
   * broadcast as matrices: [] and [1, 1] to all elements, [n] and [1, n] along rows, [m, 1] along columns.
   * The result has the broadcast shape (that of highest rank among the inputs). At least one input must be a
   * tensor. Tensors of rank above 2 must all have the same shape.
   */
  map<D extends DType>(expression: Expression, inputs: Bindings<D>, options?: MapOptions): Tensor<D>;

  // --- reductions (matrices; rank 0 and 1 count as one row) ---
  /** Sums; 0 for an empty axis. */
  sum<D extends DType>(a: Tensor<D>, axis: Axis): Tensor<D>;
  /** Means; NaN for an empty axis. */
  mean<D extends DType>(a: Tensor<D>, axis: Axis): Tensor<D>;
  /** Largest entries; NaN if any entry is NaN; -Infinity for an empty axis. */
  max<D extends DType>(a: Tensor<D>, axis: Axis): Tensor<D>;
  /**
   * Index of the first largest entry (int32), per column (axis 0, [columns]) or per row (axis 1, [rows]). The
   * axis must not be empty. Which index comes where there are NaN is not specified.
   */
  argmax(a: Tensor, axis: 0 | 1): Tensor<'int32'>;
  /** Euclidean (Frobenius) norms: the root of the sum of squares. */
  norm<D extends DType>(a: Tensor<D>, axis: Axis): Tensor<D>;

  // --- geometry ---
  /**
   * An expression of inner products: out[i, j] = e(u = x_i · z_j, inputs) for rows x_i of X [n, d] and z_j of
   * Z [m, d]; other inputs broadcast against [n, m] as in `map`. The product is never stored apart from the
   * result: fused where possible.
   */
  pairwise<D extends DType>(
    x: Tensor<D>,
    z: Tensor<D>,
    expression: Expression,
    options?: PairwiseOptions,
  ): Tensor<D>;
  /** Σ_k |x_ik − z_jk|^p for rows of X [n, d] and Z [m, d], p > 0: [n, m]. */
  powerDistances<D extends DType>(x: Tensor<D>, z: Tensor<D>, p: number): Tensor<D>;
  /**
   * Half of the gradient of a function of {@link Backend.powerDistances}: out[i, k] = Σ_j w_ij |x_ik −
   * z_jk|^(p−1) sign(x_ik − z_jk), terms with x_ik = z_jk being 0; W [n, m], result [n, d].
   */
  powerDistanceGradients<D extends DType>(
    weights: Tensor<D>,
    x: Tensor<D>,
    z: Tensor<D>,
    p: number,
  ): Tensor<D>;
  /**
   * Image patches as rows: images [n, height, width, channels] to [n · outHeight · outWidth, size · size ·
   * channels], rows ordered by (image, row, column), entries by (row, column, channel).
   */
  patches<D extends DType>(images: Tensor<D>, options: PatchOptions): Tensor<D>;
  /**
   * Sums over the windows of a grid (a convolution with ones). The rows of A [height · width · k, n] are the
   * grid's points, row by row, k rows of the matrix each; the result [outHeight · outWidth · k, n] has for
   * each position of a window the sum of the points in it, with outHeight = height + 2 padding - size + 1 and
   * outWidth alike. The transposed operation is that with padding size - 1 - padding on the result's grid.
   */
  windowSums<D extends DType>(a: Tensor<D>, options: WindowOptions): Tensor<D>;

  // --- extensions ---
  /** The operation of another package, where the engine has it; undefined where it has not. */
  extension<Operands extends readonly Tensor[], Options, Parameters>(
    key: ExtensionKey<Operands, Options, Parameters>,
  ): Extension<Operands, Options> | undefined;

  // --- life ---
  /** Live tensors and bytes now, and the peak. */
  memory(): MemoryInfo;
  /** Starts a new peak at the present use. */
  resetPeak(): void;
  /** Frees every tensor and ends threads. The backend and its tensors are unusable afterwards. */
  dispose(): void;
  [Symbol.dispose](): void;
}

/** Operations whose result is tensors. */
type TensorOperation = Exclude<
  keyof Backend,
  | keyof Pick<
      Backend,
      'name' | 'device' | 'dtypes' | 'preferredDType' | 'extension' | 'memory' | 'resetPeak' | 'dispose'
    >
  | typeof Symbol.dispose
>;

/** The new tensors of each operation, which the caller owns, from its result and its arguments. */
export const newTensors: {
  readonly [Name in TensorOperation]: (
    result: Awaited<ReturnType<Backend[Name]>>,
    args: Parameters<Backend[Name]>,
  ) => readonly Tensor[];
} = {
  tensor: (result) => [result],
  full: (result) => [result],
  identity: (result) => [result],
  random: (result) => [result],
  clone: (result) => [result],
  reshape: (result) => [result],
  cast: (result) => [result],
  transpose: (result) => [result],
  rows: (result) => [result],
  gather: (result) => [result],
  concat: (result) => [result],
  diagonal: (result) => [result],
  matmul: (result, [, , options]) => (options?.out ? [] : [result]),
  gram: (result, [, options]) => (options?.out ? [] : [result]),
  cholesky: (result, [, options]) => (options?.overwrite ? [] : [result]),
  solveTriangular: (result, [, , options]) => (options?.overwrite ? [] : [result]),
  solvePositiveDefinite: (result) => [result],
  eigh: ({ values, vectors }) => [values, vectors],
  map: (result, [, , options]) => (options?.out ? [] : [result]),
  sum: (result) => [result],
  mean: (result) => [result],
  max: (result) => [result],
  argmax: (result) => [result],
  norm: (result) => [result],
  pairwise: (result, [, , , options]) => (options?.out ? [] : [result]),
  powerDistances: (result) => [result],
  powerDistanceGradients: (result) => [result],
  patches: (result) => [result],
  windowSums: (result, [, options]) => (options.out ? [] : [result]),
};
