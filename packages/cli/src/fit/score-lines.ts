import { formatNumber, formatPercent, type TerminalStyle } from '@agop/report';
import type { Scoreboard } from './train.ts';

/** One row of the comparison of iterations. */
export interface ScoreRow {
  readonly iteration: number;
  /** `plain kernel regression` for iteration 0. */
  readonly name: string;
  /** The metric, for people. */
  readonly score: string;
  /** What it means: wrong rows of a classification, share of the variance explained by a regression. */
  readonly meaning: string;
  readonly isBest: boolean;
}

/** The comparison of plain kernel regression with the iterations, row by row. */
export function scoreRows(board: Scoreboard): ScoreRow[] {
  return board.history.map(({ iteration, value }) => ({
    iteration,
    name: iteration === 0 ? 'plain kernel regression' : `RFM iteration ${iteration}`,
    score: value === undefined ? '–' : scoreText(board, value),
    meaning: value === undefined ? '' : meaningOf(board, value),
    isBest: iteration === board.best,
  }));
}

/** Heading of the column of scores. */
export function scoreName(board: Scoreboard): string {
  return board.metric === 'accuracy' ? 'accuracy' : 'mean squared error';
}

/** Heading of the column of meanings. */
export function meaningName(board: Scoreboard): string {
  return board.metric === 'accuracy' ? 'wrong' : 'R²';
}

export function scoreText(board: Scoreboard, value: number): string {
  return board.metric === 'accuracy' ? formatPercent(value) : formatNumber(value);
}

function meaningOf(board: Scoreboard, value: number): string {
  if (board.metric === 'accuracy') return `${Math.round((1 - value) * board.heldRows)} of ${board.heldRows}`;
  return board.variance === undefined || board.variance === 0 ? '' : formatNumber(1 - value / board.variance);
}

/** The comparison as lines of text. */
export function scoreLines(board: Scoreboard, style: TerminalStyle): string[] {
  const rows = scoreRows(board);
  const width = (texts: string[]) => Math.max(...texts.map((text) => text.length));
  const [first, second, third] = [
    width(rows.map((row) => row.name)),
    width([...rows.map((row) => row.score), scoreName(board)]),
    width([...rows.map((row) => row.meaning), meaningName(board)]),
  ];
  const head = `  ${' '.repeat(first)}  ${scoreName(board).padStart(second)}  ${meaningName(board).padStart(third)}`;
  const lines = rows.map(({ name, score, meaning, isBest }) => {
    const line = `  ${name.padEnd(first)}  ${score.padStart(second)}  ${meaning.padStart(third)}`;
    return isBest ? style.bold(`${line}  ← best`) : line;
  });
  return [style.dim(head), ...lines];
}
