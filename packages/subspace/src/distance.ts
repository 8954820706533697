import { ShapeError, ValueError } from '@agop/core';
import { type MatrixInput, toHostMatrix } from '@agop/estimators';
import { type HostMatrix, product, transposed, zeros } from './linear/matrix.ts';
import { eigenOf, orthonormalized } from './linear/symmetric.ts';

/** How far a subspace is from the true one: measures of their orthogonal projectors P and T. */
export interface SubspaceDistance {
  /** ‖P - T‖_F, from 0 to √(2 r) for two subspaces of dimension r. */
  readonly frobenius: number;
  /** The largest singular value of P - T, from 0 to 1: the sine of the largest angle. */
  readonly spectral: number;
  /** √(tr(P T) / r), from 0 to 1, with r the dimension of the second one. */
  readonly trace: number;
  /** 1 - tr(P T) / r, from 0 to 1: the part of the true subspace that is missed. */
  readonly missed: number;
  /**
   * For each column b of the first basis, made orthonormal from left to right, bᵀ(I - T)b: the part of that
   * direction outside of the true subspace. [columns]. Source: Xia, Tong, Li, Zhu 2002.
   */
  readonly outside: Float64Array;
}

/**
 * Compares two subspaces, given by any bases.
 *
 * @param estimate [p, columns], one direction per column
 * @param truth [p, r]
 * @throws {ShapeError} for directions of different lengths, or more of them than that
 * @throws {ValueError} for NaN, infinite or ragged data, and bases that are 0
 * @throws {DTypeError} for data that is of no accepted kind
 * @throws {DisposedError} for tensors that have been disposed
 */
export async function subspaceDistance(estimate: MatrixInput, truth: MatrixInput): Promise<SubspaceDistance> {
  return distanceOf(await basisOf(estimate, 'estimate'), await basisOf(truth, 'truth'));
}

/**
 * The orthogonal projector onto what the columns of a basis span, [p, p] row-major.
 *
 * @param basis [p, r]
 * @throws {ShapeError} for more columns than rows
 * @throws {ValueError} for NaN, infinite or ragged data, and a basis that is 0
 * @throws {DTypeError} for data that is of no accepted kind
 * @throws {DisposedError} for tensors that have been disposed
 */
export async function projector(basis: MatrixInput): Promise<Float64Array> {
  return projectorOf(orthonormalized(await basisOf(basis, 'basis'))).data;
}

/** The projector onto orthonormal columns. */
export function projectorOf(basis: HostMatrix): HostMatrix {
  return product(basis, transposed(basis));
}

/** {@link subspaceDistance} of matrices on the host. */
export function distanceOf(estimate: HostMatrix, truth: HostMatrix): SubspaceDistance {
  if (estimate.rows !== truth.rows) {
    throw new ShapeError(
      `The directions to compare have ${estimate.rows} and ${truth.rows} entries: they need the same features.`,
    );
  }
  const [own, other] = [orthonormalized(estimate), orthonormalized(truth)];
  const [p, t] = [projectorOf(own), projectorOf(other)];
  const difference = { ...p, data: p.data.map((value, at) => value - (t.data[at] as number)) };
  const { values } = eigenOf(difference);
  const overlap = p.data.reduce((sum, value, at) => sum + value * (t.data[at] as number), 0);
  const inside = product(transposed(other), own);
  return {
    frobenius: Math.sqrt(difference.data.reduce((sum, value) => sum + value * value, 0)),
    spectral: Math.max(...values.map(Math.abs)),
    trace: Math.sqrt(Math.max(0, overlap / truth.columns)),
    missed: 1 - overlap / truth.columns,
    outside: Float64Array.from({ length: own.columns }, (_, k) => {
      let sum = 1;
      for (let i = 0; i < inside.rows; i++) sum -= (inside.data[i * inside.columns + k] as number) ** 2;
      return Math.max(0, sum);
    }),
  };
}

async function basisOf(input: MatrixInput, what: string): Promise<HostMatrix> {
  const { data, rows, columns } = await toHostMatrix(input, what);
  if (columns > rows) {
    throw new ShapeError(
      `${what} has ${columns} directions of ${rows} entries. Give one direction per column: [features, directions].`,
    );
  }
  const basis = { ...zeros(rows, columns), data: Float64Array.from(data) };
  if (basis.data.every((value) => value === 0)) throw new ValueError(`${what} is 0, and spans nothing.`);
  return basis;
}
