import { barTable, formatPercent, shadePicture, terminalStyle } from '@agop/report';
import type { Context } from '../command.ts';
import { type Findings, importancePicture, topImportances } from './findings.ts';
import { scoreLines, scoreText } from './score-lines.ts';
import type { FitSummary } from './summary.ts';
import type { Scoreboard } from './train.ts';

/** Columns of the table whose importances are printed. */
const shownImportances = 10;

/** What a person reads of a fit: the comparison, and the features found. */
export function printFit(summary: FitSummary, board: Scoreboard, findings: Findings, context: Context): void {
  const style = terminalStyle(context.color);
  const { table, rows, trainingRows, heldOutRows, features, target, task, backend, dtype, kernel, ridge } =
    summary;
  const parameters = Object.entries(kernel.parameters).map(([name, value]) => `${name} ${value}`);
  context.print(
    style.bold(`${table}: ${task} of ${target.join(', ')}`),
    `${rows} rows (${trainingRows} for training, ${heldOutRows} held out), ${features} features`,
    `${kernel.name} kernel, ${parameters.join(', ')}, ridge ${ridge} · ${backend}, ${dtype}`,
    '',
    ...scoreLines(board, style),
  );
  const plain = board.history[0]?.value;
  const best = board.history[board.best]?.value;
  if (plain !== undefined && best !== undefined) {
    context.print('', `Best on the held-out rows: ${scoreText(board, best)}.${comparison(board, plain)}`);
  }
  const top = topImportances(findings.importances, shownImportances);
  context.print('', style.bold('Features it found (share of the metric)'));
  context.print(
    ...barTable(
      top.map(({ column, importance }) => ({ label: column, value: importance })),
      { width: Math.min(78, context.columns - 2), format: formatPercent, style },
    ).map((line) => `  ${line}`),
  );
  if (findings.grid !== undefined) {
    const { height, width } = findings.grid;
    // The root of an entry of M's diagonal is the weight of that pixel in distances.
    const picture = importancePicture(findings.importances, findings.grid).map(Math.sqrt);
    if (2 * width + 4 <= context.columns) {
      context.print('', ...shadePicture(picture, height, width).map((line) => `    ${line}`));
    }
  }
  context.print('', `${summary.seconds.toFixed(1)} s`);
}

function comparison(board: Scoreboard, plain: number): string {
  if (board.history.length === 1) return '';
  if (board.best === 0) return ' Learning features did not help here.';
  return ` Plain kernel regression: ${scoreText(board, plain)}.`;
}
