import { createHash } from 'node:crypto';
import type { Tensor } from '@agop/core';
import type { DenseMatrix } from '@agop/data';

/** What says of a kernel machine which rows it was fitted on. */
export interface Centered {
  /** Its centers are these rows, counted from `origin`. */
  readonly machine: { readonly centers: Tensor };
  readonly origin: ArrayLike<number>;
}

/**
 * Which rows are among those that a model was fitted on, to the last digit of float32. Other rows of the same
 * numbers count as well: the model knows their answer by heart.
 */
export async function fittedRows({ machine, origin }: Centered, x: DenseMatrix): Promise<boolean[]> {
  const { centers } = machine;
  return amongCenters(await centers.read(), origin, x);
}

/** {@link fittedRows} of a model of several leaves, as a file holds them. */
export function knownRows(
  leaves: readonly Readonly<Record<string, { readonly data: ArrayLike<number> }>>[],
  x: DenseMatrix,
): boolean[] {
  const known = new Array<boolean>(x.shape[0]).fill(false);
  for (const { centers, origin } of leaves) {
    for (const [row, isOwn] of amongCenters(centers?.data ?? [], origin?.data ?? [], x).entries()) {
      if (isOwn) known[row] = true;
    }
  }
  return known;
}

function amongCenters(centers: ArrayLike<number>, origin: ArrayLike<number>, x: DenseMatrix): boolean[] {
  const [rows, columns] = x.shape;
  const known = new Set<string>();
  const data = Float32Array.from(centers);
  for (let row = 0; row < data.length / columns; row++) known.add(nameOf(data, row, columns));
  const seen = x.data.map((value, at) => value - (origin[at % columns] ?? 0));
  const single = Float32Array.from(seen);
  return Array.from({ length: rows }, (_, row) => known.has(nameOf(single, row, columns)));
}

function nameOf(data: Float32Array, row: number, columns: number): string {
  // 0 and -0 are one.
  const values = data.subarray(row * columns, (row + 1) * columns).map((value) => value + 0);
  return createHash('sha1').update(values).digest('base64');
}
