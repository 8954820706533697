import { takeRows } from '@agop/estimators';
import { type HostMatrix, product, zeros } from '../linear/matrix.ts';
import { orthonormalized } from '../linear/symmetric.ts';
import { smooth } from '../local/smoother.ts';
import { meanDeviation } from '../methods/bandwidths.ts';
import type { DirectionFinder, MethodSettings } from '../methods/problem.ts';
import type { DimensionSelection } from './selection.ts';

/** Bandwidths that are tried, as factors of s n^(-1/(r + 4)). */
const factors = [0.5, 0.7, 1, 1.4, 2, 3, 6];

/** Dimensions that are tried beyond the best one before the search ends. */
const patience = 2;

/** Rows on which directions are judged. */
export interface JudgedRows {
  /** [m, p] */
  readonly x: HostMatrix;
  /** [m, outputs] */
  readonly responses: HostMatrix;
}

/** A bandwidth of the smoother in r directions, and how well it predicts. */
export interface SmootherChoice {
  readonly bandwidth: number;
  /** Mean squared error over rows and outputs. */
  readonly error: number;
}

/**
 * The bandwidth of local linear regression on coordinates that predicts best: each sample without itself, or
 * held-out rows.
 *
 * @param coordinates [n, r]
 * @param responses [n, outputs]
 * @param at rows at which samples are left out
 * @param held other rows, in the same coordinates
 */
export async function chooseBandwidth(
  coordinates: HostMatrix,
  responses: HostMatrix,
  at: Int32Array,
  held: { readonly coordinates: HostMatrix; readonly responses: HostMatrix } | undefined,
  settings: MethodSettings,
): Promise<SmootherChoice> {
  const { rows: n, columns: r } = coordinates;
  const scale = meanDeviation(coordinates) * n ** (-1 / (r + 4));
  const points = held?.coordinates ?? takeRows(coordinates, at);
  const own = held?.responses ?? takeRows(responses, at);
  let best: SmootherChoice = { bandwidth: scale, error: Number.POSITIVE_INFINITY };
  for (const factor of factors) {
    const bandwidth = factor * scale;
    const options = { ...settings, bandwidth };
    const { values, leftOut } = await smooth(
      settings.backend,
      coordinates,
      responses,
      points,
      held ? undefined : own,
      options,
    );
    const error = meanSquare(held ? values : leftOut, own);
    if (error < best.error) best = { bandwidth, error };
  }
  return best;
}

/**
 * The number of directions on which local linear regression predicts best: samples without themselves, or
 * held-out rows. 0 where none predicts better than the mean.
 *
 * Source: Xia, Tong, Li, Zhu, J. R. Stat. Soc. B 64 (2002), section 4; consistent for their estimators.
 *
 * @param most largest dimension
 */
export async function dimensionByCrossValidation(
  finder: DirectionFinder,
  training: JudgedRows,
  held: JudgedRows | undefined,
  at: Int32Array,
  most: number,
  settings: MethodSettings,
): Promise<DimensionSelection> {
  const { x, responses } = training;
  const base = held
    ? meanSquare(held.responses, repeated(meanOf(responses), held.responses.rows))
    : meanSquare(responses, repeated(meanOf(responses), responses.rows)) *
      (responses.rows / Math.max(1, responses.rows - 1)) ** 2;
  const scores = [1];
  let found = 0;
  for (let r = 1; r <= most && r <= found + patience + 1; r++) {
    const basis = orthonormalized((await finder.directions(r)).basis);
    const project = (rows: HostMatrix): HostMatrix => product(rows, basis);
    const { error } = await chooseBandwidth(
      project(x),
      responses,
      at,
      held && { coordinates: project(held.x), responses: held.responses },
      settings,
    );
    scores.push(base > 0 ? error / base : 1);
    if ((scores[r] as number) < (scores[found] as number)) found = r;
  }
  return { rule: 'crossValidation', found, scores, first: 0 };
}

function meanSquare(a: HostMatrix, b: HostMatrix): number {
  let sum = 0;
  for (let at = 0; at < a.data.length; at++) sum += ((a.data[at] as number) - (b.data[at] as number)) ** 2;
  return sum / a.data.length;
}

function meanOf({ data, rows, columns }: HostMatrix): Float64Array {
  const mean = new Float64Array(columns);
  for (let at = 0; at < data.length; at++) {
    mean[at % columns] = (mean[at % columns] as number) + (data[at] as number) / rows;
  }
  return mean;
}

function repeated(row: Float64Array, rows: number): HostMatrix {
  const out = zeros(rows, row.length);
  for (let i = 0; i < rows; i++) out.data.set(row, i * row.length);
  return out;
}
