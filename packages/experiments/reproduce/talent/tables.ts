import { markdownTable } from '../page.ts';
import type { Mode, TalentResult } from './fit.ts';
import type { TalentSet } from './sets.ts';

/** A set with what was measured on it. */
export interface TalentRow {
  readonly set: Pick<TalentSet, 'name' | 'isRegression' | 'published' | 'peers'>;
  readonly results: readonly TalentResult[];
}

const columns = ['CatBoost', 'xRFM', 'xRFM-tuned', 'HistGB', 'RandomForest'] as const;

/** Mean and standard deviation over the seeds; undefined where there is no result. */
function over(
  results: readonly TalentResult[],
  mode: Mode,
): readonly [mean: number, sd: number | undefined] | undefined {
  const values = results.filter((one) => one.mode === mode).map(({ test }) => test);
  if (values.length === 0) return undefined;
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const square = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
  return [mean, values.length > 1 ? Math.sqrt(square) : undefined];
}

function otherOf({ published, peers }: TalentRow['set'], name: (typeof columns)[number]): number | undefined {
  return name === 'CatBoost' ? published['catboost'] : peers[name];
}

/** The score board of one kind of task. */
export function board(rows: readonly TalentRow[], isRegression: boolean): string {
  const own = rows.filter(({ set, results }) => set.isRegression === isRegression && results.length > 0);
  const best = ({ published }: TalentRow['set']): string => {
    const ranked = Object.entries(published).toSorted((a, b) => (isRegression ? 1 : -1) * (a[1] - b[1]));
    return ranked[0] ? `${ranked[0][0]} ${show(ranked[0][1])}` : '';
  };
  const header = [
    'set',
    'quick',
    'tuned',
    'CatBoost',
    'xRFM',
    'xRFM, 20 trials',
    'HistGB',
    'forest',
    'best published',
  ];
  return markdownTable(
    header,
    own.map(({ set, results }) => [
      set.name,
      spread(over(results, 'quick')),
      spread(over(results, 'tuned')),
      ...columns.map((name) => show(otherOf(set, name))),
      best(set),
    ]),
    [1, 2, 3, 4, 5, 6, 7],
  );
}

/** How the errors compare over the sets: geometric means of ratios of RMSE, and ratios of mean errors. */
export function summary(rows: readonly TalentRow[]): string {
  const compared = (mode: Mode, other: (typeof columns)[number]): string[] =>
    [true, false].map((isRegression) => {
      const pairs = rows.flatMap(({ set, results }) => {
        const [mean] = over(results, mode) ?? [];
        const value = otherOf(set, other);
        return set.isRegression === isRegression && mean !== undefined && value !== undefined
          ? [[mean, value] as const]
          : [];
      });
      if (pairs.length === 0) return '';
      const ratio = isRegression
        ? Math.exp(pairs.reduce((sum, [a, b]) => sum + Math.log(a / b), 0) / pairs.length)
        : pairs.reduce((sum, [a]) => sum + 1 - a, 0) / pairs.reduce((sum, [, b]) => sum + 1 - b, 0);
      return `${ratio.toFixed(3)} (${pairs.length} sets)`;
    });
  const lines = (['quick', 'tuned'] as const).flatMap((mode) =>
    columns.map((name) => [mode, name, ...compared(mode, name)]),
  );
  return markdownTable(
    ['choice', 'against', 'RMSE, geometric mean of the ratios', 'errors, ratio of the means'],
    lines,
    [2, 3],
  );
}

function spread(value: readonly [mean: number, sd: number | undefined] | undefined): string {
  if (!value) return '';
  const [mean, sd] = value;
  return sd === undefined ? show(mean) : `${show(mean)} ± ${show(sd)}`;
}

function show(value: number | undefined): string {
  if (value === undefined) return '';
  return value >= 1000 ? value.toFixed(0) : value.toFixed(4);
}
