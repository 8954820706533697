import type { Axis, Device, PatchOptions, WindowOptions } from '../backend.ts';
import type { DType, FloatDType, TypedArray } from '../dtype.ts';
import type { Expression } from '../expression/expression.ts';
import type { Matrix } from '../matrix.ts';
import type { Distribution, RandomKey } from '../random/distributions.ts';

/** One input of an expression, ready to be read for element (i, j) of the result. */
export type BoundInput<Buffer> =
  | { readonly name: string; readonly kind: 'number'; readonly value: number }
  | {
      readonly name: string;
      /** Indexed by (i, j), by j, by i, or by nothing. */
      readonly kind: 'full' | 'row' | 'column' | 'single';
      readonly matrix: Matrix<Buffer>;
    };

/** Factors of a product, with all defaults filled in. */
interface Factors {
  /** Factor of the product. */
  readonly alpha: number;
  /** With 0 the old content of the result must not be read. */
  readonly beta: number;
}

/** Factors and transposes of a product. */
export interface ProductTerms extends Factors {
  /** Whether the left factor is Aᵀ. */
  readonly transposeA: boolean;
  /** Whether the right factor is Bᵀ. */
  readonly transposeB: boolean;
}

/** Factors of a Gram matrix, and whether it is Aᵀ A. */
export interface GramTerms extends Factors {
  /** Aᵀ A instead of A Aᵀ. */
  readonly transpose: boolean;
}

/** Sizes of `patches`, with all defaults filled in. */
export interface PatchGeometry extends Required<PatchOptions> {
  /** Number of images. */
  readonly images: number;
  /** Pixels of an image from top to bottom. */
  readonly height: number;
  /** Pixels of an image from left to right. */
  readonly width: number;
  /** Values of a pixel. */
  readonly channels: number;
  /** Patches of an image from top to bottom. */
  readonly outHeight: number;
  /** Patches of an image from left to right. */
  readonly outWidth: number;
}

/** Sizes of `windowSums`, with all defaults filled in. */
export interface WindowGeometry extends Required<Omit<WindowOptions, 'out'>> {
  /** Rows of the matrix that belong to one point of the grid. */
  readonly rowsPerPoint: number;
  /** Windows from top to bottom. */
  readonly outHeight: number;
  /** Windows from left to right. */
  readonly outWidth: number;
}

/** The kernel of an extension: what `ExtensionKey` of `@agop/core` declares, on matrices. */
export type ExtensionKernel<Operands, Parameters, Buffer> = (
  operands: Operands,
  parameters: Parameters,
  out: Matrix<Buffer>,
) => void;

/**
 * What every engine has to provide: memory, and the seven kernels that the others can be composed of.
 *
 * They are those that nothing else gives: a copy (`copyRows`), elements in another order (`gather`) and at
 * another place (`place`), another dtype (`cast`), sums of products (`matmul`), a function of elements
 * (`map`), and a sum or maximum along an axis (`reduce`). What needs the values themselves goes through the
 * host by `read` and `write`.
 *
 * @typeParam Buffer what the engine calls a piece of its memory: an address, an array, a tf.Tensor box, a
 * device pointer
 */
export interface EssentialEngine<Buffer> {
  /** Name of the backend, for messages. */
  readonly name: string;
  /** What it runs on. */
  readonly device: Device;
  /** The float dtypes that it computes in. */
  readonly dtypes: readonly FloatDType[];
  /** The one of them that is taken where nobody asks for another. */
  readonly preferredDType: FloatDType;

  // --- memory ---
  /** Memory for `size` elements. Throws `OutOfMemoryError` and stays usable when there is none. */
  allocate(size: number, dtype: DType): Buffer;
  /** Kernels that were called before may still use the memory. */
  free(buffer: Buffer): void;
  /** Copies host data into a buffer, converting to `dtype`. */
  write(buffer: Buffer, data: ArrayLike<number>, dtype: DType): void;
  /** Copies a buffer to the host, after all kernels enqueued before. */
  read(buffer: Buffer, size: number, dtype: DType): Promise<TypedArray>;
  /** Ends threads and frees all memory. */
  close(): void;

  // --- rearrange (any dtype) ---
  /** out = a's rows from `begin` on, as many as out has. */
  copyRows(a: Matrix<Buffer>, begin: number, out: Matrix<Buffer>): void;
  /** out = a in the dtype of out, which is another one; to int32 truncates towards zero. */
  cast(a: Matrix<Buffer>, out: Matrix<Buffer>): void;
  /**
   * out row i = a row indices[i]; indices is one row of int32. Throws ShapeError for an index out of range
   * where it can tell.
   */
  gather(a: Matrix<Buffer>, indices: Matrix<Buffer>, out: Matrix<Buffer>): void;
  /** Copies `part` into out with its first element at (row, column); the rest of out stays. */
  place(part: Matrix<Buffer>, out: Matrix<Buffer>, row: number, column: number): void;

