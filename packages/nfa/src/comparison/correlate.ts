import { type Backend, floatDType, input, machineEpsilon, selectLessEqual, type Tensor } from '@agop/core';
import { cosineSimilarity, matrixPower, pearsonCorrelation } from '@agop/rfm';
import { agopOf } from './measured-layer.ts';

/**
 * How alike a neural feature matrix is to an AGOP and to its root: `cosineSimilarity` and
 * `pearsonCorrelation` of `@agop/rfm`.
 */
export interface Correlations {
  readonly cosine: number;
  readonly pearson: number;
  readonly rootCosine: number;
  readonly rootPearson: number;
}

/**
 * Correlates AᵀA with WᵀKW and with its root, on matrices of the smaller side of W only.
 *
 * With Q = WWᵀ, R = (Q^½ K Q^½)^½ and V = Q^-½ W, whose rows are orthonormal, the root is VᵀRV, and
 * ⟨AᵀA, WᵀKW⟩ = tr(C K Cᵀ) with C = A Wᵀ; ⟨AᵀA, root⟩ = tr(C Q^-½ R Q^-½ Cᵀ); ‖AᵀA‖ = ‖AAᵀ‖; the sums of
 * their entries are |A1|², (W1)ᵀK(W1) and (V1)ᵀR(V1).
 *
 * @param a [any, inputs]; W itself, or W − W_0
 * @param w [units, inputs]
 * @param k [units, units]
 */
export async function correlate(ops: Backend, a: Tensor, w: Tensor, k: Tensor): Promise<Correlations> {
  const [units, inputs] = w.shape as [number, number];
  return units < inputs ? bySmallForms(ops, a, w, k) : directly(ops, a, w, k);
}

async function directly(ops: Backend, a: Tensor, w: Tensor, k: Tensor): Promise<Correlations> {
  const agop = agopOf(ops, w, k);
  const root = await matrixPower(ops, agop, 0.5);
  const [nfm, first, second] = await Promise.all(
    [ops.gram(a, { transpose: true }), agop, root].map((matrix) => matrix.read()),
  );
  if (!nfm || !first || !second) throw new TypeError('three matrices are read');
  return {
    cosine: cosineSimilarity(nfm, first),
    pearson: pearsonCorrelation(nfm, first),
    rootCosine: cosineSimilarity(nfm, second),
    rootPearson: pearsonCorrelation(nfm, second),
  };
}

async function bySmallForms(ops: Backend, a: Tensor, w: Tensor, k: Tensor): Promise<Correlations> {
  const inputs = w.shape[1] as number;
  const { half, inverse } = await rootsOf(ops, ops.gram(w));
  const root = await matrixPower(ops, sandwich(ops, half, k), 0.5);
  const c = ops.matmul(a, w, { transposeB: true });
  const ones = ops.tensor(new Float64Array(inputs).fill(1), [inputs, 1], w.dtype);
  const s = ops.matmul(w, ones);
  const v = ops.matmul(inverse, s);
  const nfm: Moments = {
    square: await squareNorm(ops, ops.gram(a)),
    sum: await squareNorm(ops, ops.matmul(a, ones)),
  };
  const plain: Moments = {
    square: await squareNorm(ops, sandwich(ops, half, k)),
    sum: await form(ops, k, s),
  };
  const rooted: Moments = { square: await squareNorm(ops, root), sum: await form(ops, root, v) };
  const cells = inputs * inputs;
  const first = relate(nfm, plain, await trace(ops, c, k), cells);
  const second = relate(nfm, rooted, await trace(ops, ops.matmul(c, inverse), root), cells);
  return {
    cosine: first.cosine,
    pearson: first.pearson,
    rootCosine: second.cosine,
    rootPearson: second.pearson,
  };
}

/** ‖·‖² and the sum of the entries of a matrix. */
interface Moments {
  readonly square: number;
  readonly sum: number;
}

function relate(a: Moments, b: Moments, product: number, cells: number) {
  const spread = ({ square, sum }: Moments): number => square - (sum * sum) / cells;
  return {
    cosine: product / Math.sqrt(a.square * b.square),
    pearson: (product - (a.sum * b.sum) / cells) / Math.sqrt(spread(a) * spread(b)),
  };
}

/** S K S for a symmetric S. */
function sandwich(ops: Backend, s: Tensor, k: Tensor): Tensor {
  return ops.matmul(s, ops.matmul(k, s));
}

/** tr(C K Cᵀ). */
function trace(ops: Backend, c: Tensor, k: Tensor): Promise<number> {
  return inner(ops, c, ops.matmul(c, k));
}

/** vᵀKv of a column v. */
function form(ops: Backend, k: Tensor, v: Tensor): Promise<number> {
  return inner(ops, v, ops.matmul(k, v));
}

/** ‖A‖². */
export function squareNorm(ops: Backend, a: Tensor): Promise<number> {
  return inner(ops, a, a);
}

const product = input('a').mul(input('b'));

/** The sum of the products of the entries; sums of rows on the backend, their sum on the host in float64. */
async function inner(ops: Backend, a: Tensor, b: Tensor): Promise<number> {
  const rows = await ops.sum(ops.map(product, { a, b }), 1).read();
  return Array.from(rows).reduce((total, value) => total + value, 0);
}

const lambda = input('lambda');
const least = input('least');

/** Q^½ and Q^-½, the latter on the range of Q: eigenvalues below its rounding count as 0. */
export async function rootsOf(
  ops: Backend,
  q: Tensor,
): Promise<{ readonly half: Tensor; readonly inverse: Tensor }> {
  const { values, vectors } = await ops.eigh(q);
  const eigenvalues = Array.from(await values.read());
  const largest = eigenvalues.reduce((most, value) => Math.max(most, value), 0);
  const bound = largest * machineEpsilon(floatDType(q)) * eigenvalues.length;
  const scaled = (power: number): Tensor =>
    ops.map(selectLessEqual(lambda, least, 0, lambda.pow(power).mul(input('v'))), {
      lambda: values,
      least: bound,
      v: vectors,
    });
  return { half: ops.gram(scaled(0.25)), inverse: ops.gram(scaled(-0.25)) };
}
