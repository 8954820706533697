import type { Axis, Device, PatchOptions, WindowOptions } from '../backend.ts';
import type { DType, FloatDType, TypedArray } from '../dtype.ts';
import type { Expression } from '../expression/expression.ts';
import type { Matrix } from '../matrix.ts';
import type { Distribution, RandomKey } from '../random/distributions.ts';

/** One input of an expression, ready to be read for element (i, j) of the result. */
export type BoundInput<B> =
  | { readonly name: string; readonly kind: 'number'; readonly value: number }
  | {
      readonly name: string;
      /** Indexed by (i, j), by j, by i, or by nothing. */
      readonly kind: 'full' | 'row' | 'column' | 'single';
      readonly matrix: Matrix<B>;
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
export type ExtensionKernel<Operands, Parameters, B> = (
  operands: Operands,
  parameters: Parameters,
  out: Matrix<B>,
) => void;

/**
 * What every engine has to provide: memory, and the seven kernels that the others can be composed of.
 *
 * They are those that nothing else gives: a copy (`copyRows`), elements in another order (`gather`) and at
 * another place (`place`), another dtype (`cast`), sums of products (`matmul`), a function of elements
 * (`map`), and a sum or maximum along an axis (`reduce`). What needs the values themselves goes through the
 * host by `read` and `write`.
 *
 * @typeParam B what the engine calls a piece of its memory: an address, an array, a tf.Tensor box, a
 * device pointer
 */
export interface EssentialEngine<B> {
  /** Name of the backend, for messages. */
  readonly name: string;
  /** What it runs on. */
  readonly device: Device;
  /** The float dtypes that it computes in. */
  readonly dtypes: readonly FloatDType[];
  /** The one of them that is taken where nobody asks for another. */
  readonly preferredDType: FloatDType;

  // --- memory ---
  /**
   * Memory for `size` elements. Throws `OutOfMemoryError` and stays usable when there is none. Where the
   * device tells later, what was to be computed in such memory, or from it, is lost: see `read`.
   */
  allocate(size: number, dtype: DType): B;
  /** Kernels that were called before may still use the memory. */
  free(buffer: B): void;
  /** Copies host data into a buffer, converting to `dtype`. */
  write(buffer: B, data: ArrayLike<number>, dtype: DType): void;
  /**
   * Copies a buffer to the host, after all kernels enqueued before. Rejects where what the buffer should hold
   * could not be computed, for want of memory with OutOfMemoryError; so do the decompositions of it.
   */
  read(buffer: B, size: number, dtype: DType): Promise<TypedArray>;
  /** Ends threads and frees all memory. Called once, after all buffers have been freed. */
  close(): void;
  /**
   * Bytes that are allocated now: those of buffers, and those that kernels hold for themselves. Engines that
   * say so have `@agop/conformance` find what their kernels leave behind.
   */
  allocated?(): number;

  // --- rearrange: any dtype, int32 as well ---
  /** out = a's rows from `begin` on, as many as out has. */
  copyRows(a: Matrix<B>, begin: number, out: Matrix<B>): void;
  /** out = a in the dtype of out, which is another one; to int32 truncates towards zero. */
  cast(a: Matrix<B>, out: Matrix<B>): void;
  /**
   * out row i = a row indices[i]; indices is one row of int32. Lists of the host have been checked. For an
   * index of a computed list that is out of range it throws ShapeError where it can tell, else the row is
   * NaN, or 0 of int32.
   */
  gather(a: Matrix<B>, indices: Matrix<B>, out: Matrix<B>): void;
  /** Copies `part` into out with its first element at (row, column); the rest of out stays. */
  place(part: Matrix<B>, out: Matrix<B>, row: number, column: number): void;

  // --- compute: floats of one dtype, never int32 ---
  /** out = alpha op(A) op(B) + beta out; alpha times nothing is 0. */
  matmul(a: Matrix<B>, b: Matrix<B>, terms: ProductTerms, out: Matrix<B>): void;
  /** out_ij = e(inputs at (i, j)). out may be the memory of an input of kind 'full'. */
  map(expression: Expression, inputs: readonly BoundInput<B>[], out: Matrix<B>): void;
  /** out: [1, columns], [rows, 1] or [1, 1] by the axis. Of nothing, the sum is 0, the maximum −∞. */
  reduce(kind: 'sum' | 'max', a: Matrix<B>, axis: Axis, out: Matrix<B>): void;

  // --- extensions ---
  /** Kernels of extensions by name; what the key of that name gives them is agreed between their authors. */
  readonly extensions?: Readonly<Record<string, ExtensionKernel<never, never, B>>>;
}

/** Kernels that are composed of the essential ones (in `derived`) where an engine does not have its own. */
export interface DerivedKernels<B> {
  // --- make ---
  /** All elements of out = value; any dtype, int32 as well. */
  fill(out: Matrix<B>, value: number): void;
  /** out = I; floats, as all that follows but for `transpose` and `diagonal`. */
  identity(out: Matrix<B>): void;
  /** As `randomArray` of `@agop/core` defines it. */
  random(out: Matrix<B>, distribution: Distribution, key: RandomKey): void;

  // --- rearrange ---
  /** out = aᵀ; any dtype, int32 as well. */
  transpose(a: Matrix<B>, out: Matrix<B>): void;
  /** out = diagonal of a, one row; any dtype, int32 as well. */
  diagonal(a: Matrix<B>, out: Matrix<B>): void;
  /** images: a matrix of one row that holds [n, height, width, channels]. */
  patches(images: Matrix<B>, geometry: PatchGeometry, out: Matrix<B>): void;

  // --- linear algebra ---
  /** As `matmul` for `batches` (from 2) matrices below each other, which divides the rows of a, b and out. */
  matmulBatches(a: Matrix<B>, b: Matrix<B>, batches: number, terms: ProductTerms, out: Matrix<B>): void;
  /** out = alpha A Aᵀ (or Aᵀ A) + beta out, exactly symmetric. */
  gram(a: Matrix<B>, terms: GramTerms, out: Matrix<B>): void;
  /** In place: a = lower factor of a + ridge I, zeros above. Rejects with NotPositiveDefiniteError. */
  cholesky(a: Matrix<B>, ridge: number): Promise<void>;
  /** In place: b = L⁻¹ b or L⁻ᵀ b. */
  solveTriangular(l: Matrix<B>, b: Matrix<B>, transpose: boolean): void;
  /** values: one row, ascending; vectors: columns. `a` is not changed. Rejects with ConvergenceError. */
  eigh(a: Matrix<B>, values: Matrix<B>, vectors: Matrix<B>): Promise<void>;

  // --- reductions ---
  /** As `reduce`; NaN for nothing. */
  mean(a: Matrix<B>, axis: Axis, out: Matrix<B>): void;
  /** As `reduce`: the root of the sum of squares. */
  norm(a: Matrix<B>, axis: Axis, out: Matrix<B>): void;
  /** out: one row of int32. */
  argmax(a: Matrix<B>, axis: 0 | 1, out: Matrix<B>): void;

  // --- geometry ---
  /** `u` of the expression is x_i · z_j; it is not among `inputs`. */
  pairwise(
    x: Matrix<B>,
    z: Matrix<B>,
    expression: Expression,
    inputs: readonly BoundInput<B>[],
    symmetric: boolean,
    out: Matrix<B>,
  ): void;
  /** out_ij = Σ_k |x_ik − z_jk|^p, p above 0. */
  powerDistances(x: Matrix<B>, z: Matrix<B>, p: number, out: Matrix<B>): void;
  /** out_ik = Σ_j w_ij |x_ik − z_jk|^(p−1) sign(x_ik − z_jk). */
  powerDistanceGradients(weights: Matrix<B>, x: Matrix<B>, z: Matrix<B>, p: number, out: Matrix<B>): void;
  /** Sums over the windows of a grid, as `windowSums` of the contract has them. */
  windowSums(a: Matrix<B>, geometry: WindowGeometry, out: Matrix<B>): void;
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
export type Engine<B> = EssentialEngine<B> & Partial<DerivedKernels<B>>;

/** An engine with all kernels, its own or composed ones. */
export type CompleteEngine<B> = EssentialEngine<B> & DerivedKernels<B>;
