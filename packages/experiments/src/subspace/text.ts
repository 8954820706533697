import { formatNumber } from '@agop/report';
import { barTable, terminalStyle } from '@agop/report/terminal';
import type { SubspaceResult } from './result.ts';
import { directionCount, scoreText, selectionText } from './sentences.ts';

/** Loadings of each direction that are shown. */
const shownLoadings = 8;
/** Directions that are shown. */
const shownDirections = 6;

/** Directions as lines of a terminal: how many, their weights and loadings. */
export function subspaceText(
  { summary }: SubspaceResult,
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string[] {
  const style = terminalStyle(color);
  const { table, task, target, rows, trainingRows, heldOutRows, features, method, backend, dtype } = summary;
  const { directions, dimension } = summary;
  const width = Math.min(78, columns - 2);
  const total = directions.reduce((sum, { eigenvalue }) => sum + Math.max(0, eigenvalue), 0);
  const score = scoreText(summary);
  return [
    style.bold(`${table}: ${directionCount(dimension)} that ${target.join(', ')} depends on (${task})`),
    `${rows} rows (${trainingRows} searched, ${heldOutRows} held out), ${features} features`,
    `${method} · ${backend}, ${dtype}`,
    '',
    selectionText(summary),
    ...(score === '' ? [] : [score]),
    ...directions.slice(0, shownDirections).flatMap(({ eigenvalue, loadings }, k) => {
      const share = total > 0 ? `, ${formatNumber((100 * eigenvalue) / total, 2)} % of their weight` : '';
      const bars = loadings.slice(0, shownLoadings).map(({ feature, loading }) => ({
        label: `${loading < 0 ? '−' : '+'} ${feature}`,
        value: Math.abs(loading),
      }));
      const format = (value: number): string => value.toFixed(3);
      return [
        '',
        style.bold(`Direction ${k + 1}${share}`),
        ...barTable(bars, { width, maximum: 1, format, style }).map((line) => `  ${line}`),
      ];
    }),
    ...(directions.length > shownDirections
      ? ['', `and ${directionCount(directions.length - shownDirections)} more`]
      : []),
    '',
    'Loadings: what one standard deviation of a feature moves the coordinate by.',
  ];
}
