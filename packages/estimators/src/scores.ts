/** Fraction of rows whose class is right. */
export function accuracy(predicted: ArrayLike<unknown>, actual: ArrayLike<unknown>): number {
  let hits = 0;
  for (let i = 0; i < actual.length; i++) if (predicted[i] === actual[i]) hits += 1;
  return hits / actual.length;
}

/** Mean of squared differences over all entries. */
export function meanSquaredError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += ((predicted[i] as number) - (actual[i] as number)) ** 2;
  return sum / actual.length;
}

/** Mean of absolute differences over all entries. */
export function meanAbsoluteError(predicted: ArrayLike<number>, actual: ArrayLike<number>): number {
  let sum = 0;
  for (let i = 0; i < actual.length; i++) sum += Math.abs((predicted[i] as number) - (actual[i] as number));
  return sum / actual.length;
}

/**
 * Coefficient of determination R², averaged over outputs: 1 - residual / total sum of squares. For an output that does not vary: 1 if
 * predicted exactly, else 0.
 */
export function rSquared(predicted: ArrayLike<number>, actual: ArrayLike<number>, outputs: number): number {
  const rows = actual.length / outputs;
  let total = 0;
  for (let c = 0; c < outputs; c++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += (actual[i * outputs + c] as number) / rows;
    let residual = 0;
    let spread = 0;
    for (let i = 0; i < rows; i++) {
      const y = actual[i * outputs + c] as number;
      residual += ((predicted[i * outputs + c] as number) - y) ** 2;
      spread += (y - mean) ** 2;
    }
    total += spread === 0 ? Number(residual === 0) : 1 - residual / spread;
  }
  return total / outputs;
}
