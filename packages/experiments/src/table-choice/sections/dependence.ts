import { type Block, barChart, barPanels, block, formatNumber, lineChart, type Section } from '@agop/report';
import { calendarText } from '../../tabular/notation.ts';
import type { Drawn, TableChoiceSummary } from '../result.ts';

type Dependence = Drawn['dependence'][number];

/** How predictions change with one column. */
export async function dependenceSection(
  { dependence, dependenceRows }: Drawn,
  { task, target, calendars = [] }: TableChoiceSummary,
): Promise<Section | undefined> {
  if (dependence.length === 0) return undefined;
  const what = (label: string): string => (task === 'regression' ? label : `probability of ${label}`);
  const figures: Block[] = [];
  // One scale for all: what makes no difference is to look flat.
  const all = dependence.flatMap(({ curves }) => curves.flatMap(({ y }) => y));
  const [low, high] = [Math.min(...all), Math.max(...all)];
  const room = 0.05 * (high - low);
  const [calendar] = calendars;
  const isWritten = calendar && calendars.every((one) => one === calendar);
  const notation = isWritten ? { notation: calendar } : {};
  for (const own of dependence) {
    const { at, curves, calendar: ofColumn } = own;
    const [first] = curves;
    if (!first) continue;
    const isAlone = curves.length === 1;
    const label = isAlone ? what(first.label) : task === 'regression' ? target.join(', ') : 'probability';
    const name = nameOf(own);
    const isNumeric = at.every((place) => typeof place === 'number');
    // Bars of dates begin at the first one.
    const begin = isWritten ? low : 0;
    const format = (value: number): string =>
      isWritten ? calendarText(value + begin, calendar) : formatNumber(value, 3);
    const svg = isNumeric
      ? await lineChart({
          title: `Prediction along ${name}`,
          series: curves.map(({ label: series, y }) => ({
            label: isAlone ? '' : series,
            x: at.map(Number),
            y,
          })),
          x: { label: name, ...(ofColumn && { notation: ofColumn }) },
          y: { label, ...(high > low && { domain: [low - room, high + room] }), ...notation },
        })
      : isAlone
        ? await barChart({
            title: `Prediction by ${name}`,
            bars: at.map((place, k) => ({ label: String(place), value: (first.y[k] as number) - begin })),
            format,
            label: what(first.label),
          })
        : barPanels({
            title: `Prediction by ${name}`,
            names: at.map(String),
            panels: curves.map(({ label: panel, y }) => ({
              label: panel,
              values: y.map((value) => value - begin),
            })),
            format,
          });
    const of =
      isNumeric || isAlone ? '' : ` ${task === 'regression' ? 'A panel for each target.' : panelsOfClasses}`;
    figures.push(block.figure(svg, captionOf(own) + of + someOf(own, task)));
  }
  return {
    heading: 'How predictions change with a column',
    blocks: [
      block.text(
        'One column is set to the same value in all rows, everything else stays as it is, and the predictions are averaged: a flat curve says that the column makes no difference by itself.',
      ),
      ...(dependenceRows === undefined ? [] : [block.text(dependenceRows)]),
      ...figures,
    ],
  };
}

const panelsOfClasses = 'A panel for each class: its mean probability.';

/** Which classes or targets are there, where not all are. */
function someOf({ curves, outputs }: Dependence, task: TableChoiceSummary['task']): string {
  if (outputs === undefined) return '';
  return task === 'regression'
    ? ` The first ${curves.length} of ${outputs} targets.`
    : ` The ${curves.length} most frequent of ${outputs} classes.`;
}

function nameOf({ column, part }: Dependence): string {
  return part === undefined ? column : `${part} of ${column}`;
}

function captionOf(own: Dependence): string {
  const { column, part, kept, at, categories } = own;
  switch (part) {
    case undefined:
      break;
    case 'hour':
      return `Mean prediction where each row goes to another time of its day, by ${column}, and all else stays.`;
    case 'weekday':
      return `Mean prediction where each row goes to another day of its week, by ${column}, and all else stays.`;
    case 'month':
      return `Mean prediction where each row goes to the same day of another month, by ${column}, and all else stays.`;
  }
  if (kept !== undefined) {
    const what = kept === 'weekday' ? 'its weekday and time of day' : 'its time of day';
    return `Mean prediction where ${column} is set to about this date: each row keeps ${what}, and all else stays.`;
  }
  const some = categories === undefined ? '' : ` The ${at.length} most frequent of ${categories} categories.`;
  return `Mean prediction where ${column} is set, and all else stays.${some}`;
}
