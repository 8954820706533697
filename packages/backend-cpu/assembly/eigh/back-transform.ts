// Turns eigenvectors of the tridiagonal matrix into those of A: z = H_(n-1) ... H_1 q. Reflectors are applied
// in blocks as I - V T Vᵀ (Schreiber and Van Loan 1989), so that the work is matrix products. Eigenvectors
// are rows, so each block acts from the right.

import { FULL, gemm } from '../gemm';

/** Reflectors of a block. */
const BLOCK: i32 = 64;

/** f64 words of memory that `backTransform` needs. */
export function backTransformWords(n: i32): i32 {
  return BLOCK * n + 2 * BLOCK * n + 3 * BLOCK * BLOCK;
}

/** q [n, n], rows, by the reflectors in the rows of a and their taus. */
export function backTransform(n: i32, a: usize, taus: usize, q: usize, memoryAt: usize): void {
  const v = memoryAt;
  const w = v + <usize>(BLOCK * n) * 8;
  const x = w + <usize>(BLOCK * n) * 8;
  const t = x + <usize>(BLOCK * n) * 8;
  const gram = t + <usize>(BLOCK * BLOCK) * 8;
  for (let begin = 1; begin < n; begin += BLOCK) {
    const end = min(n, begin + BLOCK);
    const count = end - begin;
    // Row r of V is reflector end - 1 - r, of length end - 1 at most.
    const length = end - 1;
    for (let r = 0; r < count; r++) {
      const k = end - 1 - r;
      const row = v + <usize>(r * length) * 8;
      memory.copy(row, a + <usize>k * <usize>n * 8, <usize>k * 8);
      memory.fill(row + <usize>k * 8, 0, <usize>(length - k) * 8);
    }
    gemm<f64>(count, count, length, 1, v, length, 1, v, 1, length, 0, gram, BLOCK, FULL, 0);
    triangularFactor(count, end, gram, taus, t);
    // Q -= ((Q V) Tᵀ) Vᵀ
    gemm<f64>(n, count, length, 1, q, n, 1, v, 1, length, 0, w, count, FULL, 0);
    gemm<f64>(n, count, count, 1, w, count, 1, t, 1, BLOCK, 0, x, count, FULL, 0);
    gemm<f64>(n, length, count, -1, x, count, 1, v, length, 1, 1, q, n, FULL, 0);
  }
}

/** The upper triangular T of H_(end-1) ... H_(end-count) = I - V T Vᵀ. */
function triangularFactor(count: i32, end: i32, gram: usize, taus: usize, t: usize): void {
  memory.fill(t, 0, <usize>(BLOCK * BLOCK) * 8);
  for (let r = 0; r < count; r++) {
    const tau = load<f64>(taus + <usize>(end - 1 - r) * 8);
    for (let i = 0; i < r; i++) {
      let sum: f64 = 0;
      for (let j = i; j < r; j++) {
        sum += load<f64>(t + <usize>(i * BLOCK + j) * 8) * load<f64>(gram + <usize>(j * BLOCK + r) * 8);
      }
      store<f64>(t + <usize>(i * BLOCK + r) * 8, -tau * sum);
    }
    store<f64>(t + <usize>(r * BLOCK + r) * 8, tau);
  }
}
