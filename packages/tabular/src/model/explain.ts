import type { Rows } from '@agop/estimators';
import { featureWeights } from '@agop/rfm';
import type { FittedTabular } from './fitted.ts';
import { gradientsOf } from './gradients.ts';

/** Rows whose gradients are held at a time. */
const blockRows = 4096;

/**
 * The average gradient outer product of a model over rows, (1/n) Σ_i Σ_o ∇f_o(x_i) ∇f_o(x_i)ᵀ, through its
 * routing: [d, d], row-major.
 *
 * @param units of the outputs, [outputs], see `TargetCoding.units`; the result is in their squares
 * @throws {ShapeError} for other columns than those of the fit
 * @throws {AbortedError} through `signal`
 */
export async function agopOf(
  fitted: FittedTabular,
  rows: Rows,
  units: ArrayLike<number>,
  signal?: AbortSignal,
): Promise<Float64Array> {
  const { features: d, outputs: c } = fitted;
  const agop = new Float64Array(d * d);
  for (let begin = 0; begin < rows.rows; begin += blockRows) {
    const count = Math.min(blockRows, rows.rows - begin);
    const data = Array.prototype.slice.call(rows.data, begin * d, (begin + count) * d) as number[];
    const { gradients } = await gradientsOf(fitted, { data, rows: count, columns: d }, signal);
    for (let at = 0; at < count * c; at++) {
      const unit = (units[at % c] as number) ** 2 / rows.rows;
      for (let k = 0; k < d; k++) {
        const left = unit * (gradients[at * d + k] as number);
        if (left === 0) continue;
        for (let l = 0; l <= k; l++) {
          agop[k * d + l] = (agop[k * d + l] as number) + left * (gradients[at * d + l] as number);
        }
      }
    }
  }
  for (let k = 0; k < d; k++) for (let l = 0; l < k; l++) agop[l * d + k] = agop[k * d + l] as number;
  return agop;
}

/**
 * How much each feature counts in the distances of each leaf: the diagonal of its metric, scaled to sum 1.
 *
 * @returns for each leaf [d], in the order of `leaves`
 */
export async function leafImportances(fitted: FittedTabular): Promise<Float64Array[]> {
  const importances: Float64Array[] = [];
  for (const leaf of fitted.leaves.keys()) {
    const { fitted: own, columns } = await fitted.machines.get(leaf);
    const weights = columns.collapse(await featureWeights(own.machine));
    const total = weights.reduce((sum, weight) => sum + weight, 0);
    importances.push(total > 0 ? weights.map((weight) => weight / total) : weights);
  }
  return importances;
}

/**
 * How much each feature counts in the distances of the whole model: the mean over the leaves, weighted by
 * their rows, [d], of sum 1.
 */
export async function featureImportances(fitted: FittedTabular): Promise<Float64Array> {
  const byLeaf = await leafImportances(fitted);
  const rows = fitted.leaves.reduce((sum, leaf) => sum + leaf.rows, 0);
  return Float64Array.from({ length: fitted.features }, (_, k) =>
    byLeaf.reduce(
      (sum, own, leaf) => sum + ((own[k] as number) * (fitted.leaves[leaf]?.rows ?? 0)) / rows,
      0,
    ),
  );
}

/**
 * What each feature contributes to the outputs of rows, against a reference: the mean gradient on the line
 * from the reference to the row, times their difference. Contributions of a row sum to f(x) - f(reference),
 * up to the steps of the mean (midpoints), and to jumps between leaves where routing is hard.
 *
 * Source: integrated gradients, Sundararajan, Taly, Yan 2017 (arXiv 1703.01365).
 *
 * @param reference [d], e.g. the means of the training rows
 * @returns [n, outputs, d], row-major
 * @throws {ShapeError} for other columns than those of the fit
 * @throws {AbortedError} through `signal`
 */
export async function contributionsOf(
  fitted: FittedTabular,
  rows: Rows,
  reference: ArrayLike<number>,
  options: { readonly steps?: number; readonly signal?: AbortSignal | undefined } = {},
): Promise<Float64Array> {
  const { steps = 32, signal } = options;
  const { features: d, outputs: c } = fitted;
  const from = (at: number) => reference[at % d] as number;
  const mean = new Float64Array(rows.rows * c * d);
  for (let step = 0; step < steps; step++) {
    const share = (step + 0.5) / steps;
    const data = Float64Array.from(
      { length: rows.rows * d },
      (_, at) => from(at) + share * ((rows.data[at] as number) - from(at)),
    );
    const { gradients } = await gradientsOf(fitted, { ...rows, data }, signal);
    for (let at = 0; at < mean.length; at++)
      mean[at] = (mean[at] as number) + (gradients[at] as number) / steps;
  }
  return mean.map((slope, at) => {
    const [row, k] = [Math.floor(at / (c * d)), at % d];
    return slope * ((rows.data[row * d + k] as number) - from(k));
  });
}
