// Functions of the inner products of all pairs of rows of X and Z, where those of Z are mostly 0: sums over
// the few entries that are not, instead of over all columns. Some rows of X are packed side by side, 64 bytes
// wide, so that an entry of a row of Z is met by all of them at once.

import { GEMM_JOB } from './layout';
import { mirrorBlock } from './mirror';
import { packPanel } from './pack';
import { runProgram } from './program';
import { madd } from './simd';
import { parallel, scratch } from './threads';
import { transposeBlock } from './transpose';

/** Bytes of the rows of X that are packed side by side. */
const LINE: i32 = 64;
/** Rows of Z that are taken at a time, and lines of rows of X that make a task. */
const STEP: i32 = 64;
const LINES: i32 = 4;
/** Places in the scratch: sums of a step, then packed rows, which end before programs begin to work. */
const SUMS: usize = 8192;
const PACKED: usize = 16384;

@unmanaged
class SparsePairsJob {
  x: usize;
  n: i32;
  d: i32;
  /** [m, terms]: where the packed column of an entry begins, and its value. */
  places: usize;
  values: usize;
  m: i32;
  terms: i32;
  c: usize;
  symmetric: bool;
  program: usize;
}

/**
 * C [n, m] = program(X Zᵀ), X [n, d]. A row of Z is `terms` entries: `places` has their columns times 64
 * (i32), `values` their values; rows with fewer entries are filled up with values of 0. With `symmetric` the
 * lower triangle is computed and mirrored. `d` rows of 64 bytes must fit the scratch.
 */
export function sparsePairs<T>(
  x: usize,
  n: i32,
  d: i32,
  places: usize,
  values: usize,
  m: i32,
  terms: i32,
  symmetric: i32,
  program: usize,
  c: usize,
): void {
  if (n == 0 || m == 0) return;
  const job = changetype<SparsePairsJob>(GEMM_JOB);
  job.x = x;
  job.n = n;
  job.d = d;
  job.places = places;
  job.values = values;
  job.m = m;
  job.terms = terms;
  job.c = c;
  job.symmetric = symmetric != 0;
  job.program = program;
  const rows = LINES * (LINE / <i32>sizeof<T>());
  const fn = (task: i32): void => pairRows<T>(task);
  parallel(fn.index, (n + rows - 1) / rows, <f64>n * m * (terms + 8));
}

/** All pairs of the rows of a task. */
function pairRows<T>(task: i32): void {
  const job = changetype<SparsePairsJob>(GEMM_JOB);
  const width = LINE / <i32>sizeof<T>();
  const begin = task * LINES * width;
  const end = min(job.n, begin + LINES * width);
  for (let i = begin; i < end; i += width) pairLine<T>(job, i, min(width, end - i));
  if (job.symmetric) mirrorBlock<T>(job.c, job.m, begin, end, 0, end);
}

/** All pairs of rows that are packed side by side; of a symmetric result, those up to the diagonal. */
function pairLine<T>(job: SparsePairsJob, begin: i32, rows: i32): void {
  const size = sizeof<T>();
  const width = LINE / <i32>size;
  const columns = job.symmetric ? begin + rows : job.m;
  const packed = scratch() + PACKED;
  const sums = scratch() + SUMS;
  const row = <usize>job.m * size;
  const first = job.c + <usize>begin * row;
  packPanel<T>(job.x + <usize>begin * <usize>job.d * size, job.d, 1, width, rows, job.d, <T>1, packed);
  for (let j = 0; j < columns; j += STEP) {
    const count = min(STEP, columns - j);
    const entry = <usize>j * <usize>job.terms;
    addEntries<T>(packed, job.places + (entry << 2), job.values + entry * size, job.terms, count, sums);
    transposeBlock<T>(sums, width, first + <usize>j * size, job.m, count, rows);
  }
  for (let r = 0; r < rows; r++) {
    const at = first + <usize>r * row;
    runProgram<T>(job.program, begin + r, 0, job.symmetric ? begin + r + 1 : job.m, at, at);
  }
}

/** For each of some rows of Z the inner products with the packed rows of X, 64 bytes. */
function addEntries<T>(packed: usize, places: usize, values: usize, terms: i32, count: i32, sums: usize): void {
  do {
    let s0 = v128.splat<T>(0);
    let s1 = v128.splat<T>(0);
    let s2 = v128.splat<T>(0);
    let s3 = v128.splat<T>(0);
    let left = terms;
    do {
      const value = v128.load_splat<T>(values);
      const from = packed + <usize>load<i32>(places);
      s0 = madd<T>(value, v128.load(from), s0);
      s1 = madd<T>(value, v128.load(from, 16), s1);
      s2 = madd<T>(value, v128.load(from, 32), s2);
      s3 = madd<T>(value, v128.load(from, 48), s3);
      places += 4;
      values += sizeof<T>();
    } while (--left);
    v128.store(sums, s0);
    v128.store(sums, s1, 16);
    v128.store(sums, s2, 32);
    v128.store(sums, s3, 48);
    sums += <usize>LINE;
  } while (--count);
}
