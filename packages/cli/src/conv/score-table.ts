import { formatPercent } from '@agop/report';
import type { ConvRound, ConvSummary } from './summary.ts';
import { isLayered, scoredImages } from './words.ts';

/** A column of the table of rounds. */
export interface ScoreColumn {
  readonly title: string;
  readonly cell: (round: ConvRound) => string;
}

/** What is known of the rounds: no scores where nothing was held out. */
export function scoreColumns(summary: ConvSummary): ScoreColumn[] {
  const { rounds, runs } = summary;
  const percent = (share: number | null | undefined): string => (share == null ? '' : formatPercent(share));
  const columns: ScoreColumn[] = [{ title: 'round', cell: ({ iteration }) => String(iteration) }];
  if (isLayered(summary)) columns.unshift({ title: 'layer', cell: ({ layer }) => String(layer) });
  if (scoredImages(summary) !== undefined) {
    columns.push({ title: 'accuracy', cell: ({ accuracy }) => percent(accuracy) });
    if (runs.length > 1) {
      columns.push({ title: '±', cell: ({ accuracyDeviation }) => percent(accuracyDeviation) });
    }
    columns.push({ title: 'mse', cell: ({ mse }) => mse?.toFixed(4) ?? '' });
  }
  columns.push({ title: 'ridge', cell: ({ ridge }) => ridge?.toExponential(0) ?? 'by seed' });
  if (rounds.some(({ validation }) => validation)) {
    columns.push({ title: 'validation', cell: ({ validation }) => percent(validation?.accuracy) });
  }
  return columns;
}

/** The rounds as lines for a terminal: every column as wide as its widest cell. */
export function scoreLines(summary: ConvSummary): string[] {
  const columns = scoreColumns(summary).map(({ title, cell }) => {
    const cells = [title, ...summary.rounds.map(cell)];
    const width = Math.max(...cells.map((text) => text.length));
    return cells.map((text) => text.padStart(width));
  });
  const [first = []] = columns;
  return first.map((_, line) => columns.map((cells) => cells[line]).join('   '));
}
