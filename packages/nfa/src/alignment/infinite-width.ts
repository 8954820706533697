import {
  type Backend,
  checkBackend,
  chooseDType,
  input,
  multiply,
  Scope,
  ShapeError,
  type Tensor,
  ValueError,
} from '@agop/core';
import { type MatrixInput, takeRows, toHostMatrix, uploadRows } from '@agop/estimators';
import { cosineSimilarity, pearsonCorrelation } from '@agop/rfm';
import type { Similarity } from '../comparison/similarity.ts';

/**
 * The C-NFA of the first layer just after training has begun, of a ReLU network of one hidden layer,
 * infinitely wide, whose outputs are small at first, under squared loss: no network is needed. With P_ij = (π
 * − angle(x_i, x_j)) / 2π and R = Y Yᵀ it is the similarity of Xᵀ (P ∘ R) X and Xᵀ (P² ∘ R) X. Rows of X are
 * the samples as the network sees them; rows that are 0 do not count. n × n numbers are kept, thrice.
 * Source: derived from Beaglehole et al., arXiv 2402.05271 (for one output Xᵀ D P D X and Xᵀ D P² D X, D the
 * targets on a diagonal); several outputs have independent weights, and so add up.
 *
 * @param x rows [n, d]
 * @param y targets [n, outputs]
 * @throws {OptionError} for what is no backend
 * @throws {ShapeError} for targets of another length than the rows
 * @throws {ValueError} for numbers that are not finite, and where all rows are 0
 * @throws {DTypeError} for what is no matrix
 * @throws {DisposedError} for a tensor that has been disposed
 * @throws {OutOfMemoryError}
 */
export async function infiniteWidthAlignment(
  backend: Backend,
  x: MatrixInput,
  y: MatrixInput,
): Promise<Similarity> {
  checkBackend(backend);
  const [samples, targets] = [await toHostMatrix(x, 'X'), await toHostMatrix(y, 'Y')];
  if (samples.rows !== targets.rows) {
    throw new ShapeError(`X has ${samples.rows} rows, but Y has ${targets.rows}.`);
  }
  using scope = new Scope(backend);
  const { ops } = scope;
  const dtype = chooseDType(backend, undefined, 'float64');
  // Rows that are 0 have no slope at any unit.
  const lengths = await ops.norm(uploadRows(ops, samples, dtype, 'X'), 1).read();
  const chosen = Int32Array.from(Array.from(lengths.keys()).filter((row) => (lengths[row] as number) > 0));
  if (chosen.length === 0) throw new ValueError('All rows of X are 0.');
  const rows = uploadRows(ops, takeRows(samples, chosen), dtype, 'X');
  const residuals = ops.gram(uploadRows(ops, takeRows(targets, chosen), dtype, 'Y'));
  const units = ops.map(unitRow, { x: rows, norm: ops.norm(rows, 1) });
  const p = ops.pairwise(units, units, input('u').arcCosine0().mul(0.5), { symmetric: true });
  const squared = ops.gram(p);
  const between = async (weights: Tensor): Promise<ArrayLike<number>> => {
    const weighted = multiply(ops, weights, residuals, { out: weights });
    return ops.matmul(rows, ops.matmul(weighted, rows), { transposeA: true }).read();
  };
  const [first, second] = [await between(p), await between(squared)];
  return { cosine: cosineSimilarity(first, second), pearson: pearsonCorrelation(first, second) };
}

const unitRow = input('x').div(input('norm'));
