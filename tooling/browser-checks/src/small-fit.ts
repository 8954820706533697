import { randomArray } from '@agop/core';
import { type RegressorOptions, RFMRegressor } from '@agop/rfm';

/** What a fit has found. */
export interface SmallFit {
  /** Share of each feature in the metric. */
  readonly importances: readonly number[];
  readonly predictions: readonly number[];
}

const [rows, columns] = [120, 5];

/** y = x₀ x₁ of 120 rows with five features, by two iterations. */
export async function smallFit(options: Pick<RegressorOptions, 'backend'>): Promise<SmallFit> {
  const data = randomArray(rows * columns, 'normal', { seed: 5 }, 'float64');
  const x = Array.from({ length: rows }, (_, i) => Array.from(data.subarray(i * columns, (i + 1) * columns)));
  const y = x.map(([a = 0, b = 0]) => a * b);
  using model = await new RFMRegressor({ ...options, dtype: 'float32', iterations: 2, seed: 1 }).fit(x, y);
  return {
    importances: Array.from(await model.featureImportances()),
    predictions: Array.from(await model.predict(x.slice(0, 20))),
  };
}
