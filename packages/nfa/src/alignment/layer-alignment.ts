import { type Backend, chooseDType, Scope, subtract, type Tensor } from '@agop/core';
import { compareWithAgop, compareWithAgopAndRoot, squareNorm } from '../comparison/correlate.ts';
import type { Similarity } from '../comparison/similarity.ts';
import { sixteenParts } from './parts.ts';

/** How alike a neural feature matrix is to an AGOP and to its root. */
export interface AlignmentSimilarity extends Similarity {
  /** With AGOP^½. Undefined where roots were not asked for. */
  readonly root: Similarity | undefined;
}

/** How far a layer's weights have aligned with its gradients. W are its weights, D = W − W_0. */
export interface LayerAlignment {
  /** UC-NFA: WᵀW with the AGOP Wᵀ K W, K being the covariance of gradients at pre-activations. */
  readonly uncentered: AlignmentSimilarity;
  /** C-NFA: DᵀD with Dᵀ K D, K that of the network as it is. Undefined where D is 0. */
  readonly centered: Similarity | undefined;
  /** DᵀD with the AGOP Wᵀ K W. Undefined where D is 0. */
  readonly change: AlignmentSimilarity | undefined;
  /** ‖D‖ / ‖W‖ */
  readonly relativeChange: number;
  /**
   * The 16 parts of ⟨WᵀW, Wᵀ K W⟩: tr(S_aᵀ S_b · S_cᵀ K S_e) with S_0 = W_0, S_1 = D, at 8a + 4b + 2c + e.
   * They add up to it; the last one is the centered part.
   */
  readonly parts: Float64Array;
  /** The last part over the sum of all. */
  readonly centeredShare: number;
}

/** A layer as it is compared. */
export interface LayerState {
  /** W, [units, inputs]. */
  readonly weights: Tensor;
  /** W_0, [units, inputs]. */
  readonly initial: Tensor;
  /** K, [units, units]. */
  readonly covariance: Tensor;
}

/**
 * Compares a layer with its gradients, among its units or its inputs, whichever are fewer. In float64 where
 * the backend has it, whatever the dtype of the weights.
 * Source: Beaglehole et al., arXiv 2402.05271, for UC-NFA and C-NFA.
 *
 * @param roots whether to compare with roots of AGOPs, which takes eigenvalues
 */
export async function layerAlignment(
  backend: Backend,
  state: LayerState,
  roots: boolean,
): Promise<LayerAlignment> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const dtype = chooseDType(backend, undefined, 'float64');
  const [weights, initial] = [ops.cast(state.weights, dtype), ops.cast(state.initial, dtype)];
  const covariance = ops.cast(state.covariance, dtype);
  const change = subtract(ops, weights, initial);
  const compare = await comparing(ops, weights, covariance, roots);
  const parts = await sixteenParts(ops, [initial, change], covariance);
  const [square, moved] = [await squareNorm(ops, weights), await squareNorm(ops, change)];
  return {
    uncentered: await compare(weights),
    centered: moved > 0 ? await (await compareWithAgop(ops, change, covariance))(change) : undefined,
    change: moved > 0 ? await compare(change) : undefined,
    relativeChange: Math.sqrt(moved / square),
    parts,
    centeredShare: (parts[15] as number) / parts.reduce((sum, part) => sum + part, 0),
  };
}

async function comparing(
  ops: Backend,
  weights: Tensor,
  covariance: Tensor,
  roots: boolean,
): Promise<(a: Tensor) => Promise<AlignmentSimilarity>> {
  if (!roots) {
    const compare = await compareWithAgop(ops, weights, covariance);
    return async (a) => ({ ...(await compare(a)), root: undefined });
  }
  const compare = await compareWithAgopAndRoot(ops, weights, covariance);
  return async (a) => {
    const { agop, root } = await compare(a);
    return { ...agop, root };
  };
}

/**
 * Similarity of SᵀS with Sᵀ K S, S [units, inputs] and K [units, units]: with S the gradient at the start and
 * K that of the start, this is the C-NFA after a first small step.
 */
export async function gramSimilarity(backend: Backend, s: Tensor, covariance: Tensor): Promise<Similarity> {
  using scope = new Scope(backend);
  const dtype = chooseDType(backend, undefined, 'float64');
  const [matrix, k] = [scope.ops.cast(s, dtype), scope.ops.cast(covariance, dtype)];
  return await (await compareWithAgop(scope.ops, matrix, k))(matrix);
}
