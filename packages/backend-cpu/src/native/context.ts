import { bytes, elements, type M } from '../wasm/memory.ts';
import type { Runtime } from '../wasm/runtime.ts';
import type { BlasFunctions, NativeBlas, Strided } from './blas.ts';

/** From which sizes on work is handed to the library. Facts about the work alone, so that results repeat. */
export interface Crossovers {
  /** Multiply-adds of a product. */
  readonly product: number;
  /** Rows and columns of a product's result: with fewer it is bound by reading the other factor. */
  readonly width: number;
  /** Columns of a product of rows that lie along memory: with fewer, the engine does not copy these. */
  readonly columns: number;
  /**
   * Rows of a Gram product, and of one whose sums are long: of few long rows all of the engine's threads have
   * work, and few of a library's.
   */
  readonly gram: { readonly rows: number; readonly longRows: number };
  /** Length of the sums of a product of which a function is taken: short ones are best in one pass. */
  readonly pairwise: number;
  /** Order of a factorization. */
  readonly cholesky: number;
  /** Order and right-hand sides of a triangular system. */
  readonly triangular: { readonly order: number; readonly columns: number };
  /** Order of an eigendecomposition. */
  readonly eigh: number;
}

/** The memory of the WebAssembly engine, and a library that works on it. */
export interface NativeContext {
  readonly runtime: Runtime;
  readonly blas: NativeBlas;
  readonly from: Crossovers;
}

/**
 * Multiply-adds from which a call is shared among the threads. Some libraries start them anew for each call,
 * and those that keep them let them look for work for a while, on cores that the engine's threads need.
 */
const SHARED_WORK = 2e6;

/**
 * The functions for a matrix of floats, on as many threads as the engine has, or on one.
 *
 * @param work rough number of multiply-adds of what is called next
 */
export function functionsFor(context: NativeContext, { dtype }: M, work: number): BlasFunctions {
  useThreads(context, work);
  return context.blas.functions[dtype === 'float32' ? 'float32' : 'float64'];
}

/** Says on how many threads work of a size is to be done: each time, as the library has one such number. */
export function useThreads({ blas, runtime }: NativeContext, work: number): void {
  blas.useThreads?.(work < SHARED_WORK ? 1 : runtime.threads);
}

/** What a native function is given of a matrix, or of the part of it that begins at an element. */
export function strided(runtime: Runtime, m: M, row = 0, column = 0): Strided {
  const begin = row * m.columns + column;
  const count = m.rows * m.columns - begin;
  return { view: elements(runtime, m.buffer + begin * bytes(m), count, m.dtype), stride: m.columns };
}
