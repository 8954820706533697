import { type Backend, chooseDType, Scope, subtract, type Tensor } from '@agop/core';
import { compareAmongInputs, gramSimilarityAmongInputs } from './input-space.ts';
import { total } from './layer-comparison.ts';
import type { Similarity } from './similarity.ts';
import { compareAmongUnits, gramSimilarityAmongUnits } from './unit-space.ts';

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
  const layer = { weights, initial, change: subtract(ops, weights, initial), covariance };
  const compare = isWide(weights) ? compareAmongInputs : compareAmongUnits;
  const { uncentered, centered, change, roots: withRoots, parts, squares } = await compare(ops, layer, roots);
  const hasMoved = squares[1] > 0;
  return {
    uncentered: { ...uncentered, root: withRoots?.uncentered },
    centered: hasMoved ? centered : undefined,
    change: hasMoved ? { ...change, root: withRoots?.change } : undefined,
    relativeChange: Math.sqrt(squares[1] / squares[0]),
    parts,
    centeredShare: (parts[15] as number) / total(parts),
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
  const compare = isWide(matrix) ? gramSimilarityAmongInputs : gramSimilarityAmongUnits;
  return await compare(scope.ops, matrix, k);
}

/** Whether a layer has at least as many units as inputs. */
function isWide({ shape: [units = 0, inputs = 0] }: Tensor): boolean {
  return units >= inputs;
}
