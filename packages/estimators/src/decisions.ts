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

/**
 * Estimates of class probabilities, row-major [n, classes]: outputs of a regression on one-hot targets, clipped to [0, 1] and scaled to sum 1 (all equal
 * where none is positive).
 */
export function toProbabilities(outputs: ArrayLike<number>, classes: number): Float64Array {
  const probabilities = Float64Array.from(outputs, (output) => Math.min(1, Math.max(0, output)));
  for (let begin = 0; begin < probabilities.length; begin += classes) {
    const row = probabilities.subarray(begin, begin + classes);
    const total = row.reduce((sum, value) => sum + value, 0);
    for (let j = 0; j < classes; j++) row[j] = total > 0 ? (row[j] as number) / total : 1 / classes;
  }
  return probabilities;
}
