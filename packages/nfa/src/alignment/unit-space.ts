import { type Backend, input, selectLessEqual, type Tensor } from '@agop/core';
import { matrixPower } from '@agop/rfm';
import {
  type Grid,
  type LayerComparison,
  type LayerTensors,
  sixteenParts,
  total,
  trace,
} from './layer-comparison.ts';
import {
  type HostSquare,
  quadraticForm,
  rowSums,
  type Similarity,
  similarityOf,
  squaredNorm,
  sumOf,
  toHost,
  traceOfProduct,
} from './similarity.ts';

// With S_0 = W_0, S_1 = D, Q_ab = S_a S_bᵀ and s = S 1 (sums of rows), all of order units:
//
//   tr(S_aᵀ S_b · S_cᵀ K S_e) = tr(Q_bc K Q_ea),     ‖SᵀS‖² = ‖S Sᵀ‖²,     ‖Sᵀ K S‖² = tr(K S Sᵀ K S Sᵀ),
//   1ᵀ SᵀS 1 = ‖s‖²,     1ᵀ Sᵀ K S 1 = sᵀ K s.

/** Compares a layer that has fewer units than inputs: no matrix of inputs × inputs is made. */
export async function compareAmongUnits(
  ops: Backend,
  layer: LayerTensors,
  withRoots: boolean,
): Promise<LayerComparison> {
  const { weights, change, covariance } = layer;
  const { grams, weighted } = await summandProducts(ops, layer);
  const parts = sixteenParts((a, b, c, e) => [grams[b][c], weighted[e][a]]);
  const k = await toHost(covariance);
  const own = await formsOf(sumOf(...grams.flat()), sumOf(...weighted.flat()), k, rowSums(ops, weights));
  const moved = await formsOf(grams[1][1], weighted[1][1], k, rowSums(ops, change));
  const order = weights.shape[1] as number;
  const similarity = (inner: number, a: Forms, b: Forms): Similarity =>
    similarityOf({ inner, squares: [a.nfm.square, b.agop.square], sums: [a.nfm.sum, b.agop.sum] }, order);
  return {
    uncentered: similarity(total(parts), own, own),
    centered: similarity(parts[15] as number, moved, moved),
    change: similarity(total(parts.subarray(12)), moved, own),
    roots: withRoots ? await rootSimilarities(ops, layer, own, moved) : undefined,
    parts,
    squares: [own.trace, moved.trace],
  };
}

/** Similarity of SᵀS with Sᵀ K S, S [units, inputs]. */
export async function gramSimilarityAmongUnits(
  ops: Backend,
  s: Tensor,
  covariance: Tensor,
): Promise<Similarity> {
  const gram = ops.gram(s);
  const [own, weighted] = [await toHost(gram), await toHost(ops.matmul(covariance, gram))];
  const { nfm, agop } = await formsOf(own, weighted, await toHost(covariance), rowSums(ops, s));
  const moments = {
    inner: traceOfProduct(own, weighted),
    squares: [nfm.square, agop.square],
    sums: [nfm.sum, agop.sum],
  } as const;
  return similarityOf(moments, s.shape[1] as number);
}

/** Squared norm and sum of all entries of SᵀS and of Sᵀ K S; tr SᵀS. */
interface Forms {
  readonly nfm: { readonly square: number; readonly sum: number };
  readonly agop: { readonly square: number; readonly sum: number };
  readonly trace: number;
}

async function formsOf(
  gram: HostSquare,
  weighted: HostSquare,
  k: HostSquare,
  sums: Promise<Float64Array>,
): Promise<Forms> {
  const s = await sums;
  return {
    nfm: { square: squaredNorm(gram.data), sum: squaredNorm(s) },
    agop: { square: traceOfProduct(weighted, weighted), sum: quadraticForm(k, s) },
    trace: trace(gram),
  };
}

/** Q_ab, and K Q_ab. */
async function summandProducts(
  ops: Backend,
  { initial, change, covariance }: LayerTensors,
): Promise<{ readonly grams: Grid<HostSquare>; readonly weighted: Grid<HostSquare> }> {
  const across = ops.matmul(initial, change, { transposeB: true });
  const q: Grid<Tensor> = [
    [ops.gram(initial), across],
    [ops.transpose(across), ops.gram(change)],
  ];
  return {
    grams: await gridOf(q, toHost),
    weighted: await gridOf(q, (gram) => toHost(ops.matmul(covariance, gram))),
  };
}

async function gridOf<T, U>([[a, b], [c, d]]: Grid<T>, of: (value: T) => Promise<U>): Promise<Grid<U>> {
  return [
    [await of(a), await of(b)],
    [await of(c), await of(d)],
  ];
}

/**
 * With W = Q^½ U, Q = W Wᵀ, the rows of U being orthonormal, (Wᵀ K W)^½ = Uᵀ R U, R = (Q^½ K Q^½)^½, and
 * ⟨SᵀS, Uᵀ R U⟩ = tr(B R Bᵀ), B = S Uᵀ = S Wᵀ Q^(−½).
 */
async function rootSimilarities(
  ops: Backend,
  { weights, change, covariance }: LayerTensors,
  own: Forms,
  moved: Forms,
): Promise<NonNullable<LayerComparison['roots']>> {
  const q = ops.gram(weights);
  const half = await matrixPower(ops, q, 0.5);
  const inverseHalf = await inverseRoot(ops, q);
  const r = await matrixPower(ops, ops.matmul(half, ops.matmul(covariance, half)), 0.5);
  const root = await toHost(r);
  // The entries of Uᵀ R U add up to (U 1)ᵀ R (U 1), and U 1 = Q^(−½) W 1.
  const turned = Float64Array.from(await ops.matmul(inverseHalf, ops.sum(weights, 1)).read());
  const [rootSquare, rootSum] = [squaredNorm(root.data), quadraticForm(root, turned)];
  const compare = async (s: Tensor, { nfm }: Forms): Promise<Similarity> => {
    const b = ops.matmul(ops.matmul(s, weights, { transposeB: true }), inverseHalf);
    const products = ops.map(input('b').mul(input('c')), { b, c: ops.matmul(b, r) });
    const [inner] = await ops.sum(products, 'all').read();
    return similarityOf(
      { inner: inner as number, squares: [nfm.square, rootSquare], sums: [nfm.sum, rootSum] },
      weights.shape[1] as number,
    );
  };
  return { uncentered: await compare(weights, own), change: await compare(change, moved) };
}

/** The pseudo-inverse Q^(−½) of a Gram matrix. */
async function inverseRoot(ops: Backend, q: Tensor): Promise<Tensor> {
  const { values, vectors } = await ops.eigh(q);
  // Eigenvalues that are rounding have no inverse.
  const rounding = q.dtype === 'float64' ? 1e-13 : 1e-6;
  const least = ops.map(input('most').mul(rounding), { most: ops.max(values, 'all') });
  return ops.gram(ops.map(inverseQuarter, { lambda: values, v: vectors, least }));
}

const lambda = input('lambda');
const inverseQuarter = selectLessEqual(lambda, input('least'), 0, lambda.pow(-0.25).mul(input('v')));
