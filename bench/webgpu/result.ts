import type { Counters } from '@agop/backend-webgpu';
import type { Device } from '@agop/core';

/** One step, timed. */
export interface Row {
  readonly what: string;
  readonly program: string;
  /** Order of matrices, or number of samples. */
  readonly n: number;
  /** Median and least of the repetitions, in milliseconds, until the host knows that the result is there. */
  readonly milliseconds: number;
  readonly least: number;
  /** Floating-point operations of products and factorizations; left out where that is not one number. */
  readonly flops?: number;
  /** What was asked of the device in one repetition. */
  readonly counts?: Readonly<Counters>;
}

/** All that is sent. */
export interface Measurements {
  readonly date: string;
  /** The browser's own name, or the version of Node. */
  readonly where: string;
  readonly devices: readonly Device[];
  /** Samples have so many features. */
  readonly features: number;
  readonly rows: readonly Row[];
  readonly leftOut: readonly string[];
}

/** A line for people. */
export function lineOf({ what, program, n, milliseconds, flops, counts }: Row): string {
  const rate = flops === undefined ? '' : `${(flops / milliseconds / 1e6).toPrecision(3)} GFLOP/s`;
  const asked = counts
    ? `${counts.dispatches} dispatches, ${counts.submissions} submissions, ${megabytes(counts)}`
    : '';
  const time = `${milliseconds.toPrecision(4)} ms`;
  return `${what.padEnd(14)} ${`${n}`.padStart(6)}  ${program.padEnd(22)} ${time.padStart(12)}  ${rate.padStart(16)}  ${asked}`;
}

function megabytes({ kernelBytes, copiedBytes }: Counters): string {
  return `${((kernelBytes + copiedBytes) / 1e6).toPrecision(4)} MB moved`;
}
