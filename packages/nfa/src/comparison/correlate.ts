import { type Backend, floatDType, input, machineEpsilon, selectLessEqual, type Tensor } from '@agop/core';
import { cosineSimilarity, matrixPower, pearsonCorrelation } from '@agop/rfm';
import { agopOf } from './measured-layer.ts';
import { type Moments, type Similarity, similarityOf } from './similarity.ts';

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

/** Correlates AᵀA with WᵀKW and with its root; see {@link compareWithAgop}. */
export async function correlate(ops: Backend, a: Tensor, w: Tensor, k: Tensor): Promise<Correlations> {
  const { agop, root } = await (await compareWithAgopAndRoot(ops, w, k))(a);
  return {
    cosine: agop.cosine,
    pearson: agop.pearson,
    rootCosine: root.cosine,
    rootPearson: root.pearson,
  };
}

/** Similarity of AᵀA with an AGOP and with its root. */
interface RootedSimilarity {
  readonly agop: Similarity;
  readonly root: Similarity;
}

/**
 * What compares AᵀA with WᵀKW and with its root, on matrices of the smaller side of W only; A is [any,
 * inputs], such as W itself, or W − W_0.
 *
 * With Q = WWᵀ, R = (Q^½ K Q^½)^½ and V = Q^-½ W, whose rows are orthonormal, the root is VᵀRV, and
 * ⟨AᵀA, WᵀKW⟩ = tr(C K Cᵀ) with C = A Wᵀ; ⟨AᵀA, root⟩ = tr(C Q^-½ R Q^-½ Cᵀ); ‖AᵀA‖ = ‖AAᵀ‖; the sums of
 * their entries are |A1|², (W1)ᵀK(W1) and (V1)ᵀR(V1).
 *
 * @param w [units, inputs]
 * @param k [units, units]
 */
export async function compareWithAgopAndRoot(
  ops: Backend,
  w: Tensor,
  k: Tensor,
): Promise<(a: Tensor) => Promise<RootedSimilarity>> {
  const inputs = w.shape[1] as number;
  if (!hasFewUnits(w)) {
    const agop = agopOf(ops, w, k);
    const rootOfAgop = await matrixPower(ops, agop, 0.5);
    const [plain, root] = [await agop.read(), await rootOfAgop.read()];
    return async (a) => {
      const nfm = await ops.gram(a, { transpose: true }).read();
      return { agop: entrywise(nfm, plain), root: entrywise(nfm, root) };
    };
  }
  const { half, inverse } = await rootsOf(ops, ops.gram(w));
  const inner = sandwich(ops, half, k);
  const root = await matrixPower(ops, inner, 0.5);
  const s = rowSums(ops, w);
  const plain = { square: await squareNorm(ops, inner), sum: await form(ops, k, s) };
  const rooted = {
    square: await squareNorm(ops, root),
    sum: await form(ops, root, ops.matmul(inverse, s)),
  };
  const cells = inputs * inputs;
  return async (a) => {
    const nfm = await gramMoments(ops, a);
    const c = ops.matmul(a, w, { transposeB: true });
    return {
      agop: similarityOf(nfm, plain, await trace(ops, c, k), cells),
      root: similarityOf(nfm, rooted, await trace(ops, ops.matmul(c, inverse), root), cells),
    };
  };
}

/** What compares AᵀA with WᵀKW alone: as {@link compareWithAgopAndRoot}, but without eigenvalues. */
export async function compareWithAgop(
  ops: Backend,
  w: Tensor,
  k: Tensor,
): Promise<(a: Tensor) => Promise<Similarity>> {
  const inputs = w.shape[1] as number;
  if (!hasFewUnits(w)) {
    const agop = await agopOf(ops, w, k).read();
    return async (a) => entrywise(await ops.gram(a, { transpose: true }).read(), agop);
  }
  // ‖WᵀKW‖² = tr(KQKQ).
  const kq = ops.matmul(k, ops.gram(w));
  const plain = {
    square: await innerProduct(ops, kq, ops.transpose(kq)),
    sum: await form(ops, k, rowSums(ops, w)),
  };
  return async (a) => {
    const inner = await trace(ops, ops.matmul(a, w, { transposeB: true }), k);
    return similarityOf(await gramMoments(ops, a), plain, inner, inputs * inputs);
  };
}

/** Whether matrices of the order of the units are smaller than those of the order of the inputs. */
export function hasFewUnits({ shape: [units = 0, inputs = 0] }: Tensor): boolean {
  return units < inputs;
}

function entrywise(a: ArrayLike<number>, b: ArrayLike<number>): Similarity {
  return { cosine: cosineSimilarity(a, b), pearson: pearsonCorrelation(a, b) };
}

/** Those of AᵀA. */
async function gramMoments(ops: Backend, a: Tensor): Promise<Moments> {
  return { square: await squareNorm(ops, ops.gram(a)), sum: await squareNorm(ops, rowSums(ops, a)) };
}

/** A1, a column. */
function rowSums(ops: Backend, a: Tensor): Tensor {
  const columns = a.shape[1] as number;
  return ops.matmul(a, ops.tensor(new Float64Array(columns).fill(1), [columns, 1], a.dtype));
}

/** S K S for a symmetric S. */
function sandwich(ops: Backend, s: Tensor, k: Tensor): Tensor {
  return ops.matmul(s, ops.matmul(k, s));
}

/** tr(C K Cᵀ). */
function trace(ops: Backend, c: Tensor, k: Tensor): Promise<number> {
  return innerProduct(ops, c, ops.matmul(c, k));
}

/** vᵀKv of a column v. */
function form(ops: Backend, k: Tensor, v: Tensor): Promise<number> {
  return innerProduct(ops, v, ops.matmul(k, v));
}

/** ‖A‖². */
export function squareNorm(ops: Backend, a: Tensor): Promise<number> {
  return innerProduct(ops, a, a);
}

const product = input('a').mul(input('b'));

/** The sum of the products of the entries; sums of rows on the backend, their sum on the host in float64. */
async function innerProduct(ops: Backend, a: Tensor, b: Tensor): Promise<number> {
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
