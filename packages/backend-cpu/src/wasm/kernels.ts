type PerType<Name extends string, Types extends string, F> = { readonly [K in `${Name}_${Types}`]: F };
type PerFloat<Name extends string, F> = PerType<Name, 'f32' | 'f64', F>;
type PerAny<Name extends string, F> = PerType<Name, 'f32' | 'f64' | 'i32', F>;

/** Which part of a product is computed: all, the lower triangle, or the lower triangle mirrored. */
export const Part = { full: 0, lower: 1, mirror: 2 } as const;

type Gemm = (
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: number,
  rowA: number,
  columnA: number,
  b: number,
  rowB: number,
  columnB: number,
  beta: number,
  c: number,
  strideC: number,
  part: number,
  program: number,
) => void;

type GemmBatches = (
  batches: number,
  m: number,
  n: number,
  k: number,
  alpha: number,
  a: number,
  rowA: number,
  columnA: number,
  b: number,
  rowB: number,
  columnB: number,
  beta: number,
  c: number,
) => void;

type WindowSums = (
  source: number,
  height: number,
  width: number,
  inner: number,
  size: number,
  padding: number,
  outHeight: number,
  outWidth: number,
  target: number,
) => void;

type Solve = (
  n: number,
  m: number,
  l: number,
  rowL: number,
  columnL: number,
  b: number,
  rowB: number,
  columnB: number,
) => void;

type ReduceLines = (
  operation: number,
  a: number,
  rows: number,
  columns: number,
  factor: number,
  post: number,
  target: number,
) => void;

/** The exports of the module (assembly/index.ts); addresses are bytes, strides elements. */
export type Kernels = PerFloat<'gemm', Gemm> &
  PerFloat<'gemmBatches', GemmBatches> &
  /** 0 where one of the products is too large for `gemmBatches`. */
  PerFloat<'batchFits', (m: number, n: number, k: number) => number> &
  PerFloat<'windowSums', WindowSums> &
  PerFloat<'prepareRecursion', (source: number, count: number, target: number, scaled: number) => void> &
  PerFloat<'runRecursion', () => void> &
  PerFloat<'cholesky', (n: number, a: number, ridge: number) => number> &
  PerFloat<'solveLower', Solve> &
  PerFloat<'solveLowerTransposed', Solve> &
  PerFloat<'map', (program: number, rows: number, columns: number, target: number, cost: number) => void> &
  PerFloat<'instruction', (number: number) => number> &
  PerAny<'transpose', (source: number, rows: number, columns: number, target: number) => void> &
  PerFloat<
    'reduceAll',
    (operation: number, a: number, n: number, factor: number, post: number, target: number) => void
  > &
  PerFloat<'reduceRows', ReduceLines> &
  PerFloat<'reduceColumns', ReduceLines> &
  PerFloat<'argmaxRows', (a: number, rows: number, columns: number, target: number) => void> &
  PerFloat<'argmaxColumns', (a: number, rows: number, columns: number, target: number) => void> &
  PerAny<'fill', (target: number, n: number, value: number) => void> &
  PerAny<
    'copyStrided',
    (source: number, sourceStep: number, target: number, targetStep: number, n: number) => void
  > &
  PerAny<'fillStrided', (target: number, step: number, n: number, value: number) => void> &
  PerFloat<
    'powerDistances',
    (x: number, n: number, z: number, m: number, d: number, p: number, out: number) => void
  > &
  PerFloat<
    'powerDistanceGradients',
    (weights: number, x: number, n: number, z: number, m: number, d: number, p: number, out: number) => void
  > & {
    readonly [K in 'f32_f64' | 'f32_i32' | 'f64_f32' | 'f64_i32' | 'i32_f32' | 'i32_f64' as `cast_${K}`]: (
      source: number,
      n: number,
      target: number,
    ) => void;
  } & {
    readonly copyRows: (
      source: number,
      sourcePitch: number,
      target: number,
      targetPitch: number,
      bytes: number,
      rows: number,
    ) => void;
    readonly gather: (
      source: number,
      rowBytes: number,
      indices: number,
      count: number,
      target: number,
    ) => void;
    readonly patches: (
      source: number,
      count: number,
      height: number,
      width: number,
      pixel: number,
      size: number,
      stride: number,
      padding: number,
      outHeight: number,
      outWidth: number,
      target: number,
    ) => void;
    /** f64 words of memory that eigh needs besides its operands. */
    readonly eighWords: (n: number) => number;
    /** In f64 only; destroys a. Returns 1 if it does not converge. */
    readonly eigh: (n: number, a: number, values: number, vectors: number, memory: number) => number;
    /** Work fields of one thread of `runRecursion`. */
    readonly recursionFields: () => number;
    readonly setUpRecursion: (
      layers: number,
      layerCount: number,
      length: number,
      size: number,
      padding: number,
      tangent: number,
      symmetric: number,
      scale: number,
      factor: number,
      n: number,
      m: number,
      imageBytes: number,
      out: number,
      scratch: number,
      scratchBytes: number,
      workBytes: number,
    ) => void;
    /** 1 if multiply-add rounds once on this CPU; the relaxed module must not be used otherwise. */
    readonly isFused: () => number;
    /** A helper's life; only workers call it. */
    readonly serve: (index: number) => void;
    /** Ends the helpers. */
    readonly quit: () => void;
  };
