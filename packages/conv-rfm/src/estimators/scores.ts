/** Index of the first largest entry of each row of a row-major matrix. */
export function argmaxRows(data: ArrayLike<number>, columns: number): Int32Array {
  return Int32Array.from({ length: data.length / columns }, (_, row) => {
    let best = 0;
    for (let j = 1; j < columns; j++) {
      if ((data[row * columns + j] as number) > (data[row * columns + best] as number)) best = j;
    }
    return best;
  });
}

/** Fraction of equal elements. */
export function accuracy(predicted: ArrayLike<unknown>, actual: ArrayLike<unknown>): number {
  let hits = 0;
  for (let i = 0; i < actual.length; i++) if (predicted[i] === actual[i]) hits += 1;
  return hits / actual.length;
}

/** Mean over rows of the squared error summed over outputs: the error that the published notebooks print. */
export function meanSquaredError(
  predicted: ArrayLike<number>,
  actual: ArrayLike<number>,
  outputs: number,
): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += ((predicted[i] as number) - (actual[i] as number)) ** 2;
  return sum / (actual.length / outputs);
}