  // --- compute (floats of one dtype) ---
  /** out = alpha op(A) op(B) + beta out; alpha times nothing is 0. */
  matmul(a: Matrix<Buffer>, b: Matrix<Buffer>, terms: ProductTerms, out: Matrix<Buffer>): void;
  /** out_ij = e(inputs at (i, j)). out may be the memory of an input of kind 'full'. */
  map(expression: Expression, inputs: readonly BoundInput<Buffer>[], out: Matrix<Buffer>): void;
  /** out: [1, columns], [rows, 1] or [1, 1] by the axis. Of nothing, the sum is 0, the maximum −∞. */
  reduce(kind: 'sum' | 'max', a: Matrix<Buffer>, axis: Axis, out: Matrix<Buffer>): void;

  // --- extensions ---
  /** Kernels of extensions by name; what the key of that name gives them is agreed between their authors. */
  readonly extensions?: Readonly<Record<string, ExtensionKernel<never, never, Buffer>>>;
}

/** Kernels that are composed of the essential ones (in `derived`) where an engine does not have its own. */
export interface DerivedKernels<Buffer> {
  // --- make ---
  /** All elements of out = value. */
  fill(out: Matrix<Buffer>, value: number): void;
  /** out = I. */
  identity(out: Matrix<Buffer>): void;
  /** As `randomArray` of `@agop/core` defines it. */
  random(out: Matrix<Buffer>, distribution: Distribution, key: RandomKey): void;

  // --- rearrange (any dtype) ---
  /** out = aᵀ. */
  transpose(a: Matrix<Buffer>, out: Matrix<Buffer>): void;
  /** out = diagonal of a, one row. */
  diagonal(a: Matrix<Buffer>, out: Matrix<Buffer>): void;
  /** images: a matrix of one row that holds [n, height, width, channels]. */
  patches(images: Matrix<Buffer>, geometry: PatchGeometry, out: Matrix<Buffer>): void;

  // --- linear algebra ---
  /** As `matmul` for `batches` (from 2) matrices below each other, which divides the rows of a, b and out. */
  matmulBatches(
    a: Matrix<Buffer>,
    b: Matrix<Buffer>,
    batches: number,
    terms: ProductTerms,
    out: Matrix<Buffer>,
  ): void;
  /** out = alpha A Aᵀ (or Aᵀ A) + beta out, exactly symmetric. */
  gram(a: Matrix<Buffer>, terms: GramTerms, out: Matrix<Buffer>): void;
  /** In place: a = lower factor of a + ridge I, zeros above. Rejects with NotPositiveDefiniteError. */
  cholesky(a: Matrix<Buffer>, ridge: number): Promise<void>;
  /** In place: b = L⁻¹ b or L⁻ᵀ b. */
  solveTriangular(l: Matrix<Buffer>, b: Matrix<Buffer>, transpose: boolean): void;
  /** values: one row, ascending; vectors: columns. `a` is not changed. Rejects with ConvergenceError. */
  eigh(a: Matrix<Buffer>, values: Matrix<Buffer>, vectors: Matrix<Buffer>): Promise<void>;

  // --- reductions ---
  /** As `reduce`; NaN for nothing. */
  mean(a: Matrix<Buffer>, axis: Axis, out: Matrix<Buffer>): void;
  /** As `reduce`: the root of the sum of squares. */
  norm(a: Matrix<Buffer>, axis: Axis, out: Matrix<Buffer>): void;
  /** out: one row of int32. */
  argmax(a: Matrix<Buffer>, axis: 0 | 1, out: Matrix<Buffer>): void;

  // --- geometry ---
  /** `u` of the expression is x_i · z_j; it is not among `inputs`. */
  pairwise(
    x: Matrix<Buffer>,
    z: Matrix<Buffer>,
    expression: Expression,
    inputs: readonly BoundInput<Buffer>[],
    symmetric: boolean,
    out: Matrix<Buffer>,
  ): void;
  /** out_ij = Σ_k |x_ik − z_jk|^p, p above 0. */
  powerDistances(x: Matrix<Buffer>, z: Matrix<Buffer>, p: number, out: Matrix<Buffer>): void;
  /** out_ik = Σ_j w_ij |x_ik − z_jk|^(p−1) sign(x_ik − z_jk). */
  powerDistanceGradients(
    weights: Matrix<Buffer>,
    x: Matrix<Buffer>,
    z: Matrix<Buffer>,
    p: number,
    out: Matrix<Buffer>,
  ): void;
  /** Sums over the windows of a grid, as `windowSums` of the contract has them. */
  windowSums(a: Matrix<Buffer>, geometry: WindowGeometry, out: Matrix<Buffer>): void;
}

/**
 * What a new backend is made of: memory and essential kernels on matrices whose shapes, dtypes and aliasing
 * have been checked, and its own versions of those derived kernels that it is faster with. `createBackend`
 * turns it into a `Backend`.
 *
 * It is a plain object: its functions are taken out of it, so they do not use `this`.
 *
 * Kernels write every element of `out`, whose memory may hold anything before. Any size may be 0. `out`
 * shares memory with no operand except where said. Kernels may run later, in the order of the calls.
 */
export type Engine<Buffer> = EssentialEngine<Buffer> & Partial<DerivedKernels<Buffer>>;

/** An engine with all kernels, its own or composed ones. */
export type CompleteEngine<Buffer> = EssentialEngine<Buffer> & DerivedKernels<Buffer>;
