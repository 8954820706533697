import type { Candidate } from '../tuner/candidate.ts';
import { portfolio } from '../tuner/portfolio.ts';
import { drawCandidate } from '../tuner/space.ts';
import { skewness, type TargetTransform } from '../tuner/target-transform.ts';
import type { TableModelSettings } from './options.ts';
import type { TableData } from './table-problem.ts';

/** From this skewness on, targets have a tail that is worth a transform. */
const lopsided = 1;

/** From so many columns times outputs on, metrics of the l1 kernel are learned in one step only. */
const manyGradients = 500;

/** Up to so many rows, numbers may be without noise, and are fitted with a ridge for that, too. */
const fewRows = 5000;
const smallRidge = 1e-5;

/**
 * The candidates of a quick choice: the portfolio, and for targets with a long tail two of it on other
 * scales.
 */
export function quickCandidates({ task, table, ignore, targets }: TableData): readonly Candidate[] {
  const outputs = task.kind === 'classification' ? task.classes : task.outputs;
  const columns = table.columns.length - ignore.length - targets.length;
  const isExact = task.kind === 'regression' && table.rows <= fewRows;
  const own = portfolio.map((candidate) => ({
    ...candidate,
    ...(candidate.diagonal && columns * outputs > manyGradients && { iterations: 1 }),
    ...(isExact && { ridges: [smallRidge, ...candidate.ridges] }),
  }));
  const target = task.kind === 'classification' ? 'none' : transformFor(task.actual, outputs);
  if (target === 'none') return own;
  return [...own, ...own.slice(0, 2).map((candidate) => ({ ...candidate, target }) as const)];
}

/** A transform that shortens the tails of targets [n, outputs]. */
function transformFor(actual: Float64Array, outputs: number): TargetTransform {
  const tails = Array.from({ length: outputs }, (_, k) =>
    skewness(actual.filter((__, at) => at % outputs === k)),
  );
  if (tails.some((tail) => tail > lopsided)) return 'log';
  return tails.some((tail) => tail < -lopsided) ? 'signed root' : 'none';
}

/** The candidate of each trial of a search; undefined after the last one. */
export function candidatesOf(
  { first, space, trials, seed }: TableModelSettings,
  data: TableData,
): (trial: number) => Candidate | undefined {
  const begin = first ?? quickCandidates(data);
  const most = trials ?? begin.length;
  return (trial) => {
    if (trial >= most) return undefined;
    return begin[trial] ?? drawCandidate(space, seed, trial - begin.length);
  };
}
