import type { FloatDType, TypedArray } from '@agop/core';

/** Part of a memory that a native function reads or writes. */
export type View = TypedArray;

/** A matrix in row-major order: where it begins, and elements from one row to the next. */
export interface Strided {
  readonly view: View;
  readonly stride: number;
}

/** Products and triangular solves of one precision, on matrices in row-major order. */
export interface BlasFunctions {
  /** C [m, n] = alpha op(A) op(B) + beta C; k is the length of the sums. */
  gemm(
    transposeA: boolean,
    transposeB: boolean,
    sizes: { readonly m: number; readonly n: number; readonly k: number },
    alpha: number,
    a: Strided,
    b: Strided,
    beta: number,
    c: Strided,
  ): void;
  /** The lower triangle of C [n, n] = alpha A Aᵀ + beta C, or of Aᵀ A; k is the length of the sums. */
  syrkLower(
    transpose: boolean,
    n: number,
    k: number,
    alpha: number,
    a: Strided,
    beta: number,
    c: Strided,
  ): void;
  /** B [m, n] = op(L)⁻¹ B, or B op(L)⁻¹ from the right, for lower triangular L. */
  trsmLower(side: 'left' | 'right', transpose: boolean, m: number, n: number, l: Strided, b: Strided): void;
}

/** A library of the machine with the functions of BLAS and, mostly, of LAPACK. */
export interface NativeBlas {
  /** What it is, for people, e.g. `OpenBLAS 0.3.21 (Haswell)`. */
  readonly title: string;
  /** Whether its kernels are made for the processor at hand; what cannot be told is not. */
  readonly isTuned: boolean;
  /** The file that was loaded. */
  readonly file: string;
  readonly functions: Readonly<Record<FloatDType, BlasFunctions>>;
  /**
   * Eigenvalues, ascending, and eigenvectors of a symmetric A [n, n] in float64, of which the lower triangle
   * is read: vectors overwrite A as its rows. Undefined where the library has no LAPACK.
   *
   * @returns whether it converged
   */
  readonly eigh: ((n: number, a: View, values: View, work: EighWork) => boolean) | undefined;
  /** Bounds the threads of what is called next. Undefined where the library does not let itself be told. */
  readonly useThreads: ((count: number) => void) | undefined;
}

/** Memory for an eigendecomposition of order n: 1 + 6 n + 2 n² and 3 + 5 n words of 8 bytes. */
export interface EighWork {
  readonly floats: View;
  readonly integers: View;
}
