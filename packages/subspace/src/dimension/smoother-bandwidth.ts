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
 * Squared errors of local linear regression at other rows, mean over the outputs: a list for each bandwidth
 * that is tried.
 *
 * @param training what is regressed on
 */
export async function errorsAt(
  training: ProjectedRows,
  judged: ProjectedRows,
  settings: MethodSettings,
): Promise<Float64Array[]> {
  const errors: Float64Array[] = [];
  for (const bandwidth of bandwidthsOf(training.coordinates)) {
    const { values } = await smooth(
      settings.backend,
      training.coordinates,
      training.responses,
      judged.coordinates,
      undefined,
      { ...settings, bandwidth },
    );
    errors.push(squaresOf(values, judged.responses));
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
    const error = average(squaresOf(leftOut, own));
    if (error < least) [best, least] = [bandwidth, error];
  }
  return best;
}

/** For each row the mean of the squared differences of its entries. */
export function squaresOf(a: HostMatrix, b: HostMatrix): Float64Array {
  const { rows, columns } = a;
  const squares = new Float64Array(rows);
  for (let at = 0; at < a.data.length; at++) {
    const row = Math.floor(at / columns);
    const difference = (a.data[at] as number) - (b.data[at] as number);
    squares[row] = (squares[row] as number) + difference ** 2 / columns;
  }
  return squares;
}

/** The mean of some numbers. */
export function average(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function bandwidthsOf(coordinates: HostMatrix): number[] {
  const { rows: n, columns: r } = coordinates;
  return factors.map((factor) => factor * spreadOf(coordinates) * n ** (-1 / (r + 4)));
}
