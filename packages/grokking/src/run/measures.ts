/** How well outputs match labels. */
export interface OutputMeasures {
  /** Squared error averaged over samples and outputs. */
  readonly loss: number;
  /** Part of the samples whose largest output (the first of equal ones) is the label's. */
  readonly accuracy: number;
  /** Squared error of the label's own output, averaged over samples. */
  readonly correctLogitLoss: number;
}

/**
 * Measures outputs against one-hot targets, in float64.
 *
 * @param outputs row-major [samples, p]
 * @param labels [samples], each from 0 to p - 1
 * @param rows which samples; default all. NaN for none of them.
 */
export function measureOutputs(
  outputs: ArrayLike<number>,
  labels: ArrayLike<number>,
  p: number,
  rows: ArrayLike<number> = { length: labels.length },
): OutputMeasures {
  let [squares, correctSquares, hits] = [0, 0, 0];
  for (let k = 0; k < rows.length; k++) {
    const row = rows[k] ?? k;
    const label = labels[row] as number;
    let best = 0;
    for (let l = 0; l < p; l++) {
      const value = outputs[row * p + l] as number;
      const error = value - (l === label ? 1 : 0);
      squares += error * error;
      if (l === label) correctSquares += error * error;
      if (value > (outputs[row * p + best] as number)) best = l;
    }
    if (best === label) hits += 1;
  }
  return {
    loss: squares / (rows.length * p),
    accuracy: hits / rows.length,
    correctLogitLoss: correctSquares / rows.length,
  };
}
