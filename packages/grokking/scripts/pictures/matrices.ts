/** A matrix for a picture: zeros on the diagonal, and in each of the four blocks the mean of the other entries subtracted. */
export function withoutMeans(matrix: Float64Array, p: number): Float64Array {
  const order = 2 * p;
  const sums = [0, 0, 0, 0];
  const counts = [0, 0, 0, 0];
  const blockOf = (i: number): number => (Math.floor(i / order) < p ? 0 : 2) + (i % order < p ? 0 : 1);
  for (const [i, value] of matrix.entries()) {
    if (i % (order + 1) === 0) continue;
    const block = blockOf(i);
    sums[block] = (sums[block] as number) + value;
    counts[block] = (counts[block] as number) + 1;
  }
  return matrix.map((value, i) => {
    const block = blockOf(i);
    return i % (order + 1) === 0 ? 0 : value - (sums[block] as number) / (counts[block] as number);
  });
}
