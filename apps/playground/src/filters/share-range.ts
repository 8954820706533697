/** Standard normal quantile of 95 %, so that a range holds 90 %. */
const z = 1.645;

/**
 * The range in which the true share lies in 90 of 100 tests of that size (Wilson 1927).
 *
 * @param share of the tested that were right, 0 to 1
 * @param tested how many there were, from 1
 */
export function shareRange(share: number, tested: number): readonly [low: number, high: number] {
  const pull = z ** 2 / tested;
  const center = (share + pull / 2) / (1 + pull);
  const half = (z * Math.sqrt((share * (1 - share)) / tested + pull / (4 * tested))) / (1 + pull);
  return [Math.max(0, center - half), Math.min(1, center + half)];
}
