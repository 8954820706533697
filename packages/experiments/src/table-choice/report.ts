import { block, formatNumber, formatPercent, type PageOptions, type Section } from '@agop/report';
import type { TableChoiceResult, TableChoiceSummary } from './result.ts';
import { boardRows, scoreName, scoreText, testText, validationText } from './score-words.ts';
import { boardSection } from './sections/board.ts';
import { calibrationSection } from './sections/calibration.ts';
import { columnsSection } from './sections/columns.ts';
import { confusionSection } from './sections/confusion.ts';
import { dependenceSection } from './sections/dependence.ts';
import { historySection } from './sections/history.ts';
import { metricSection } from './sections/metric.ts';
import { residualsSection } from './sections/residuals.ts';
import { thresholdSection } from './sections/thresholds.ts';
import { treeSection } from './sections/tree.ts';

/** The report of a fit that chose its settings: for readers who never heard of kernels or AGOPs. */
export async function tableChoicePage({ summary, drawn }: TableChoiceResult): Promise<PageOptions> {
  const evaluation = drawn?.evaluation;
  const sections = await Promise.all([
    boardSection(summary),
    ...(evaluation
      ? [
          residualsSection(evaluation),
          confusionSection(evaluation),
          thresholdSection(evaluation),
          calibrationSection(evaluation),
        ]
      : []),
    columnsSection(summary),
    ...(drawn ? [dependenceSection(drawn, summary), metricSection(drawn.metric)] : []),
    ...(drawn ? [treeSection(drawn.tree)] : []),
    historySection(summary),
  ]);
  return {
    title: `${summary.target.join(', ')} from ${summary.table}`,
    subtitle:
      summary.task === 'regression'
        ? 'A model that predicts numbers, and how good it is'
        : 'A model that predicts classes, and how good it is',
    intro: [block.facts(facts(summary))],
    sections: [...sections.flatMap((one) => one ?? []), ...notesSection(summary), settingsSection(summary)],
    footer: 'Made with agop.',
  };
}

function facts(summary: TableChoiceSummary): (readonly [string, string | number])[] {
  const [row] = boardRows(summary);
  return [
    ...(row?.test ? [[`${scoreName(row.name, summary)}, test`, testText(row)] as const] : []),
    ...(row?.validation && !row.test
      ? [[`${scoreName(row.name, summary)}, validation`, validationText(row)] as const]
      : []),
    ...(row && row.guess !== null
      ? [[`${scoreName(row.name, summary)}, a guess`, scoreText(row.name, row.guess)] as const]
      : []),
    ['rows to learn from', summary.trainingRows],
    ['rows to test', summary.testRows],
    ['columns', summary.columns],
    ['seconds', formatNumber(summary.seconds, 3)],
  ];
}

/** What was guessed of the table. */
function notesSection({ notes }: TableChoiceSummary): Section[] {
  if (notes.length === 0) return [];
  const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  return [
    {
      heading: 'What was guessed of the table',
      blocks: notes.map(({ message }) => block.text(sentence(message))),
    },
  ];
}

function settingsSection({ members, leftOut, seed, device, dtype }: TableChoiceSummary): Section {
  return {
    heading: 'The model itself',
    blocks: [
      block.text(
        'The model is a Recursive Feature Machine: it predicts a row from the rows most like it, and has learned from ' +
          'the data which columns, and which of them together, make rows alike.' +
          (members.length > 1 ? ' Several such fits are averaged.' : ''),
      ),
      block.table({
        caption: 'What is averaged',
        header: ['share', 'settings', 'fit', 'leaves'],
        rows: members.map(({ share, settings, fit, leaves }) => [
          formatPercent(share),
          settings,
          fit,
          String(leaves),
        ]),
      }),
      ...(leftOut.length > 0
        ? [
            block.table({
              caption: 'Columns that are not used',
              header: ['column', 'why'],
              rows: leftOut.map(({ column, detail }) => [column, detail]),
            }),
          ]
        : []),
      block.text(`Seed ${seed}. Computed in ${dtype} on ${device}.`),
    ],
  };
}
