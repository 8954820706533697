import { type Backend, input, Scope, type Tensor } from '@agop/core';

const product = input('a').mul(input('b'));

/**
 * Means of the gradients over n samples per output, (1/n) ((α ∘ Aᵀ1)ᵀ Z + Fᵀ X): [c, d].
 *
 * @param weightSums Aᵀ1, [1, m]
 * @param ownSums Fᵀ X, [c, d]
 */
export function outputMeans(
  backend: Backend,
  z: Tensor,
  coefficients: Tensor,
  weightSums: Tensor,
  ownSums: Tensor,
  count: number,
): Tensor {
  using scope = new Scope(backend);
  const { ops } = scope;
  const column = ops.reshape(weightSums, [coefficients.shape[0] as number, 1]);
  const scaled = ops.map(product, { a: coefficients, b: column });
  const sums = ops.matmul(scaled, z, { transposeA: true });
  return scope.keep(ops.map(input('a').add(input('b')).div(count), { a: sums, b: ownSums }));
}
