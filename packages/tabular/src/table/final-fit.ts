import type { TrialRecord } from '../tuner/trial.ts';
import type { Member } from '../tuner/tuner.ts';

/** What the fit to all rows will be. */
export interface FinalFit {
  readonly members: readonly Member[];
  /** Most rows of a leaf; undefined: as many as is usual. */
  readonly leafRows: number | undefined;
}

/** Fewest rows of the leaves that little time leads to. */
const fewestLeafRows = 500;

/** How the seconds of a fit grow with its rows, about. */
const exponent = 2.5;

/** What the time of a fit to all rows depends on. */
export interface FinalSizes {
  readonly rows: number;
  /** Most rows of a leaf. */
  readonly leafRows: number;
  /** Divisions on which trials were judged. */
  readonly divisions: number;
  /** Jobs that run at a time. */
  readonly parallel: number;
}

/**
 * What can be fitted to all rows in the time that is left: the members with the largest shares, and where one
 * of them takes too long, in smaller leaves. Estimated from what the trials have taken; the first member is
 * fitted in any case.
 *
 * @param seconds that are left
 */
export function planFinalFit(
  members: readonly Member[],
  history: readonly TrialRecord[],
  sizes: FinalSizes,
  seconds: number,
): FinalFit {
  const { rows, leafRows, divisions, parallel } = sizes;
  /** Of one fit to n rows. */
  const secondsOf = ({ candidate, choice }: Member, n: number): number => {
    const trial = history.findLast((record) => record.candidate === candidate);
    if (!trial) return 0;
    const share = (choice.iteration + 1) / (candidate.iterations + 1);
    return (trial.seconds / divisions) * share * (n / trial.rows) ** exponent;
  };
  const inLeaves = (member: Member, most: number): number => {
    const leaves = Math.max(1, rows / most);
    return (leaves * secondsOf(member, Math.min(rows, most))) / Math.min(parallel, Math.ceil(leaves));
  };
  const kept: Member[] = [];
  let taken = 0;
  for (const member of members) {
    taken += inLeaves(member, leafRows);
    if (kept.length > 0 && taken > seconds) break;
    kept.push(member);
  }
  const total = kept.reduce((sum, { share }) => sum + share, 0);
  const chosen = kept.map((member) => ({ ...member, share: member.share / total }));
  const [first] = chosen as [Member];
  if (chosen.length > 1 || inLeaves(first, leafRows) <= seconds)
    return { members: chosen, leafRows: undefined };
  let most = Math.min(rows, leafRows);
  while (most > fewestLeafRows && inLeaves(first, most) > seconds) most = Math.ceil(most / 1.25);
  return { members: chosen, leafRows: Math.max(most, Math.min(rows, fewestLeafRows)) };
}
