import { type ExtensionKey, OptionError, ShapeError, type Tensor } from '@agop/core';
import type { Nonzeros } from '../kernel-matrix/nonzeros.ts';

/** Options of {@link sparseGradients}. */
export interface SparseGradientsOptions {
  /** The entries of the centers. */
  readonly nonzeros: Nonzeros;
  /** The centers `begin` to `end` are the samples. */
  readonly begin: number;
  readonly end: number;
  /** Which operand holds F, and which the shift; undefined for none. */
  readonly own: number | undefined;
  readonly shift: number | undefined;
}

/** What the kernels are told. */
interface SparseGradientsParameters extends Omit<SparseGradientsOptions, 'nonzeros'> {
  /** Where the centers of each feature begin, and where those of the last one end, [d + 1]. */
  readonly starts: Int32Array;
  /** Centers that have the feature, feature by feature, and their values. */
  readonly centers: Int32Array;
  readonly values: Float64Array;
}

/**
 * Gradients at centers that are mostly 0, for backends that have it:
 *
 *   ĝ_kci = Σ_j z_jk α_jc (A_ij - s_j) + z_ik F_ic,
 *
 * [d, c, b] for b samples i, by sums over the centers j that have feature k. The operands are the weights A
 * [m, m], symmetric, the coefficients α [m, c], and as the options say F [m, c] and the shift s [1, m].
 *
 * @throws {OptionError}
 * @throws {ShapeError}
 */
export const sparseGradients: ExtensionKey<
  readonly [Tensor, Tensor, ...Tensor[]],
  SparseGradientsOptions,
  SparseGradientsParameters
> = {
  name: 'sparseGradients',
  prepare(operands, { nonzeros, begin, end, own, shift }) {
    const [weights, coefficients] = operands;
    const { points, features } = nonzeros;
    const c = coefficients.shape[1] ?? 0;
    const expect = (what: string, tensor: Tensor | undefined, shape: readonly number[]): void => {
      if (tensor?.shape.join() === shape.join()) return;
      throw new ShapeError(`sparseGradients: ${what} must be [${shape}], but is [${tensor?.shape}].`);
    };
    expect('the weights', weights, [points, points]);
    expect('the coefficients', coefficients, [points, c]);
    if (own !== undefined) expect('F', operands[own], [points, c]);
    if (shift !== undefined) expect('the shift', operands[shift], [1, points]);
    if (!(begin >= 0 && begin <= end && end <= points)) {
      throw new OptionError('end', `sparseGradients: there are no samples ${begin} to ${end} of ${points}.`);
    }
    const shape = [features, c, end - begin];
    return { shape, parameters: { ...byFeature(nonzeros), begin, end, own, shift } };
  },
};

/** Made once for the many blocks of samples of a fit. */
const known = new WeakMap<Nonzeros, ReturnType<typeof listsOf>>();

function byFeature(nonzeros: Nonzeros): ReturnType<typeof listsOf> {
  const lists = known.get(nonzeros) ?? listsOf(nonzeros);
  known.set(nonzeros, lists);
  return lists;
}

function listsOf({ features, rows, values }: Nonzeros) {
  const starts = new Int32Array(features + 1);
  for (const [k, column] of rows.entries()) starts[k + 1] = (starts[k] as number) + column.length;
  const centers = new Int32Array(starts[features] as number);
  const flat = new Float64Array(centers.length);
  for (const [k, column] of rows.entries()) {
    centers.set(column, starts[k]);
    flat.set(values[k] as Float64Array, starts[k]);
  }
  return { starts, centers, values: flat };
}
