import type { RowModel } from '../worker/table/row-model.ts';
import type { TableOutcome } from '../worker/table-session.ts';

/** The score of the settings chosen that stands beside that of RFM on the score board: on the same rows. */
export function chosenScore({ result, choice }: Pick<TableOutcome, 'result' | 'choice'>) {
  return choice?.result.summary.scores.find(({ name }) => name === result.summary.best.metric);
}

/** The model with the better score on the board; RFM where nothing else has one. */
export function bestModel(outcome: Pick<TableOutcome, 'result' | 'choice'>): RowModel['kind'] {
  const score = chosenScore(outcome);
  const chosen = score?.test?.value;
  if (score === undefined || chosen === undefined) return 'rfm';
  const { value } = outcome.result.summary.best;
  if (value === null) return 'tuned';
  return (score.better === 'higher' ? chosen > value : chosen < value) ? 'tuned' : 'rfm';
}
