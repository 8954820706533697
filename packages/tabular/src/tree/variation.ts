import { type Backend, multiply, Scope, type Tensor } from '@agop/core';
import { measureColumns, type Rows } from '@agop/estimators';
import { topDirections } from '@agop/rfm';

/**
 * Added to the variances of columns, in their sum: columns may follow from others, and there may be more of
 * them than rows. In float32 what rounds is about 1e-7 of the sum, as all variance may lie along one line.
 */
const ridge = 1e-5;

/**
 * The direction along which a predictor varies most over rows: the eigenvector v of G C with the largest
 * eigenvalue, [d], of any length; G is the AGOP of the predictor and C the covariance of the rows. Where C is
 * the identity, v is the top eigenvector of G. Rows that were split along a direction vary less along it, so
 * that the next split has another one.
 *
 * With columns in units of their deviations and C = L Lᵀ, v = G L w for the top eigenvector w of Lᵀ G L. So
 * it follows the units of columns.
 *
 * @param agop [d, d]
 * @param rows [m, d], around 0
 * @returns zeros for a predictor that is constant
 */
export async function variationDirection(backend: Backend, agop: Tensor, rows: Rows): Promise<Float64Array> {
  using scope = new Scope(backend);
  const { ops } = scope;
  const { rows: m, columns: d } = rows;
  const dtype = agop.dtype === 'float32' ? 'float32' : 'float64';
  const { deviation } = measureColumns(rows);
  const scaled = Float64Array.from({ length: m * d }, (_, at) => {
    const unit = deviation[at % d] as number;
    return unit > 0 ? (rows.data[at] as number) / unit : 0;
  });
  const correlations = ops.gram(ops.tensor(scaled, [m, d], dtype), { transpose: true, alpha: 1 / m });
  const lower = await ops.cholesky(correlations, { ridge: ridge * d, overwrite: true });
  const units = (shape: readonly number[]) => ops.tensor(deviation, shape, dtype);
  const gradients = multiply(ops, multiply(ops, agop, units([1, d])), units([d, 1]));
  const product = ops.matmul(gradients, lower);
  const { vectors } = await topDirections(ops, ops.matmul(lower, product, { transposeA: true }), 1);
  const direction = await ops.matmul(product, ops.tensor(vectors[0] as Float64Array, [d, 1], dtype)).read();
  return Float64Array.from(direction, (entry, k) => {
    const unit = deviation[k] as number;
    return unit > 0 ? entry / unit : 0;
  });
}
