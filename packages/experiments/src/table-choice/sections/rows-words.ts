import type { Evaluation } from '../result.ts';

/** Which rows a section is about. */
export function rowsWords({ isTest, rows }: Pick<Evaluation, 'isTest' | 'rows'>): string {
  return isTest ? `${rows} test rows` : `${rows} rows that chose the settings`;
}
