import { formatPercent } from '@agop/report';
import { barTable, terminalStyle } from '@agop/report/terminal';
import { dropText, permutedText } from '../tabular/scores.ts';
import { filled, topImportances } from '../tabular/text.ts';
import type { TableChoiceResult, TableChoiceSummary } from './result.ts';
import {
  boardRows,
  knownTestText,
  omittedTexts,
  rangeText,
  scoreName,
  scoreText,
  testText,
  validationText,
  verdictText,
} from './score-words.ts';

/** Columns of the table whose importances are shown. */
const shownImportances = 10;

/** A fit as lines of a terminal: the score board, what was chosen, and what predictions rest on. */
export function tableChoiceText(
  { summary }: TableChoiceResult,
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string[] {
  const style = terminalStyle(color);
  const { task, table, target, rows, trainingRows, testRows, columns: used, members } = summary;
  const width = Math.min(78, columns - 2);
  const bars = topImportances(summary.importances, shownImportances).map(({ column, importance }) => ({
    label: column,
    value: importance,
  }));
  const measured = summary.heldOutImportances;
  const known = knownTestText(summary);
  return [
    style.bold(`${table}: ${task} of ${target.join(', ')}`),
    `${rows} rows (${trainingRows} to learn from, ${testRows} to test), ${used} ${used === 1 ? 'column' : 'columns'}`,
    ...(known === undefined ? [] : filled(known, width)),
    '',
    ...board(summary, style, columns),
    '',
    ...filled([verdictText(summary), ...omittedTexts(summary.scores)].join(' '), width),
    // The other remarks are on the table, and told before the fit.
    ...summary.notes
      .filter(({ code }) => code === 'outside')
      .flatMap(({ message }) => filled(message, width)),
    '',
    style.bold(chosenHeading(summary)),
    ...members.flatMap(({ share, settings, fit, leaves, trees }) => {
      const part = members.length === 1 ? '' : `${formatPercent(share)}: `;
      const tree = leaves === 1 ? '' : `; ${trees === 1 ? 'a tree' : `${trees} trees`} of ${leaves} leaves`;
      return filled(`${part}${settings}; ${fit}${tree}`, width - 2).map((line, at) =>
        at === 0 ? `  ${line}` : `    ${line}`,
      );
    }),
    ...(measured && measured.columns.length > 0
      ? [
          '',
          style.bold(`What predictions rest on (${permutedText(measured)})`),
          ...barTable(
            measured.columns.map(({ column, drop }) => ({ label: column, value: drop })),
            { width, format: (drop) => dropText(measured, drop), style },
          ).map((line) => `  ${line}`),
        ]
      : [
          '',
          style.bold('Columns (share of the learned metric)'),
          ...barTable(bars, { width, format: formatPercent, style }).map((line) => `  ${line}`),
        ]),
  ];
}

function chosenHeading(summary: TableChoiceSummary): string {
  const { history, endedEarly, members, metric } = summary;
  const tried = history.filter(({ rung }) => rung === 0).length;
  const early = endedEarly ? ', then time was up' : '';
  const what = members.length === 1 ? 'One fit' : `The average of ${members.length} fits`;
  return `${what}, chosen by ${scoreName(metric, summary)} among ${tried} settings${early}`;
}

/** How a score board is laid out: what the range of other tests is called, where the choice is marked. */
interface BoardLayout {
  readonly range: string | undefined;
  readonly mark: 'before' | 'after';
}

/** From the widest to the narrowest. */
const layouts: readonly BoardLayout[] = [
  { range: '90 % of such tests', mark: 'after' },
  { range: '90 % of tests', mark: 'before' },
  { range: undefined, mark: 'before' },
];

/** The scores, the one that chose first, in the widest layout that fits. */
function board(
  summary: TableChoiceSummary,
  style: ReturnType<typeof terminalStyle>,
  columns: number,
): string[] {
  const boards = layouts.map((layout) => boardLines(summary, style, layout));
  return (boards.find(({ width }) => width <= columns) ?? boards.at(-1))?.lines ?? [];
}

function boardLines(
  summary: TableChoiceSummary,
  style: ReturnType<typeof terminalStyle>,
  { range, mark }: BoardLayout,
): { readonly lines: string[]; readonly width: number } {
  const hasTest = summary.testRows > 0;
  const isFolded = summary.folds > 1;
  const header = [
    '',
    isFolded ? `validation (${summary.folds} folds)` : 'validation',
    ...(hasTest ? ['test', ...(range === undefined ? [] : [range])] : []),
    'a guess',
  ];
  const rows = boardRows(summary).map((row) => [
    scoreName(row.name, summary),
    validationText(row),
    ...(hasTest ? [testText(row), ...(range === undefined ? [] : [rangeText(row)])] : []),
    row.guess === null ? '–' : scoreText(row.name, row.guess),
  ]);
  const widths = header.map((name, k) => Math.max(name.length, ...rows.map((row) => (row[k] ?? '').length)));
  const line = (cells: readonly string[], start: string): string =>
    start +
    cells
      .map((cell, k) => (k === 0 ? cell.padEnd(widths[k] ?? 0) : cell.padStart(widths[k] ?? 0)))
      .join('  ');
  const [start, end] = mark === 'before' ? ['→ ', ''] : ['  ', '  ← chooses'];
  const lines = [
    style.dim(line(header, '  ')),
    ...rows.map((row, at) => (at === 0 ? style.bold(line(row, start) + end) : line(row, '  '))),
  ];
  return { lines, width: line(header, '  ').length + end.length };
}
