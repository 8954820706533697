import type { Axis, Device, PatchOptions, WindowOptions } from '../backend.ts';
import type { DType, FloatDType, TypedArray } from '../dtype.ts';
import type { Expression } from '../expression/expression.ts';
import type { Distribution, RandomKey } from '../random/distributions.ts';

/** A dense row-major matrix in an engine's memory. Tensors of rank 0 and 1 are one row. */
export interface Matrix<Buffer> {
  readonly buffer: Buffer;
  readonly dtype: DType;
  readonly rows: number;
  readonly columns: number;
}

/** One input of an expression, ready to be read for element (i, j) of the result. */
export type BoundInput<Buffer> =
  | { readonly name: string; readonly kind: 'number'; readonly value: number }
  | {
      readonly name: string;
      /** Indexed by (i, j), by j, by i, or by nothing. */
      readonly kind: 'full' | 'row' | 'column' | 'single';
      readonly matrix: Matrix<Buffer>;
    };

/** Factors and transposes of a product, with all defaults filled in. */
export interface ProductTerms {
  readonly transposeA: boolean;
  readonly transposeB: boolean;
  readonly alpha: number;
  /** With 0 the old content of the result must not be read. */
  readonly beta: number;
}

/** What {@link Engine.reduce} makes of the entries along an axis. */
export type Reduction = 'sum' | 'mean' | 'max' | 'norm';

/** Sizes of `patches`, with all defaults filled in. */
export interface PatchGeometry extends Required<PatchOptions> {
  readonly images: number;
  readonly height: number;
  readonly width: number;
  readonly channels: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** Sizes of `windowSums`, with all defaults filled in. */
export interface WindowGeometry extends Required<Omit<WindowOptions, 'out'>> {
  /** Rows of the matrix that belong to one point of the grid. */
  readonly rowsPerPoint: number;
  readonly outHeight: number;
  readonly outWidth: number;
}

/** The kernel of an extension: what `ExtensionKey` of `@agop/core` declares, on matrices. */
export type ExtensionKernel<Operands, Parameters, Buffer> = (
  operands: Operands,
  parameters: Parameters,
  out: Matrix<Buffer>,
) => void;

/**
 * What a new backend has to provide: memory, and raw kernels on matrices whose shapes, dtypes and aliasing have been checked.
 * {@link EngineBackend} turns it into a {@link Backend}: it checks operands, owns tensors, counts memory, and frees results
 * when a kernel throws.
 *
 * Kernels write every element of `out`, whose memory may hold anything before. Any size may be 0. `out` shares
 * memory with no operand except where said. Kernels may run later, in the order of the calls.
 *
 * @typeParam Buffer what the engine calls a piece of its memory: an address, an array, a tf.Tensor box, a device pointer
 */
export interface Engine<Buffer> {
  readonly name: string;
  readonly device: Device;
  readonly dtypes: readonly FloatDType[];
  readonly preferredDType: FloatDType;

  // --- memory ---
  /** Memory for `size` elements. Throws {@link OutOfMemoryError} and stays usable when there is none. */
  allocate(size: number, dtype: DType): Buffer;
  free(buffer: Buffer): void;
  /** Copies host data into a buffer, converting to `dtype`. */
  write(buffer: Buffer, data: ArrayLike<number>, dtype: DType): void;
  /** Copies a buffer to the host, after all kernels enqueued before. */
  read(buffer: Buffer, size: number, dtype: DType): Promise<TypedArray>;
  /** Ends threads and frees all memory. */
  close(): void;

  // --- make ---
  fill(out: Matrix<Buffer>, value: number): void;
  identity(out: Matrix<Buffer>): void;
  /** As `randomArray` of `@agop/core` defines it. */
  random(out: Matrix<Buffer>, distribution: Distribution, key: RandomKey): void;

  // --- rearrange (any dtype) ---
  /** out = a's rows from `begin` on, as many as out has. */
  copyRows(a: Matrix<Buffer>, begin: number, out: Matrix<Buffer>): void;
  cast(a: Matrix<Buffer>, out: Matrix<Buffer>): void;
  transpose(a: Matrix<Buffer>, out: Matrix<Buffer>): void;
  /** out row i = a row indices[i]; indices is one row of int32. Throws ShapeError for an index out of range where it can tell. */
  gather(a: Matrix<Buffer>, indices: Matrix<Buffer>, out: Matrix<Buffer>): void;
  /** Copies `part` into out with its first element at (row, column); the rest of out stays. */
  place(part: Matrix<Buffer>, out: Matrix<Buffer>, row: number, column: number): void;
  /** out = diagonal of a, one row. */
  diagonal(a: Matrix<Buffer>, out: Matrix<Buffer>): void;

  // --- linear algebra ---
  matmul(a: Matrix<Buffer>, b: Matrix<Buffer>, terms: ProductTerms, out: Matrix<Buffer>): void;
  /** As `matmul` for `batches` (at least 2) matrices below each other in a, b and out, which divides their rows. */
  matmulBatches(
    a: Matrix<Buffer>,
    b: Matrix<Buffer>,
    batches: number,
    terms: ProductTerms,
    out: Matrix<Buffer>,
  ): void;
  /** out = alpha A Aᵀ (or Aᵀ A) + beta out, exactly symmetric. */
  gram(
    a: Matrix<Buffer>,
    terms: { readonly transpose: boolean; readonly alpha: number; readonly beta: number },
    out: Matrix<Buffer>,
  ): void;
  /** In place: a = lower factor of a + ridge I, zeros above. Rejects with NotPositiveDefiniteError. */
  cholesky(a: Matrix<Buffer>, ridge: number): Promise<void>;
  /** In place: b = L⁻¹ b or L⁻ᵀ b. */
  solveTriangular(l: Matrix<Buffer>, b: Matrix<Buffer>, transpose: boolean): void;
  /** values: one row, ascending; vectors: columns. `a` is not changed. Rejects with ConvergenceError. */
  eigh(a: Matrix<Buffer>, values: Matrix<Buffer>, vectors: Matrix<Buffer>): Promise<void>;

  // --- elementwise ---
  /** out may be the memory of an input of kind 'full'. */
  map(expression: Expression, inputs: readonly BoundInput<Buffer>[], out: Matrix<Buffer>): void;

  // --- reductions ---
  /** out: [1, columns], [rows, 1] or [1, 1] for axis 0, 1, 'all'. */
  reduce(kind: Reduction, a: Matrix<Buffer>, axis: Axis, out: Matrix<Buffer>): void;
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
  powerDistances(x: Matrix<Buffer>, z: Matrix<Buffer>, p: number, out: Matrix<Buffer>): void;
  powerDistanceGradients(
    weights: Matrix<Buffer>,
    x: Matrix<Buffer>,
    z: Matrix<Buffer>,
    p: number,
    out: Matrix<Buffer>,
  ): void;
  /** images: a matrix of one row that holds [n, height, width, channels]. */
  patches(images: Matrix<Buffer>, geometry: PatchGeometry, out: Matrix<Buffer>): void;
  windowSums(a: Matrix<Buffer>, geometry: WindowGeometry, out: Matrix<Buffer>): void;

  // --- extensions ---
  /** Kernels of extensions by name. That they take what the key of that name gives them is an agreement of their authors. */
  readonly extensions?: Readonly<Record<string, ExtensionKernel<never, never, Buffer>>>;
}
