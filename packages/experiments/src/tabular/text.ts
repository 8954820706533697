import type { ColumnImportance } from '@agop/data';
import { formatPercent } from '@agop/report';
import { barTable, shadePicture, terminalStyle } from '@agop/report/terminal';
import { importancePicture } from './pixels.ts';
import type { TabularResult, TabularSummary } from './result.ts';
import { scoreNames, scoreRows, scoreText } from './scores.ts';

/** Columns of the table whose importances are shown. */
const shownImportances = 10;

/** A fit as lines of a terminal: the comparison, and the features found. */
export function tabularText(
  result: TabularResult,
  { columns, color }: { readonly columns: number; readonly color: boolean },
): string[] {
  const style = terminalStyle(color);
  const { summary, grid } = result;
  const { table, rows, trainingRows, heldOutRows, features, target, task, backend, dtype, kernel, ridge } =
    summary;
  const parameters = Object.entries(kernel.parameters).map(([name, value]) => `${name} ${value}`);
  const bars = topImportances(summary.importances, shownImportances).map(({ column, importance }) => ({
    label: column,
    value: importance,
  }));
  const width = Math.min(78, columns - 2);
  return [
    style.bold(`${table}: ${task} of ${target.join(', ')}`),
    `${rows} rows (${trainingRows} for training, ${heldOutRows} held out), ${features} features`,
    `${[`${kernel.name} kernel`, ...parameters, `ridge ${ridge}`].join(', ')} · ${backend}, ${dtype}`,
    '',
    ...scoreTable(result, style),
    ...verdict(result),
    '',
    style.bold('Features it found (share of the metric)'),
    ...barTable(bars, { width, format: formatPercent, style }).map((line) => `  ${line}`),
    ...(grid && 2 * grid.width + 4 <= columns ? ['', ...picture(summary, grid)] : []),
  ];
}

/** The most important columns, largest first. */
export function topImportances(
  importances: readonly ColumnImportance[],
  count: number,
): readonly ColumnImportance[] {
  return importances
    .filter(({ importance }) => importance > 0)
    .toSorted((a, b) => b.importance - a.importance)
    .slice(0, count);
}

function scoreTable(result: TabularResult, style: ReturnType<typeof terminalStyle>): string[] {
  const rows = scoreRows(result);
  const [scoreName, meaningName] = scoreNames(result);
  const width = (texts: string[]) => Math.max(...texts.map((text) => text.length));
  const [first, second, third] = [
    width(rows.map((row) => row.name)),
    width([...rows.map((row) => row.score), scoreName]),
    width([...rows.map((row) => row.meaning), meaningName]),
  ];
  const head = `  ${' '.repeat(first)}  ${scoreName.padStart(second)}  ${meaningName.padStart(third)}`;
  const lines = rows.map(({ name, score, meaning }, i) => {
    const line = `  ${name.padEnd(first)}  ${score.padStart(second)}  ${meaning.padStart(third)}`;
    return i === result.summary.best.iteration ? style.bold(`${line}  ← best`) : line;
  });
  return [style.dim(head), ...lines];
}

function verdict({ summary }: TabularResult): string[] {
  const { iterations, best } = summary;
  const plain = iterations[0]?.value ?? null;
  if (plain === null || best.value === null) return [];
  const comparison =
    iterations.length === 1
      ? ''
      : best.iteration === 0
        ? ' Learning features did not help here.'
        : ` Plain kernel regression: ${scoreText({ summary }, plain)}.`;
  if (!beatsBaseline(summary)) {
    const guess = summary.task === 'classification' ? 'the most frequent class' : 'the mean';
    return ['', `No iteration is better on the held-out rows than always guessing ${guess}.`];
  }
  return ['', `Best on the held-out rows: ${scoreText({ summary }, best.value)}.${comparison}`];
}

function beatsBaseline({ best: { value }, baseline, task }: TabularSummary): boolean {
  if (baseline === undefined || value === null) return true;
  return task === 'classification' ? value > baseline : value < baseline;
}

function picture(summary: TabularSummary, grid: NonNullable<TabularResult['grid']>): string[] {
  // The root of an entry of M's diagonal is the weight of that pixel in distances.
  const weights = importancePicture(summary, grid).map(Math.sqrt);
  return shadePicture(weights, grid.height, grid.width).map((line) => `    ${line}`);
}
