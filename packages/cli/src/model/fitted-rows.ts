import { createHash } from 'node:crypto';
import type { Tensor } from '@agop/core';
import type { DenseMatrix } from '@agop/data';
import { isBeyondChance } from '@agop/experiments/tabular';

/** What says of a kernel machine which rows it was fitted on. */
export interface Centered {
  /** Its centers are these rows, counted from `origin`. */
  readonly machine: { readonly centers: Tensor };
  readonly origin: ArrayLike<number>;
}

/**
 * Which rows are among those that a model was fitted on, to the last digit of float32. Other rows of the same
 * numbers count as well: the model knows their answer by heart.
 *
 * @returns undefined where rows recur by themselves, so that it cannot be told
 */
export async function fittedRows(
  { machine, origin }: Centered,
  x: DenseMatrix,
): Promise<boolean[] | undefined> {
  const { centers } = machine;
  return amongCenters([{ centers: await centers.read(), origin }], x);
}

/** {@link fittedRows} of a model of several leaves, as a file holds them. */
export function knownRows(
  leaves: readonly Readonly<Record<string, { readonly data: ArrayLike<number> }>>[],
  x: DenseMatrix,
): boolean[] | undefined {
  return amongCenters(
    leaves.map(({ centers, origin }) => ({ centers: centers?.data ?? [], origin: origin?.data ?? [] })),
    x,
  );
}

interface LeafCenters {
  readonly centers: ArrayLike<number>;
  readonly origin: ArrayLike<number>;
}

function amongCenters(leaves: readonly LeafCenters[], x: DenseMatrix): boolean[] | undefined {
  const [rows, columns] = x.shape;
  const known = new Array<boolean>(rows).fill(false);
  const parts = leaves.map(({ centers }) => keysOf(Float32Array.from(centers), columns));
  for (const [leaf, { origin }] of leaves.entries()) {
    const own = new Set(parts[leaf]);
    const seen = Float32Array.from(x.data, (value, at) => value - (origin[at % columns] ?? 0));
    for (const [row, key] of keysOf(seen, columns).entries()) if (own.has(key)) known[row] = true;
  }
  const alike = known.filter((one) => one).length;
  return alike === 0 || isBeyondChance(alike, rows, parts) ? known : undefined;
}

/** What each row is, in a text. */
function keysOf(data: Float32Array, columns: number): string[] {
  return Array.from({ length: data.length / columns }, (_, row) => {
    // 0 and -0 are one.
    const values = data.subarray(row * columns, (row + 1) * columns).map((value) => value + 0);
    return createHash('sha1').update(values).digest('base64');
  });
}
