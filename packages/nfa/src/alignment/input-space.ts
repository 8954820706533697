import type { Backend, Tensor } from '@agop/core';
import { cosineSimilarity, matrixPower, pearsonCorrelation } from '@agop/rfm';
import {
  type Grid,
  type LayerComparison,
  type LayerTensors,
  sixteenParts,
  trace,
} from './layer-comparison.ts';
import { type HostSquare, type Similarity, sumOf, toHost } from './similarity.ts';

/** Compares a layer that has at most as many inputs as units, through the matrices themselves. */
export async function compareAmongInputs(
  ops: Backend,
  { weights, initial, change, covariance }: LayerTensors,
  withRoots: boolean,
): Promise<LayerComparison> {
  const summands = [initial, change] as const;
  const gradients = summands.map((s) => ops.matmul(covariance, s)) as [Tensor, Tensor];
  const nfms = await products(ops, summands, summands);
  const agops = await products(ops, summands, gradients);
  const [nfm, agop] = [sumOf(...nfms.flat()), sumOf(...agops.flat())];
  const [changeNfm, changeAgop] = [nfms[1][1], agops[1][1]];
  const root = withRoots ? await rootOf(ops, weights, covariance) : undefined;
  return {
    uncentered: similarity(nfm, agop),
    centered: similarity(changeNfm, changeAgop),
    change: similarity(changeNfm, agop),
    roots: root && { uncentered: similarity(nfm, root), change: similarity(changeNfm, root) },
    parts: sixteenParts((a, b, c, e) => [nfms[a][b], agops[c][e]]),
    squares: [trace(nfm), trace(changeNfm)],
  };
}

/** Similarity of SᵀS with Sᵀ K S, S [units, inputs]. */
export async function gramSimilarityAmongInputs(
  ops: Backend,
  s: Tensor,
  covariance: Tensor,
): Promise<Similarity> {
  const nfm = await toHost(ops.gram(s, { transpose: true }));
  const agop = await toHost(ops.matmul(s, ops.matmul(covariance, s), { transposeA: true }));
  return similarity(nfm, agop);
}

function similarity(a: HostSquare, b: HostSquare): Similarity {
  return { cosine: cosineSimilarity(a.data, b.data), pearson: pearsonCorrelation(a.data, b.data) };
}

/** left_aᵀ right_b at [a][b]. */
async function products(
  ops: Backend,
  [left0, left1]: readonly [Tensor, Tensor],
  [right0, right1]: readonly [Tensor, Tensor],
): Promise<Grid<HostSquare>> {
  const product = (a: Tensor, b: Tensor) => toHost(ops.matmul(a, b, { transposeA: true }));
  return [
    [await product(left0, right0), await product(left0, right1)],
    [await product(left1, right0), await product(left1, right1)],
  ];
}

async function rootOf(ops: Backend, weights: Tensor, covariance: Tensor): Promise<HostSquare> {
  const agop = ops.matmul(weights, ops.matmul(covariance, weights), { transposeA: true });
  return toHost(await matrixPower(ops, agop, 0.5));
}
