import type { GramTerms, ProductTerms } from '@agop/core/engine';
import type * as tfjs from '@tensorflow/tfjs-core';
import type { Boxed, Runtime } from './runtime.ts';

/** out = alpha op(A) op(B) + beta out */
export function matmul(runtime: Runtime, a: Boxed, b: Boxed, terms: ProductTerms, out: Boxed): void {
  const { tf } = runtime;
  runtime.write(out, () => {
    if (a.rows * a.columns === 0) return accumulate(runtime, undefined, terms, out);
    const left = terms.transposeA ? tf.transpose(runtime.view(a)) : runtime.view(a);
    const right = terms.transposeB ? tf.transpose(runtime.view(b)) : runtime.view(b);
    return accumulate(runtime, tf.matMul(left, right), terms, out);
  });
}

/** `matmul` of matrices below each other, as one product of rank 3. */
export function matmulBatches(
  runtime: Runtime,
  a: Boxed,
  b: Boxed,
  batches: number,
  terms: ProductTerms,
  out: Boxed,
): void {
  const { tf } = runtime;
  runtime.write(out, () => {
    if (a.rows * a.columns === 0) return accumulate(runtime, undefined, terms, out);
    const stack = (m: Boxed): tfjs.Tensor3D =>
      tf.reshape(runtime.view(m), [batches, m.rows / batches, m.columns]);
    const products = tf.matMul(stack(a), stack(b), terms.transposeA, terms.transposeB);
    return accumulate(runtime, tf.reshape(products, [out.rows, out.columns]), terms, out);
  });
}

/** out = alpha A Aᵀ (or Aᵀ A) + beta out. No tfjs backend uses the symmetry: it costs as much as `matmul`. */
export function gram(runtime: Runtime, a: Boxed, terms: GramTerms, out: Boxed): void {
  runtime.write(out, () => {
    if (a.rows * a.columns === 0) return accumulate(runtime, undefined, terms, out);
    const source = runtime.view(a);
    const turned = runtime.tf.transpose(source);
    const product: tfjs.Tensor2D = terms.transpose
      ? runtime.tf.matMul(turned, source)
      : runtime.tf.matMul(source, turned);
    return accumulate(runtime, symmetrized(runtime, product), terms, out);
  });
}

/** (A + Aᵀ) / 2: symmetric to the last bit, which sums of tiled products need not be. */
export function symmetrized(runtime: Runtime, a: tfjs.Tensor2D): tfjs.Tensor2D {
  const { tf } = runtime;
  const half = tf.mul(a, 0.5);
  return tf.add(half, tf.transpose(half));
}

/** alpha product + beta out; an undefined product is zero. */
function accumulate(
  runtime: Runtime,
  product: tfjs.Tensor | undefined,
  { alpha, beta }: { readonly alpha: number; readonly beta: number },
  out: Boxed,
): tfjs.Tensor {
  const { tf } = runtime;
  const scaled = product && (alpha === 1 ? product : tf.mul(product, alpha));
  if (beta === 0) return scaled ?? tf.zeros([out.rows, out.columns]);
  const former = tf.mul(runtime.view(out), beta);
  return scaled ? tf.add(scaled, former) : former;
}
