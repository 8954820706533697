import type { ColumnImportance } from '@agop/data';
import { formatPercent } from '@agop/report';
import { barTable, shadePicture, terminalStyle } from '@agop/report/terminal';
import { importancePicture } from './pixels.ts';
import type { TabularResult, TabularSummary } from './result.ts';
import {
  beatsBaseline,
  differenceText,
  dropText,
  imbalanceText,
  noSignalText,
  permutedText,
  rareSignalText,
  scoreNames,
  scoreRows,
  scoreText,
} from './scores.ts';

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
    ...verdict(result, columns),
    '',
    style.bold(`Features it ${beatsBaseline(result) ? 'found' : 'used'} (share of the metric)`),
    ...barTable(bars, { width, format: formatPercent, style }).map((line) => `  ${line}`),
    ...restsOnLines(summary, width, style),
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
    const isJudged = result.summary.best.value !== null;
    const mark = isJudged && beatsBaseline(result) ? 'best' : 'kept';
    return i === result.summary.best.iteration ? style.bold(`${line}  ← ${mark}`) : line;
  });
  return [style.dim(head), ...lines];
}

function verdict(result: TabularResult, width: number): string[] {
  const { summary } = result;
  const { iterations, best } = summary;
  const plain = iterations[0]?.value ?? null;
  if (plain === null || best.value === null) return [];
  const comparison =
    iterations.length === 1
      ? ''
      : best.iteration === 0
        ? ' Learning features did not help here.'
        : ` Plain kernel regression: ${scoreText({ summary }, plain)}.`;
  const rare = rareSignalText(result);
  if (rare !== '') return ['', ...filled(`${rare}${comparison}`, width)];
  const text = beatsBaseline(result)
    ? [`Best on the held-out rows: ${scoreText({ summary }, best.value)}.${comparison}`]
    : filled(noSignalText(result), width);
  const imbalance = imbalanceText(summary);
  return ['', ...text, ...(imbalance === '' ? [] : filled(imbalance, width))];
}

/** What predictions of held-out rows rest on, as bars. */
function restsOnLines(
  summary: TabularSummary,
  width: number,
  style: ReturnType<typeof terminalStyle>,
): string[] {
  const { heldOutImportances: measured } = summary;
  if (!measured || measured.columns.length === 0) return [];
  const difference = differenceText(summary);
  const bars = measured.columns.map(({ column, drop }) => ({ label: column, value: drop }));
  const format = (drop: number): string => dropText(measured, drop);
  return [
    '',
    style.bold(`What predictions rest on (${permutedText(measured)})`),
    ...barTable(bars, { width, format, style }).map((line) => `  ${line}`),
    ...(difference === '' ? [] : ['', ...filled(difference, width)]),
  ];
}

function picture(summary: TabularSummary, grid: NonNullable<TabularResult['grid']>): string[] {
  // The root of an entry of M's diagonal is the weight of that pixel in distances.
  const weights = importancePicture(summary, grid).map(Math.sqrt);
  return shadePicture(weights, grid.height, grid.width).map((line) => `    ${line}`);
}

/** A text in lines of at most so many columns. */
export function filled(text: string, width: number): string[] {
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const last = lines.at(-1);
    if (last !== undefined && last.length + 1 + word.length <= width)
      lines[lines.length - 1] = `${last} ${word}`;
    else lines.push(word);
  }
  return lines;
}
