import { type Block, barChart, block, formatNumber, lineChart, type Section } from '@agop/report';
import type { Drawn, TableChoiceSummary } from '../result.ts';

/** How predictions change with one column. */
export async function dependenceSection(
  dependence: Drawn['dependence'],
  { task, target }: TableChoiceSummary,
): Promise<Section | undefined> {
  if (dependence.length === 0) return undefined;
  const what = (label: string): string => (task === 'regression' ? label : `probability of ${label}`);
  const figures: Block[] = [];
  // One scale for all: what makes no difference is to look flat.
  const all = dependence.flatMap(({ curves }) => curves.flatMap(({ y }) => y));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = 0.05 * (high - low);
  for (const { column, at, curves } of dependence) {
    const [first] = curves;
    if (!first) continue;
    const isAlone = curves.length === 1;
    const label = isAlone ? what(first.label) : task === 'regression' ? target.join(', ') : 'probability';
    const isNumeric = at.every((place) => typeof place === 'number');
    const svg = isNumeric
      ? await lineChart({
          title: `Prediction along ${column}`,
          series: curves.map(({ label: own, y }) => ({ label: isAlone ? '' : own, x: at.map(Number), y })),
          x: { label: column },
          y: { label, ...(high > low && { domain: [low - room, high + room] }) },
        })
      : await barChart({
          title: `Prediction by ${column}`,
          bars: at.map((place, k) => ({ label: String(place), value: first.y[k] as number })),
          format: (value) => formatNumber(value, 3),
          label: what(first.label),
        });
    figures.push(block.figure(svg, `Mean prediction where ${column} is set, and all else stays.`));
  }
  return {
    heading: 'How predictions change with a column',
    blocks: [
      block.text(
        'One column is set to the same value in all rows, everything else stays as it is, and the predictions are averaged: a flat curve says that the column makes no difference by itself.',
      ),
      ...figures,
    ],
  };
}
