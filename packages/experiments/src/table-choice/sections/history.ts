import { block, formatNumber, lineChart, type Section } from '@agop/report';
import type { TableChoiceSummary } from '../result.ts';
import { scoreName, scoreText } from '../score-words.ts';

/** Trials that are listed: the best ones. */
const listed = 30;

/** What was tried, and how it did. */
export async function historySection(summary: TableChoiceSummary): Promise<Section> {
  const { history, metric, endedEarly, scores } = summary;
  const isGain = scores.find(({ name }) => name === metric)?.better === 'higher';
  const first = history.filter(({ rung }) => rung === 0);
  const better = (a: number, b: number): boolean => (isGain ? a > b : a < b);
  let best = Number.NaN;
  const bests = first.map(({ score }) => {
    if (score !== null && (Number.isNaN(best) || better(score, best))) best = score;
    return best;
  });
  const figure =
    first.length > 1
      ? [
          block.figure(
            await lineChart({
              title: `${scoreName(metric, summary)}, trial by trial`,
              series: [
                { label: 'best so far', x: first.map(({ trial }) => trial + 1), y: bests },
                {
                  label: 'trial',
                  x: first.map(({ trial }) => trial + 1),
                  y: first.map(({ score }) => score ?? Number.NaN),
                },
              ],
              x: { label: 'trial' },
              y: { label: scoreName(metric, summary) },
            }),
            `${isGain ? 'Higher' : 'Lower'} is better.`,
          ),
        ]
      : [];
  const ranked = history.toSorted(
    (a, b) => b.rung - a.rung || (a.score ?? Number.NaN) - (b.score ?? Number.NaN) || a.trial - b.trial,
  );
  const order = isGain
    ? ranked.toSorted((a, b) => b.rung - a.rung || (b.score ?? -Infinity) - (a.score ?? -Infinity))
    : ranked;
  return {
    heading: 'What was tried',
    blocks: [
      block.text(
        `Several ways to scale columns and to compare rows were tried on the training rows alone, and those that predicted held-out parts of them best went on.${endedEarly ? ' Time was up before all had been tried.' : ''}`,
      ),
      ...figure,
      block.table({
        caption: `${history.length > listed ? `The best ${listed} of ${history.length} trials` : 'All trials'}, each by itself: before the best are averaged, and probabilities calibrated`,
        header: ['trial', 'round', 'settings', 'best fit', scoreName(metric, summary), 'rows', 'seconds'],
        rows: order
          .slice(0, listed)
          .map(({ trial, rung, settings, fit, score, rows, seconds, failure }) => [
            trial + 1,
            rung + 1,
            settings,
            fit ?? failure ?? '',
            score === null ? '–' : scoreText(metric, score),
            rows,
            formatNumber(seconds, 2),
          ]),
      }),
    ],
  };
}
