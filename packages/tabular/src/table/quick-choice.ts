import type { Candidate } from '../tuner/candidate.ts';
import { portfolio } from '../tuner/portfolio.ts';
import { drawCandidate } from '../tuner/space.ts';
import { skewness } from '../tuner/target-transform.ts';
import type { TableModelSettings } from './options.ts';
import type { TableTask } from './table-problem.ts';

/** From this skewness on, targets have a tail that is worth a transform. */
const lopsided = 1;

/**
 * The candidates of a quick choice: the portfolio, and for targets with a long tail two of it on other
 * scales.
 */
export function quickCandidates(task: TableTask): readonly Candidate[] {
  if (task.kind === 'classification') return portfolio;
  const { actual, outputs } = task;
  const tails = Array.from({ length: outputs }, (_, k) =>
    skewness(actual.filter((__, at) => at % outputs === k)),
  );
  const target = tails.some((tail) => tail > lopsided)
    ? 'log'
    : tails.some((tail) => tail < -lopsided)
      ? 'signed root'
      : 'none';
  if (target === 'none') return portfolio;
  return [...portfolio, ...portfolio.slice(0, 2).map((candidate) => ({ ...candidate, target }) as const)];
}

/** The candidate of each trial of a search; undefined after the last one. */
export function candidatesOf(
  { first, space, trials, seed }: TableModelSettings,
  task: TableTask,
): (trial: number) => Candidate | undefined {
  const begin = first ?? quickCandidates(task);
  const most = trials ?? begin.length;
  return (trial) => {
    if (trial >= most) return undefined;
    return begin[trial] ?? drawCandidate(space, seed, trial - begin.length);
  };
}
