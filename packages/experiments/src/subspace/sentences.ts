import { formatNumber, formatPercent } from '@agop/report';
import type { SubspaceSummary } from './result.ts';

/** `1 direction`, `3 directions`. */
export function directionCount(count: number): string {
  return count === 1 ? '1 direction' : `${count} directions`;
}

/** How the dimension was chosen, in a sentence; what to make of it where no direction was found. */
export function selectionText({ selection, dimension }: SubspaceSummary): string {
  if (!selection) return `The number of directions was given: ${dimension}.`;
  const { rule, found, scores, first } = selection;
  if (found === 0) {
    const why =
      rule === 'permutation'
        ? 'permuted rows look the same'
        : 'local regression on no direction predicts better than the mean';
    return `No direction was found: ${why}. What is shown is the first one, for what it is worth.`;
  }
  const at = (k: number): number => scores[k - first] ?? Number.NaN;
  switch (rule) {
    case 'gap':
      return `${directionCount(found)}: eigenvalue ${found} is ${formatNumber(at(found))} times the next one.`;
    case 'crossValidation':
      return `${directionCount(found)} by cross-validation: local regression on them leaves ${formatPercent(at(found))} of the variance, on ${found - 1 === 0 ? 'none' : found - 1} ${formatPercent(at(found - 1))}.`;
    case 'permutation': {
      const next = scores[found - first];
      const ending =
        next === undefined ? 'none was tried beyond' : `p = ${formatNumber(next)} for more than ${found}`;
      return `${directionCount(found)} by permutation tests: p = ${formatNumber(at(found - 1))} for more than ${found - 1}, ${ending}.`;
    }
  }
}

/** How well held-out rows are predicted from the directions; empty without held-out rows. */
export function scoreText({ score, heldOutRows, dimension }: SubspaceSummary): string {
  if (!score) return '';
  const { measure, value, guess } = score;
  const on = `Local regression on ${dimension === 1 ? 'it' : 'them'}, ${heldOutRows} held-out rows:`;
  return measure === 'r2'
    ? `${on} R² ${formatNumber(value)} (the mean: 0).`
    : `${on} accuracy ${formatPercent(value)} (the most frequent class: ${formatPercent(guess)}).`;
}
