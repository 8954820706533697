import type { GramTerms, ProductTerms } from '../engine/engine.ts';
import { at, type Dense, put, rowProduct, widened } from '../host/dense.ts';

/** out_ij = alpha Σ_k op(A)_ik op(B)_kj + beta out_ij */
export function matmul(a: Dense, b: Dense, terms: ProductTerms, out: Dense): void {
  const left = widened(a, terms.transposeA);
  const right = widened(b, !terms.transposeB);
  const inner = terms.transposeA ? a.rows : a.columns;
  for (let i = 0; i < out.rows; i++) {
    for (let j = 0; j < out.columns; j++) {
      store(out, i, j, terms.alpha * rowProduct(left, i, right, j, inner), terms.beta);
    }
  }
}

/** One product after the other, on views of the arrays. */
export function matmulBatches(a: Dense, b: Dense, batches: number, terms: ProductTerms, out: Dense): void {
  for (let t = 0; t < batches; t++) {
    matmul(part(a, t, batches), part(b, t, batches), terms, part(out, t, batches));
  }
}

/** Matrix t of those below each other. */
function part(m: Dense, t: number, batches: number): Dense {
  const rows = m.rows / batches;
  const length = rows * m.columns;
  return { ...m, rows, buffer: m.buffer.subarray(t * length, (t + 1) * length) };
}

/** out = alpha A Aᵀ (or Aᵀ A) + beta out: one triangle, mirrored. */
export function gram(a: Dense, terms: GramTerms, out: Dense): void {
  const rows = widened(a, terms.transpose);
  const inner = terms.transpose ? a.rows : a.columns;
  for (let i = 0; i < out.rows; i++) {
    for (let j = 0; j <= i; j++) {
      store(out, i, j, terms.alpha * rowProduct(rows, i, rows, j, inner), terms.beta);
      put(out, j, i, at(out, i, j));
    }
  }
}

/** With beta 0 the old content is not read: it may be NaN. */
function store(out: Dense, i: number, j: number, product: number, beta: number): void {
  put(out, i, j, beta === 0 ? product : product + beta * at(out, i, j));
}
