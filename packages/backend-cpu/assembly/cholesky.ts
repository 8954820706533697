// Cholesky factorisation by recursion: factor the first half, solve for the panel below it, subtract the
// panel's Gram matrix from the rest (lower half only), factor the rest. All but the smallest blocks is matrix
// products.

import { FULL, gemm, LOWER } from './gemm';
import { FACTOR_JOB, OUTCOME } from './layout';
import { nmadd, roundUp } from './simd';
import { parallel, scratch } from './threads';
import { transposeBlock } from './transpose';
import { solveLower } from './triangular';

/** Order of the blocks that are factored directly: their transpose fits the L1 cache. */
const LEAF: i32 = 48;

/** Place of a leaf in the scratch. */
const LEAF_PLACE: usize = 16384;

@unmanaged
class Outcome {
  /** 0 success, 1 failure. */
  status: i32;
  pivot: i32;
  value: f64;
}

@unmanaged
class FactorJob {
  a: usize;
  n: i32;
}

/**
 * Overwrites A [n, n], of which the lower triangle is read, by L with A + ridge I = L Lᵀ; zeros above the
 * diagonal. Returns 0, or 1 with the pivot's row and value at OUTCOME.
 */
export function cholesky<T>(n: i32, a: usize, ridge: f64): i32 {
  const outcome = changetype<Outcome>(OUTCOME);
  outcome.status = 0;
  if (ridge != 0) {
    for (let i = 0; i < n; i++) {
      const at = a + (<usize>i * n + i) * sizeof<T>();
      store<T>(at, load<T>(at) + <T>ridge);
    }
  }
  if (!factor<T>(n, a, n, 0)) return 1;
  const job = changetype<FactorJob>(FACTOR_JOB);
  job.a = a;
  job.n = n;
  const fn = (task: i32): void => clearAbove<T>(task);
  parallel(fn.index, (n + 63) / 64, <f64>n * n * 0.25);
  return 0;
}

function factor<T>(n: i32, a: usize, stride: i32, offset: i32): bool {
  if (n <= LEAF) return factorLeaf<T>(n, a, stride, offset);
  const size = <i32>sizeof<T>();
  const top = n <= 2 * LEAF ? LEAF : roundUp(n / 2, 2 * LEAF);
  const rest = n - top;
  if (!factor<T>(top, a, stride, offset)) return false;
  const a21 = a + <usize>(top * stride * size);
  const a22 = a21 + <usize>(top * size);
  // L21 L11ᵀ = A21 is L11 L21ᵀ = A21ᵀ.
  solveLower<T>(top, rest, a, stride, 1, a21, 1, stride);
  gemm<T>(rest, rest, top, -1, a21, stride, 1, a21, 1, stride, 1, a22, stride, LOWER, 0);
  return factor<T>(rest, a22, stride, offset + top);
}

/**
 * Right-looking factorisation of a small block, on its transpose, so that the inner loop runs along memory.
 */
function factorLeaf<T>(n: i32, a: usize, stride: i32, offset: i32): bool {
  const u = scratch() + LEAF_PLACE;
  const size = sizeof<T>();
  const pitch = <usize>LEAF * size;
  transposeBlock<T>(a, stride, u, LEAF, n, n);
  // Rows are worked on in pieces of 32 bytes, from the last one that begins at or before the diagonal: what
  // is left of the diagonal is never read.
  const bytes = (<usize>n * size + 31) & ~31;
  for (let k = 0; k < n; k++) {
    const rowK = u + <usize>k * pitch;
    const pivot = load<T>(rowK + <usize>k * size);
    if (!(pivot > 0) || !isFinite<T>(pivot)) {
      const outcome = changetype<Outcome>(OUTCOME);
      outcome.status = 1;
      outcome.pivot = offset + k;
      outcome.value = <f64>pivot;
      return false;
    }
    const root = sqrt<T>(pivot);
    const begin = (<usize>k * size) & ~31;
    divideRow<T>(rowK + begin, root, bytes - begin);
    store<T>(rowK + <usize>k * size, root);
    for (let i = k + 1; i < n; i++) {
      const from = (<usize>i * size) & ~31;
      const rowI = u + <usize>i * pitch;
      subtractRow<T>(rowI + from, rowK + from, load<T>(rowK + <usize>i * size), bytes - from);
    }
  }
  for (let i = 0; i < n; i++) {
    const rowA = a + <usize>(i * stride) * size;
    for (let j = 0; j <= i; j++) {
      store<T>(rowA + <usize>j * size, load<T>(u + <usize>j * pitch + <usize>i * size));
    }
  }
  return true;
}

/** row /= divisor, in pieces of 32 bytes. */
function divideRow<T>(row: usize, divisor: T, bytes: usize): void {
  const root = v128.splat<T>(divisor);
  do {
    const low = v128.div<T>(v128.load(row), root);
    const high = v128.div<T>(v128.load(row, 16), root);
    v128.store(row, low);
    v128.store(row, high, 16);
    row += 32;
    bytes -= 32;
  } while (bytes > 0);
}

/** row -= factor * other, in pieces of 32 bytes. */
function subtractRow<T>(row: usize, other: usize, factor: T, bytes: usize): void {
  const f = v128.splat<T>(factor);
  do {
    const low = nmadd<T>(f, v128.load(other), v128.load(row));
    const high = nmadd<T>(f, v128.load(other, 16), v128.load(row, 16));
    v128.store(row, low);
    v128.store(row, high, 16);
    row += 32;
    other += 32;
    bytes -= 32;
  } while (bytes > 0);
}

function clearAbove<T>(task: i32): void {
  const job = changetype<FactorJob>(FACTOR_JOB);
  const end = min(job.n, task * 64 + 64);
  for (let i = task * 64; i < end; i++) {
    const at = job.a + (<usize>i * job.n + i + 1) * sizeof<T>();
    memory.fill(at, 0, <usize>(job.n - i - 1) * sizeof<T>());
  }
}
