import type { Backend, FloatDType } from '@agop/core';
import type { Kernel } from '@agop/rfm';
import type { HostMatrix } from '../linear/matrix.ts';

/** What a method is given: rows of a table, ready. */
export interface Problem {
  /** [n, p], counted from the means of the columns, and in units of their standard deviations if wanted. */
  readonly x: HostMatrix;
  /** What is fitted: values [n, outputs] of mean 0 and deviation 1, or one column per class. */
  readonly responses: HostMatrix;
  /** Values [n, outputs], or class indices [n, 1], which slices are made of. */
  readonly values: HostMatrix;
  readonly isClassification: boolean;
}

/** How it is computed; see `SubspaceOptions`. */
export interface MethodSettings {
  readonly backend: Backend;
  readonly dtype: FloatDType;
  readonly memory: number;
  readonly seed: number;
  /** Factor of all bandwidths of local regressions. */
  readonly bandwidth: number;
  /** Ridge of local regressions, relative to the mean local variance. */
  readonly ridge: number;
  readonly iterations: number;
  /** Most steps with weights from the directions themselves, after the dimension has been lowered. */
  readonly refinements: number;
  readonly centers: number;
  readonly slices: number;
  readonly residuals: boolean;
  readonly modalBandwidth: number;
  readonly kernel: Kernel;
  readonly kernelRidge: number;
  readonly signal?: AbortSignal | undefined;
}

/** Directions of the features as they were given to the method, the most important first. */
export interface Directions {
  /** [p, dimension], in no need of being orthonormal. */
  readonly basis: HostMatrix;
  /** Weights of the directions, in descending order: p of them, or one for each direction. */
  readonly eigenvalues: Float64Array;
}

/** A method at work on one table. */
export interface DirectionFinder {
  /**
   * Eigenvalues of the method's matrix, [p], in descending order: by these a dimension is chosen by gap or
   * permutation test.
   */
  eigenvalues(): Promise<Float64Array>;
  /** @param dimension from 1 to p */
  directions(dimension: number): Promise<Directions>;
  /** Frees what is on the backend. */
  dispose(): void;
}
