// Triangular solves with many right-hand sides: recursion down to blocks of BLOCK rows, everything off the
// diagonal being matrix products. Inside a diagonal block: substitution, six rows at a time, never an inverse
// of a block, so that the result is as backward stable as plain substitution on ill-conditioned systems too.

import { FULL, gemm } from './gemm';
import { MR, microColumns, microKernel } from './micro-kernel';
import { TRSM_JOB } from './layout';
import { packPanel } from './pack';
import { lanes, nmadd, roundUp } from './simd';
import { parallel, scratch, workspace } from './threads';
import { transposeBlock } from './transpose';

/** Rows of a diagonal block: a multiple of MR. */
const BLOCK: i32 = 96;

/** Place of the packed right-hand sides in a thread's scratch: BLOCK rows of 64 bytes. */
const STRIP: usize = 16384;

@unmanaged
class TrsmJob {
  n: i32;
  m: i32;
  b: usize;
  rowB: i32;
  columnB: i32;
}

/**
 * Solves L X = B for lower triangular L [n, n], B [n, m] overwritten by X. Strides in elements; one of B's
 * strides must be 1. L's strides may be negative: a backward solve is a forward solve on reversed rows.
 */
export function solveLower<T>(
  n: i32,
  m: i32,
  l: usize,
  rowL: i32,
  columnL: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
): void {
  if (n == 0 || m == 0) return;
  if (n <= BLOCK) {
    solveBlock<T>(n, m, l, rowL, columnL, b, rowB, columnB);
    return;
  }
  const top = roundUp(n / 2, BLOCK);
  const rest = n - top;
  const size = <i32>sizeof<T>();
  const b2 = b + <usize>(top * rowB * size);
  const l21 = l + <usize>(top * rowL * size);
  solveLower<T>(top, m, l, rowL, columnL, b, rowB, columnB);
  subtractProduct<T>(rest, m, top, l21, rowL, columnL, b, rowB, columnB, b2);
  solveLower<T>(rest, m, l21 + <usize>(top * columnL * size), rowL, columnL, b2, rowB, columnB);
}

/** Solves Lᵀ X = B for lower triangular L: upper rows depend on lower ones. */
export function solveLowerTransposed<T>(
  n: i32,
  m: i32,
  l: usize,
  rowL: i32,
  columnL: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
): void {
  if (n == 0 || m == 0) return;
  const size = <i32>sizeof<T>();
  if (n <= BLOCK) {
    // Counted from the end, Lᵀ is lower triangular.
    const last = n - 1;
    const lEnd = l + <usize>(last * (rowL + columnL) * size);
    solveBlock<T>(n, m, lEnd, -columnL, -rowL, b + <usize>(last * rowB * size), -rowB, columnB);
    return;
  }
  const top = roundUp(n / 2, BLOCK);
  const rest = n - top;
  const b2 = b + <usize>(top * rowB * size);
  const l21 = l + <usize>(top * rowL * size);
  solveLowerTransposed<T>(rest, m, l21 + <usize>(top * columnL * size), rowL, columnL, b2, rowB, columnB);
  subtractProduct<T>(top, m, rest, l21, columnL, rowL, b2, rowB, columnB, b);
  solveLowerTransposed<T>(top, m, l, rowL, columnL, b, rowB, columnB);
}

/** C -= A X, where C and X are rows of the same right-hand sides, stored by rows or by columns. */
function subtractProduct<T>(
  rows: i32,
  m: i32,
  k: i32,
  a: usize,
  rowA: i32,
  columnA: i32,
  x: usize,
  rowB: i32,
  columnB: i32,
  c: usize,
): void {
  if (columnB == 1) gemm<T>(rows, m, k, -1, a, rowA, columnA, x, rowB, 1, 1, c, rowB, FULL, 0);
  else gemm<T>(m, rows, k, -1, x, columnB, rowB, a, columnA, rowA, 1, c, columnB, FULL, 0);
}

/** A diagonal block: packed once, then strips of right-hand sides are independent tasks. */
function solveBlock<T>(
  n: i32,
  m: i32,
  l: usize,
  rowL: i32,
  columnL: i32,
  b: usize,
  rowB: i32,
  columnB: i32,
): void {
  packTriangle<T>(n, l, rowL, columnL, workspace());
  const job = changetype<TrsmJob>(TRSM_JOB);
  job.n = n;
  job.m = m;
  job.b = b;
  job.rowB = rowB;
  job.columnB = columnB;
  const width = microColumns<T>();
  const fn = (task: i32): void => solveStrip<T>(task);
  parallel(fn.index, (m + width - 1) / width, <f64>n * n * m * 0.5);
}

/**
 * For each panel of MR rows: -L left of the diagonal block, [k][MR], as the micro-kernel wants it; then the
 * MR x MR diagonal block by rows, its diagonal inverted. Panels start at a fixed pitch. Rows beyond n are
 * those of the identity.
 */
