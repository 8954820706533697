import { block, formatPercent, heatMap, type Section } from '@agop/report';
import type { Evaluation } from '../result.ts';
import { rowsWords } from './rows-words.ts';

/** More classes than this have a picture, but no table of counts. */
const mostCounts = 12;

/** Which classes are taken for which. */
export function confusionSection(evaluation: Evaluation): Section | undefined {
  const { confusion, classes } = evaluation;
  if (!confusion || !classes) return undefined;
  const labels = classes.map(({ label }) => String(label));
  const shares = confusion.map((counts) => {
    const total = counts.reduce((sum, count) => sum + count, 0);
    return counts.map((count) => (total > 0 ? count / total : 0));
  });
  const percent = (value: number | null): string => (value === null ? '–' : formatPercent(value));
  const svg = heatMap({
    title: 'Confusion matrix',
    matrix: { data: shares.flat(), shape: [labels.length, labels.length] },
    rowLabels: labels,
    columnLabels: labels,
    domain: [0, 1],
  });
  return {
    heading: 'Where it is right, and what it takes for what',
    blocks: [
      block.text(
        `Each line of the matrix holds the rows of one true class, and the columns what they were taken for (${rowsWords(evaluation)}): all color on the diagonal would be a perfect model.`,
      ),
      block.figure(
        svg,
        'Share of the rows of each true class (lines) that are taken for each class (columns).',
      ),
      ...(labels.length <= mostCounts
        ? [
            block.table({
              caption: 'Rows of each true class, by what they were taken for',
              header: ['true class', ...labels.map((label) => `taken for ${label}`)],
              rows: confusion.map((counts, at) => [labels[at] ?? '', ...counts]),
            }),
          ]
        : []),
      block.table({
        caption:
          'Precision: of the rows taken for the class, the share that are of it. Recall: of its rows, the share that are found.',
        header: ['class', 'precision', 'recall', 'F1', 'rows'],
        rows: classes.map(({ label, precision, recall, f1, rows }) => [
          String(label),
          percent(precision),
          percent(recall),
          percent(f1),
          rows,
        ]),
      }),
    ],
  };
}
