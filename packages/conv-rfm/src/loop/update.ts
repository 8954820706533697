import { type Backend, input, Scope, type Tensor } from '@agop/core';
import { matrixPower } from '@agop/rfm';

/** What of the AGOP multiplies patches in the next fit: its square root, or itself; either divided by its Frobenius norm. */
export type PatchUpdate = 'root' | 'plain';

const divided = input('b').div(input('norm').add(1e-30));

/**
 * The next transform of patches, B = AGOP^(1/2) / ‖AGOP^(1/2)‖ or AGOP / ‖AGOP‖ (Frobenius norms). The metric on patches is B Bᵀ.
 *
 * @param agop [d, d], stays the caller's
 * @returns [d, d], symmetric; zeros for zeros
 * @throws {ConvergenceError} for NaN
 */
export async function nextTransform(backend: Backend, agop: Tensor, update: PatchUpdate): Promise<Tensor> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const matrix = update === 'root' ? scope.own(await matrixPower(backend, agop, 0.5)) : agop;
  return scope.keep(ops.map(divided, { b: matrix, norm: ops.norm(matrix, 'all') }));
}
