import type { Backend, FloatDType } from '@agop/core';

/** One line of results; times in milliseconds. */
export interface Row {
  readonly program: string;
  readonly n: number;
  readonly dtype: FloatDType;
  /** A fit with its metric updates. */
  readonly fit: number;
  /** Single steps. */
  readonly steps: Readonly<Record<string, number>>;
  /** Steps as fractions of what the device could do: see {@link Rates}. */
  readonly fractions?: Readonly<Record<string, number>>;
}

/**
 * What the device was measured to do. A step's roof is the slower of its arithmetic and its traffic at them.
 */
export interface Rates {
  /** Floating-point operations per second of square products. */
  readonly products: Readonly<Partial<Record<FloatDType, number>>>;
  /** Bytes per second of copies, read and written. */
  readonly memory: number;
}

/** Results of `runBenchmark`, as in its file `bench.json`. */
export interface Benchmark {
  readonly device: Backend['device'];
  readonly features: number;
  readonly updates: number;
  readonly rates: Rates;
  readonly rows: readonly Row[];
  /** What was not measured, and why. */
  readonly leftOut: readonly string[];
}
