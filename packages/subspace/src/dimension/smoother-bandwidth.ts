import { takeRows } from '@agop/estimators';
import type { HostMatrix } from '../linear/matrix.ts';
import { smooth } from '../local/smoother.ts';
import { spreadOf } from '../methods/bandwidths.ts';
import type { MethodSettings } from '../methods/problem.ts';

/** Bandwidths that are tried, as factors of s n^(-1/(r + 4)). */
const factors = [0.5, 0.7, 1, 1.4, 2, 3, 6];

/** Rows in coordinates along directions, with their responses. */
export interface ProjectedRows {
  /** [n, r] */
  readonly coordinates: HostMatrix;
  /** [n, outputs] */
  readonly responses: HostMatrix;
}

/**
 * Mean squared errors of local linear regression at other rows, one for each bandwidth that is tried.
 *
 * @param training what is regressed on
 */
export async function errorsAt(
  training: ProjectedRows,
  judged: ProjectedRows,
  settings: MethodSettings,
): Promise<number[]> {
  const errors: number[] = [];
  for (const bandwidth of bandwidthsOf(training.coordinates)) {
    const { values } = await smooth(
      settings.backend,
      training.coordinates,
      training.responses,
      judged.coordinates,
      undefined,
      { ...settings, bandwidth },
    );
    errors.push(meanSquare(values, judged.responses));
  }
  return errors;
}

/**
 * The bandwidth of local linear regression that predicts samples best without themselves.
 *
 * @param at rows at which samples are left out
 */
export async function chooseBandwidth(
  { coordinates, responses }: ProjectedRows,
  at: Int32Array,
  settings: MethodSettings,
): Promise<number> {
  const [points, own] = [takeRows(coordinates, at), takeRows(responses, at)];
  let [best, least] = [1, Number.POSITIVE_INFINITY];
  for (const bandwidth of bandwidthsOf(coordinates)) {
    const options = { ...settings, bandwidth };
    const { leftOut } = await smooth(settings.backend, coordinates, responses, points, own, options);
    const error = meanSquare(leftOut, own);
    if (error < least) [best, least] = [bandwidth, error];
  }
  return best;
}

/** Mean of the squared differences of all entries. */
export function meanSquare(a: HostMatrix, b: HostMatrix): number {
  let sum = 0;
  for (let at = 0; at < a.data.length; at++) sum += ((a.data[at] as number) - (b.data[at] as number)) ** 2;
  return sum / a.data.length;
}

function bandwidthsOf(coordinates: HostMatrix): number[] {
  const { rows: n, columns: r } = coordinates;
  return factors.map((factor) => factor * spreadOf(coordinates) * n ** (-1 / (r + 4)));
}
