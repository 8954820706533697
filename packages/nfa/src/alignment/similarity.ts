import type { Backend, Tensor } from '@agop/core';

/** Cosine and Pearson correlation of two matrices as vectors of their entries. */
export interface Similarity {
  readonly cosine: number;
  readonly pearson: number;
}

/** Two symmetric matrices A and B of one order, as their similarity needs them. */
export interface Moments {
  /** ⟨A, B⟩ */
  readonly inner: number;
  /** ‖A‖², ‖B‖² */
  readonly squares: readonly [number, number];
  /** Sum of all entries of A, of B. */
  readonly sums: readonly [number, number];
}

/** @param order rows of the matrices */
export function similarityOf({ inner, squares, sums }: Moments, order: number): Similarity {
  const [a, b] = squares;
  const [meanA, meanB] = [sums[0] / order ** 2, sums[1] / order ** 2];
  const centered = (square: number, mean: number): number => square - (order * mean) ** 2;
  return {
    cosine: inner / Math.sqrt(a * b),
    pearson: (inner - order ** 2 * meanA * meanB) / Math.sqrt(centered(a, meanA) * centered(b, meanB)),
  };
}

/** A square matrix on the host, row-major. */
export interface HostSquare {
  readonly data: Float64Array;
  readonly order: number;
}

/** tr(A B). */
export function traceOfProduct(a: HostSquare, b: HostSquare): number {
  const { order } = a;
  let sum = 0;
  for (let i = 0; i < order; i++) {
    for (let j = 0; j < order; j++) sum += entry(a, i, j) * entry(b, j, i);
  }
  return sum;
}

/** vᵀ A v. */
export function quadraticForm(a: HostSquare, v: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.order; i++) {
    for (let j = 0; j < a.order; j++) sum += (v[i] as number) * entry(a, i, j) * (v[j] as number);
  }
  return sum;
}

/** ‖v‖². */
export function squaredNorm(v: Float64Array): number {
  return v.reduce((sum, value) => sum + value * value, 0);
}

function entry({ data, order }: HostSquare, i: number, j: number): number {
  return data[i * order + j] as number;
}

/** The sum of matrices of one order. */
export function sumOf(...matrices: readonly HostSquare[]): HostSquare {
  const [first] = matrices as readonly [HostSquare];
  const data = first.data.map((_, i) => matrices.reduce((sum, m) => sum + (m.data[i] as number), 0));
  return { data, order: first.order };
}

/** Copies a matrix to the host. */
export async function toHost(tensor: Tensor): Promise<HostSquare> {
  return { data: Float64Array.from(await tensor.read()), order: tensor.shape[0] as number };
}

/** The sum of each row, on the host. */
export async function rowSums(ops: Backend, tensor: Tensor): Promise<Float64Array> {
  return Float64Array.from(await ops.sum(tensor, 1).read());
}
