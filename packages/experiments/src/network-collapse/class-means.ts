import type { Tensor } from '@agop/core';
import { eigh } from '@agop/core/host';
import { classStatistics } from '@agop/deep-rfm';
import type { Label, ShapedArray } from '@agop/estimators';

/** Directions of the class means below this part of the largest are rounding. */
const negligible = 1e-10;

/**
 * The part of ‖W‖² that lies in the span of the centered class means of a layer's input: 1 where the layer
 * sees nothing else of its input than to which class it belongs.
 * Source: the third property of deep neural collapse of Súkeník, Mondelli, Lampert 2023 (arXiv 2305.13165).
 *
 * @param features the layer's input, [n, inputs]
 * @param weights W, [units, inputs]
 */
export async function shareInMeans(
  features: ShapedArray,
  labels: readonly Label[],
  classes: readonly Label[],
  weights: Tensor,
): Promise<number> {
  const { centered, features: d } = await classStatistics(features, labels, { classes });
  const count = classes.length;
  const gram = Float64Array.from({ length: count * count }, (_, at) => {
    const [a, b] = [Math.floor(at / count), at % count];
    return inner(centered.subarray(a * d, (a + 1) * d), centered.subarray(b * d, (b + 1) * d));
  });
  const { values, vectors } = eigh(gram, count);
  const largest = values.reduce((most, value) => Math.max(most, value), 0);
  const w = Float64Array.from(await weights.read());
  const rows = weights.shape[0] as number;
  let captured = 0;
  for (let k = 0; k < count; k++) {
    const value = values[k] as number;
    if (value <= negligible * largest) continue;
    // Of unit length: Aᵀ v / √λ, A being the centered means.
    const direction = new Float64Array(d);
    for (let c = 0; c < count; c++) {
      const factor = (vectors[c * count + k] as number) / Math.sqrt(value);
      for (let j = 0; j < d; j++)
        direction[j] = (direction[j] as number) + factor * (centered[c * d + j] as number);
    }
    for (let i = 0; i < rows; i++) captured += inner(w.subarray(i * d, (i + 1) * d), direction) ** 2;
  }
  return captured / inner(w, w);
}

function inner(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += (a[i] as number) * (b[i] as number);
  return sum;
}
