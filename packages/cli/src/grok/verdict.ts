import type { GrokkingIteration } from '@agop/grokking';
import { formatPercent } from '@agop/report';

/** What happened, in words. */
export function verdict(iterations: readonly GrokkingIteration[]): string[] {
  const last = iterations.at(-1) as GrokkingIteration;
  const at = (accuracy: number): number | undefined =>
    iterations.find(({ testAccuracy }) => testAccuracy >= accuracy)?.iteration;
  const [tenth, half, all] = [at(0.1), at(0.5), at(1)];
  const trainLoss = Math.max(...iterations.map((i) => i.trainLoss));
  const rise =
    tenth === undefined
      ? 'The test accuracy never left 10 %: more iterations, or a larger fraction of the table.'
      : `The test accuracy passes 10 % at iteration ${tenth}${half === undefined ? '' : `, 50 % at ${half}`}${all === undefined ? '' : `, and is 100 % from ${all}`}.`;
  return [
    rise,
    `It ends at ${formatPercent(last.testAccuracy)}. The training loss was at most ${trainLoss.toExponential(1)} all along.`,
  ];
}
