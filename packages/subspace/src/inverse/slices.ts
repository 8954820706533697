import { ValueError } from '@agop/core';

/**
 * Divides rows by the order of a response into slices of equal size: runs of the order, of which the first n
 * mod slices have one row more. Rows of equal values stand in the order in which they were given.
 *
 * @param y [n]
 * @param slices number of slices; where there are fewer different values, each value is a slice
 * @returns the rows of each slice
 * @throws {ValueError} for a response with one value only
 */
export function slicesOf(y: ArrayLike<number>, slices: number): Int32Array[] {
  const order = Int32Array.from({ length: y.length }, (_, i) => i).sort(
    (a, b) => (y[a] as number) - (y[b] as number) || a - b,
  );
  const values = new Set(Array.from(y));
  if (values.size < 2) throw new ValueError('y is constant: there is nothing to learn. Check the targets.');
  if (values.size <= slices) {
    return [...values].sort((a, b) => a - b).map((value) => order.filter((row) => y[row] === value).slice());
  }
  const count = Math.min(slices, y.length);
  const parts: Int32Array[] = [];
  let begin = 0;
  for (let slice = 0; slice < count; slice++) {
    const end = begin + Math.floor(y.length / count) + (slice < y.length % count ? 1 : 0);
    parts.push(order.slice(begin, end));
    begin = end;
  }
  return parts;
}

/**
 * Indicators 1[y < s_k] at the borders of slices, as responses of a regression: what they depend on is the
 * central subspace, not only the part that moves the mean. Source: Xia, "A constructive approach to the
 * estimation of dimension reduction directions", Ann. Stat. 35 (2007); the package MAVE.
 *
 * @returns [n, borders], one column per border, centered
 * @throws {ValueError} for a response with one value only
 */
export function indicatorsOf(
  y: ArrayLike<number>,
  slices: number,
): { readonly data: Float64Array; readonly rows: number; readonly columns: number } {
  const parts = slicesOf(y, slices);
  const borders = parts
    .slice(1)
    .map((part) => y[part[0] as number] as number)
    .filter((value, i, all) => value !== all[i - 1] && value > (y[parts[0]?.[0] as number] as number));
  const data = new Float64Array(y.length * borders.length);
  borders.forEach((border, k) => {
    let below = 0;
    for (let i = 0; i < y.length; i++) below += Number((y[i] as number) < border) / y.length;
    for (let i = 0; i < y.length; i++) {
      data[i * borders.length + k] = Number((y[i] as number) < border) - below;
    }
  });
  return { data, rows: y.length, columns: borders.length };
}
