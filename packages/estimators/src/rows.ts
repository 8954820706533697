import {
  type Backend,
  type FloatDType,
  OptionError,
  randomPermutation,
  ShapeError,
  subkey,
  type Tensor,
  ValueError,
} from '@agop/core';
import { checkNumbers, checkWhole } from '@agop/core/options';

/** A matrix on the host: one row per sample. */
export interface Rows {
  /** Row-major, [rows, columns]. */
  readonly data: ArrayLike<number>;
  readonly rows: number;
  readonly columns: number;
}

/** Row indices of a split, ascending. */
export interface Holdout {
  readonly training: Int32Array;
  readonly held: Int32Array;
}

/**
 * Holds a fraction of the rows out at random, in each stratum alike; at least one row and at most all but one
 * of a stratum with two or more rows, none of a stratum with one.
 *
 * @param strata for each row the index of its stratum (its class), or undefined
 * @throws {OptionError} for a fraction outside (0, 1)
 * @throws {ValueError} if nothing could be held out
 */
export function holdOut(rows: number, fraction: number, seed: number, strata?: ArrayLike<number>): Holdout {
  if (!(fraction > 0 && fraction < 1)) {
    throw new OptionError('validation', { requirement: 'be a fraction between 0 and 1', received: fraction });
  }
  const members = new Map<number, number[]>();
  for (const row of randomPermutation(rows, subkey(seed, 'hold-out'))) {
    const stratum = strata?.[row] ?? 0;
    const group = members.get(stratum);
    if (group) group.push(row);
    else members.set(stratum, [row]);
  }
  const held: number[] = [];
  const training: number[] = [];
  for (const group of members.values()) {
    const wanted = Math.min(Math.max(Math.round(group.length * fraction), 1), group.length - 1);
    // One by one: arguments of a call have to fit the stack.
    for (const [at, row] of group.entries()) (at < wanted ? held : training).push(row);
  }
  if (held.length === 0) throw new ValueError('There are too few rows to hold some out for validation.');
  return { training: Int32Array.from(training).sort(), held: Int32Array.from(held).sort() };
}

/** Rows that were taken of others, by what they were taken of. */
const taken = new WeakMap<Rows, { readonly of: Rows; readonly chosen: Int32Array }>();

/** Chosen rows, in float64; what else a kind of samples holds, such as the size of images, stays. */
export function takeRows<X extends Rows>(x: X, chosen: Int32Array): X & { readonly data: Float64Array } {
  const { data, columns } = x;
  const own = new Float64Array(chosen.length * columns);
  chosen.forEach((row, i) => {
    for (let j = 0; j < columns; j++) own[i * columns + j] = data[row * columns + j] as number;
  });
  const rows = { ...x, data: own, rows: chosen.length };
  taken.set(rows, { of: x, chosen });
  return rows;
}

/**
 * The rows that {@link takeRows} has taken these of, through all steps, and which of them: for those who
 * would rather send a selection than rows.
 *
 * @returns `chosen` is undefined where the rows were not taken of others, but are the whole
 */
export function takenFrom(x: Rows): { readonly whole: Rows; readonly chosen: Int32Array | undefined } {
  let [whole, chosen]: [Rows, Int32Array | undefined] = [x, undefined];
  for (let step = taken.get(whole); step; step = taken.get(whole)) {
    const before = step.chosen;
    chosen = chosen ? chosen.map((row) => before[row] as number) : before;
    whole = step.of;
  }
  return { whole, chosen };
}

/** Chosen samples, with their targets and weights. */
export function takeSamples<X extends Rows>(
  samples: { readonly x: X; readonly y: Rows; readonly weights?: ArrayLike<number> | undefined },
  chosen: Int32Array,
) {
  const { x, y, weights } = samples;
  const taken = { x: takeRows(x, chosen), y: takeRows(y, chosen) };
  return weights ? { ...taken, weights: Float64Array.from(chosen, (row) => weights[row] as number) } : taken;
}

/**
 * Index of the first largest entry of each row of a row-major matrix.
 *
 * @throws {OptionError} for a number of columns that is not whole
 */
export function argmaxRows(data: ArrayLike<number>, columns: number): Int32Array {
  checkWhole('columns', columns, 1);
  checkNumbers('data', data);
  return Int32Array.from({ length: data.length / columns }, (_, row) => {
    let best = 0;
    for (let j = 1; j < columns; j++) {
      if ((data[row * columns + j] as number) > (data[row * columns + best] as number)) best = j;
    }
    return best;
  });
}

/**
 * Checks that rows have the features that a model was fitted on.
 *
 * @throws {ShapeError} for another number of columns
 */
export function checkFeatures({ columns }: Rows, features: number): void {
  if (columns !== features) {
    throw new ShapeError(`X has ${columns} columns, but the model was fitted on ${features} features.`);
  }
}

/** Moves rows to the backend. @throws {ValueError} for numbers beyond the range of float32 */
export function uploadRows(backend: Backend, rows: Rows, dtype: FloatDType, what: string): Tensor {
  if (dtype === 'float32' && !(rows.data instanceof Float32Array)) checkRange(rows, what);
  return backend.tensor(rows.data, [rows.rows, rows.columns], dtype);
}

function checkRange({ data, columns }: Rows, what: string): void {
  for (let i = 0; i < data.length; i++) {
    if (Number.isFinite(Math.fround(data[i] as number))) continue;
    const position = { row: Math.floor(i / columns), column: i % columns };
    throw new ValueError(
      `${what} has ${data[i]} in row ${position.row}, column ${position.column}, beyond the range of float32. Scale it, or use dtype 'float64'.`,
      position,
    );
  }
}
