import { Scope, type Tensor } from '@agop/core';
import { kernelMatrix } from '../kernel-matrix/kernel-matrix.ts';
import type { KernelMachine } from './kernel-machine.ts';

/** Rows whose variances are computed together. */
const blockRows = 256;

/**
 * Variance of the Gaussian process whose mean a kernel machine is: s² (k(x, x) - k_xᵀ (K + λ I)⁻¹ k_x), of
 * the function without the noise λ s². The amplitude s² = yᵀ (K + λ I)⁻¹ y / n is the most likely one, for
 * each output. The kernel counts as given: that its metric was learned makes nothing less sure. Rows count as
 * without weights. Factors K once, n³ / 3 operations.
 *
 * Source: Rasmussen, Williams, "Gaussian Processes for Machine Learning" (2006), eq. 2.26 and section 5.4.
 *
 * @param machine fitted with `ridge`
 * @param x [m, d]
 * @param ridge λ, positive
 * @returns [m, outputs], row-major, in squared units of the targets that were fitted
 * @throws {ShapeError} where x does not fit the centers
 * @throws {DTypeError} where x does not fit the centers
 * @throws {NotPositiveDefiniteError} if K + λ I is not numerically positive definite
 */
export async function posteriorVariance(
  machine: KernelMachine,
  x: Tensor,
  ridge: number,
): Promise<Float64Array<ArrayBuffer>> {
  const { backend, kernel, metric, centers, coefficients } = machine;
  using scope = new Scope(backend);
  const { ops } = scope;
  const [n, outputs] = coefficients.shape as [number, number];
  const m = x.shape[0] as number;
  const matrix = kernelMatrix(ops, kernel, centers, centers, metric);
  // With y = (K + λ I) α, yᵀ (K + λ I)⁻¹ y = yᵀ α.
  const [smooth, alpha] = await Promise.all([ops.matmul(matrix, coefficients).read(), coefficients.read()]);
  const amplitudes = new Float64Array(outputs);
  for (let at = 0; at < alpha.length; at++) {
    const [k, a] = [at % outputs, alpha[at] as number];
    const y = (smooth[at] as number) + ridge * a;
    amplitudes[k] = (amplitudes[k] as number) + (y * a) / n;
  }
  const factor = await ops.cholesky(matrix, { ridge, overwrite: true });
  const variances = new Float64Array(m * outputs);
  for (let begin = 0; begin < m; begin += blockRows) {
    using block = new Scope(ops);
    const rows = block.ops.rows(x, begin, Math.min(begin + blockRows, m));
    const prior = block.ops.diagonal(kernelMatrix(block.ops, kernel, rows, rows, metric));
    const half = block.ops.solveTriangular(factor, kernelMatrix(block.ops, kernel, centers, rows, metric));
    const [own, explained] = await Promise.all([prior.read(), block.ops.norm(half, 0).read()]);
    for (let i = 0; i < own.length; i++) {
      const left = Math.max((own[i] as number) - (explained[i] as number) ** 2, 0);
      for (let k = 0; k < outputs; k++) {
        variances[(begin + i) * outputs + k] = Math.max(amplitudes[k] as number, 0) * left;
      }
    }
  }
  return variances;
}
