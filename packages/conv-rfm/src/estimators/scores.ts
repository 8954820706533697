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