function packTriangle<T>(n: i32, l: usize, rowL: i32, columnL: i32, target: usize): void {
  const size = <i32>sizeof<T>();
  for (let i = 0; i < n; i += MR) {
    const rows = min(MR, n - i);
    const panel = target + <usize>(i / MR) * panelPitch<T>();
    const from = l + <usize>(i * rowL * size);
    if (i > 0) packPanel<T>(from, rowL, columnL, MR, rows, i, <T>-1, panel);
    const corner = panel + <usize>(i * MR * size);
    for (let r = 0; r < MR; r++) {
      for (let c = 0; c <= r; c++) {
        let value: T = r == c ? <T>1 : <T>0;
        if (r < rows) {
          value = load<T>(from + <usize>((r * rowL + (i + c) * columnL) * size));
          if (r == c) value = <T>1 / value;
        }
        store<T>(corner + <usize>((r * MR + c) * size), value);
      }
    }
  }
}

@inline
function panelPitch<T>(): usize {
  return <usize>((BLOCK + MR) * MR) * sizeof<T>();
}

function solveStrip<T>(task: i32): void {
  const job = changetype<TrsmJob>(TRSM_JOB);
  const size = <i32>sizeof<T>();
  const width = microColumns<T>();
  const n = job.n;
  const valid = min(width, job.m - task * width);
  const source = job.b + <usize>(task * width * job.columnB * size);
  const strip = scratch() + STRIP;
  const line = <usize>(width * size);
  packPanel<T>(source, job.columnB, job.rowB, width, valid, n, <T>1, strip);
  const padded = roundUp(n, MR);
  memory.fill(strip + <usize>n * line, 0, <usize>(padded - n) * line);
  const packed = workspace();
  for (let i = 0; i < n; i += MR) {
    const panel = packed + <usize>(i / MR) * panelPitch<T>();
    const rows = strip + <usize>i * line;
    if (i > 0) microKernel<T>(true, i, panel, strip, rows, line);
    substitute<T>(panel + <usize>(i * MR * size), rows, line);
  }
  unpack<T>(strip, width, n, valid, source, job.rowB, job.columnB);
}

/**
 * Forward substitution on MR rows, with the MR x MR lower triangle at `corner` whose diagonal is inverted.
 */
function substitute<T>(corner: usize, rows: usize, line: usize): void {
  for (let at: usize = 0; at < line; at += 16) {
    const x = rows + at;
    const x0 = v128.mul<T>(v128.load(x), entry<T>(corner, 0));
    const x1 = v128.mul<T>(nmadd<T>(entry<T>(corner, 6), x0, v128.load(x + line)), entry<T>(corner, 7));
    let x2 = nmadd<T>(entry<T>(corner, 12), x0, v128.load(x + 2 * line));
    x2 = v128.mul<T>(nmadd<T>(entry<T>(corner, 13), x1, x2), entry<T>(corner, 14));
    let x3 = nmadd<T>(entry<T>(corner, 18), x0, v128.load(x + 3 * line));
    x3 = nmadd<T>(entry<T>(corner, 19), x1, x3);
    x3 = v128.mul<T>(nmadd<T>(entry<T>(corner, 20), x2, x3), entry<T>(corner, 21));
    let x4 = nmadd<T>(entry<T>(corner, 24), x0, v128.load(x + 4 * line));
    x4 = nmadd<T>(entry<T>(corner, 25), x1, x4);
    x4 = nmadd<T>(entry<T>(corner, 26), x2, x4);
    x4 = v128.mul<T>(nmadd<T>(entry<T>(corner, 27), x3, x4), entry<T>(corner, 28));
    let x5 = nmadd<T>(entry<T>(corner, 30), x0, v128.load(x + 5 * line));
    x5 = nmadd<T>(entry<T>(corner, 31), x1, x5);
    x5 = nmadd<T>(entry<T>(corner, 32), x2, x5);
    x5 = nmadd<T>(entry<T>(corner, 33), x3, x5);
    x5 = v128.mul<T>(nmadd<T>(entry<T>(corner, 34), x4, x5), entry<T>(corner, 35));
    v128.store(x, x0);
    v128.store(x + line, x1);
    v128.store(x + 2 * line, x2);
    v128.store(x + 3 * line, x3);
    v128.store(x + 4 * line, x4);
    v128.store(x + 5 * line, x5);
  }
}

@inline
function entry<T>(corner: usize, index: usize): v128 {
  return v128.load_splat<T>(corner + index * sizeof<T>());
}

/** Copies a strip [n][width] back to the right-hand sides. */
function unpack<T>(
  strip: usize,
  width: i32,
  n: i32,
  valid: i32,
  target: usize,
  rowB: i32,
  columnB: i32,
): void {
  const size = <i32>sizeof<T>();
  if (rowB == 1) {
    transposeBlock<T>(strip, width, target, columnB, n, valid);
  } else if (columnB == 1) {
    for (let i = 0; i < n; i++) {
      memory.copy(target + <usize>(i * rowB * size), strip + <usize>(i * width * size), <usize>(valid * size));
    }
  } else {
    for (let i = 0; i < n; i++) {
      for (let j = 0; j < valid; j++) {
        store<T>(
          target + <usize>((i * rowB + j * columnB) * size),
          load<T>(strip + <usize>((i * width + j) * size)),
        );
      }
    }
  }
}
