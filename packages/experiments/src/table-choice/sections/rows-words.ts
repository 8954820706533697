import type { Evaluation } from '../result.ts';

/** Which rows a section is about. */
export function rowsWords({ isTest, rows, seen }: Pick<Evaluation, 'isTest' | 'rows' | 'seen'>): string {
  const count = `${rows} ${rows === 1 ? 'row' : 'rows'}`;
  switch (seen) {
    case 'none':
      return `${count} that the model was not fitted on`;
    case 'all':
      return `${count} that the model was fitted on, which says nothing of new ones`;
    case 'not known':
      return count;
    default:
      return isTest ? `${rows} test rows` : `${rows} rows that chose the settings`;
  }
}
