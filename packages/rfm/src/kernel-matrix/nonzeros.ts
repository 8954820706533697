import { ShapeError, type Tensor } from '@agop/core';

/** Where points [n, d] have entries other than 0. */
export interface Nonzeros {
  /** n */
  readonly points: number;
  /** d */
  readonly features: number;
  /** For each feature the points that have it, ascending. */
  readonly rows: readonly Int32Array[];
  /** For each feature the entries in those rows. */
  readonly values: readonly Float64Array[];
  /** Most entries of one feature. */
  readonly mostPerColumn: number;
}

/**
 * Finds the entries other than 0 of points that are mostly 0, such as one-hot codes. A machine that is told
 * of them (`nonzeros` of `fitKernelMachine` and `recursiveFeatureMachine`) computes its AGOP without
 * multiplying zeros.
 *
 * @param x row-major points [n, d]
 * @param shape [n, d]
 * @throws {ShapeError} if the length of `x` is not n d
 *
 * @example
 * const nonzeros = nonzerosOf(codes, [n, d]);
 * const x = backend.tensor(codes, [n, d], 'float64');
 * const loop = recursiveFeatureMachine({ backend, kernel, x, y, nonzeros });
 */
export function nonzerosOf(x: ArrayLike<number>, shape: readonly [number, number]): Nonzeros {
  const [points, features] = shape;
  if (x.length !== points * features) {
    throw new ShapeError(`nonzerosOf: ${x.length} numbers are not points [${points}, ${features}].`);
  }
  const rows = Array.from({ length: features }, (): number[] => []);
  const values = Array.from({ length: features }, (): number[] => []);
  for (let i = 0; i < points; i++) {
    for (let k = 0; k < features; k++) {
      const value = x[i * features + k] as number;
      if (value === 0) continue;
      rows[k]?.push(i);
      values[k]?.push(value);
    }
  }
  return {
    points,
    features,
    rows: rows.map((column) => Int32Array.from(column)),
    values: values.map((column) => Float64Array.from(column)),
    mostPerColumn: rows.reduce((most, column) => Math.max(most, column.length), 0),
  };
}

/** @throws {ShapeError} if the entries are those of other points */
export function checkNonzeros(nonzeros: Nonzeros | undefined, points: Tensor): Nonzeros | undefined {
  if (!nonzeros) return undefined;
  const [n, d] = points.shape;
  if (nonzeros.points === n && nonzeros.features === d) return nonzeros;
  throw new ShapeError(
    `nonzeros: given for points [${nonzeros.points}, ${nonzeros.features}], but the points are [${n}, ${d}].`,
  );
}
