import { ValueError } from '@agop/core';
import { eigh } from '@agop/core/host';
import type { Label, LabelInput, MatrixInput } from '@agop/estimators';
import {
  type ClassifiedFeatures,
  type CollapseOptions,
  centeredGram,
  classifyFeatures,
} from './class-statistics.ts';

/**
 * Collapse of the variability within classes. Both are 0 where the samples of each class coincide, exactly.
 */
export interface NC1 {
  /** tr Σ_W / tr Σ_B */
  readonly ratio: number;
  /** tr(Σ_W Σ_B⁺) / C */
  readonly scattering: number;
}

/**
 * Directions in which the means' inner products are below this part of the largest are left out of Σ_B⁺:
 * rounding.
 */
const negligible = 1e-12;

/**
 * NC1: how much the samples scatter about their class means, compared with the means themselves.
 *
 *   Σ_W = (1/n) Σ_i (x_i - μ_c(i))(x_i - μ_c(i))ᵀ,   Σ_B = (1/C) Σ_c (μ_c - μ_G)(μ_c - μ_G)ᵀ
 *
 * with μ_G the plain average of the C class means. The published Deep RFM program divides Σ_W by n C instead
 * of n: its number is `ratio / C`.
 *
 * Source: Papyan, Han, Donoho 2020 (arXiv 2008.08186), section 2.2 for `scattering`; Beaglehole, Súkeník,
 * Mondelli, Belkin 2024 (arXiv 2402.13728) for `ratio`.
 *
 * @param features [n, d]
 * @param labels [n]
 * @throws {ValueError} as {@link classStatistics}, and where all class means coincide, which leaves NC1
 *   undefined
 * @throws {UnknownLabelError} as {@link classStatistics}
 * @throws {ShapeError} as {@link classStatistics}
 * @throws {DTypeError} as {@link classStatistics}
 * @throws {DisposedError} as {@link classStatistics}
 */
export async function nc1<L extends Label>(
  features: MatrixInput,
  labels: LabelInput<L>,
  options: CollapseOptions = {},
): Promise<NC1> {
  return variabilityCollapse(await classifyFeatures(features, labels, options));
}

/** {@link nc1} of features that have been read. */
export function variabilityCollapse({ matrix, statistics }: ClassifiedFeatures): NC1 {
  const { data, rows, columns: d } = matrix;
  const { classes, assignment, means } = statistics;
  const gram = centeredGram(statistics);
  let between = 0;
  for (let c = 0; c < classes.length; c++) between += gram[c * classes.length + c] as number;
  between /= classes.length;
  if (!(between > 0)) {
    throw new ValueError(
      'All class means coincide, so that NC1 is undefined: the features do not tell the classes apart.',
    );
  }
  const directions = inverseMeans(statistics.centered, gram, classes.length, d);
  const residual = new Float64Array(d);
  let within = 0;
  let scattering = 0;
  for (let i = 0; i < rows; i++) {
    const mean = (assignment[i] as number) * d;
    for (let j = 0; j < d; j++) {
      const difference = (data[i * d + j] as number) - (means[mean + j] as number);
      residual[j] = difference;
      within += difference * difference;
    }
    for (const direction of directions) {
      let sum = 0;
      for (let j = 0; j < d; j++) sum += (direction[j] as number) * (residual[j] as number);
      scattering += sum * sum;
    }
  }
  return { ratio: within / rows / between, scattering: scattering / rows };
}

/**
 * Vectors u_k with Σ_B⁺ / C = Σ_k u_k u_kᵀ. With A [C, d] the centered means and A Aᵀ = Σ_k λ_k v_k v_kᵀ,
 * Σ_B = AᵀA / C and u_k = Aᵀ v_k / λ_k: nothing of size d × d is formed.
 */
function inverseMeans(centered: Float64Array, gram: Float64Array, count: number, d: number): Float64Array[] {
  const { values, vectors } = eigh(gram, count);
  const largest = values.reduce((most, value) => Math.max(most, value), Number.NEGATIVE_INFINITY);
  const directions: Float64Array[] = [];
  values.forEach((value, k) => {
    if (value <= negligible * largest) return;
    const direction = new Float64Array(d);
    for (let c = 0; c < count; c++) {
      const weight = (vectors[c * count + k] as number) / value;
      for (let j = 0; j < d; j++) {
        direction[j] = (direction[j] as number) + weight * (centered[c * d + j] as number);
      }
    }
    directions.push(direction);
  });
  return directions;
}
