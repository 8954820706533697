import { type Block, block, formatNumber, formatPercent, type Section } from '@agop/report';
import type { TuningReport } from '../worker/table/tuning.ts';

/** Candidates that are listed. */
const listed = 12;

/** The choice of settings as a section of the report. */
export function tuningSection({ trials, members, metric, score, endedEarly }: TuningReport): Section {
  const ranked = trials
    .filter((trial) => trial.score !== undefined)
    .toSorted((a, b) => b.rows - a.rows || compare(metric, a.score ?? 0, b.score ?? 0));
  const failed = trials.length - ranked.length;
  const blocks: Block[] = [
    block.text(
      `${trials.length} settings were judged on rows of the training part that their fits had not seen${endedEarly ? ', as many as there was time for' : ''}; the held-out rows chose nothing. The best fits are averaged and fitted again to all training rows: ${metric} ${formatNumber(score)} on rows that their fits had not seen.`,
    ),
    block.table({
      caption: 'The average',
      header: ['share', 'settings'],
      rows: members.map(({ share, settings }) => [formatPercent(share), settings]),
    }),
    block.table({
      caption: `What was tried, the best first${failed > 0 ? `; ${failed} could not be fitted` : ''}`,
      header: [metric, 'training rows', 'settings'],
      rows: ranked.slice(0, listed).map((trial) => [trial.score ?? null, String(trial.rows), trial.settings]),
    }),
  ];
  return { heading: 'Settings that were chosen', blocks };
}

const higherIsBetter: readonly string[] = ['r2', 'auc', 'accuracy', 'balancedAccuracy', 'f1'];

function compare(metric: string, a: number, b: number): number {
  return higherIsBetter.includes(metric) ? b - a : a - b;
}
