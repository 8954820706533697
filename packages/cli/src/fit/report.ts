import { type Block, formatNumber, htmlPage, lineChart, type Section } from '@agop/report';
import { featuresSection } from './report-features.ts';
import type { ReportInput } from './report-input.ts';
import { meaningName, scoreName, scoreRows, scoreText } from './score-lines.ts';
import type { Scoreboard } from './train.ts';

/** The report of a fit: one HTML page. */
export async function fitReport(input: ReportInput): Promise<string> {
  const { summary, board } = input;
  const best = board.history[board.best]?.value;
  const plain = board.history[0]?.value;
  const name = scoreName(board);
  return htmlPage({
    title: `${summary.target.join(', ')} from ${summary.table}`,
    subtitle: `Recursive Feature Machine, ${summary.task}`,
    intro: [
      {
        kind: 'facts',
        facts: [
          ...(best === undefined ? [] : [[`${name}, RFM`, scoreText(board, best)] as const]),
          ...(plain === undefined ? [] : [[`${name}, plain kernel`, scoreText(board, plain)] as const]),
          ['training rows', summary.trainingRows],
          ['held-out rows', summary.heldOutRows],
          ['features', summary.features],
          ['seconds', formatNumber(summary.seconds, 3)],
        ],
      },
    ],
    sections: [await comparisonSection(board), await featuresSection(input), originSection(input)],
    footer: 'Made with agop.',
  });
}

async function comparisonSection(board: Scoreboard): Promise<Section> {
  const name = scoreName(board);
  const blocks: Block[] = [
    {
      kind: 'text',
      text:
        'Iteration 0 is plain kernel regression. Each further one learns from the gradients of the one before which ' +
        'directions of the data matter (the average gradient outer product) and measures distances accordingly.',
    },
  ];
  const values = board.history.map(({ value }) => value ?? Number.NaN);
  const [plain = Number.NaN] = values;
  if (board.heldRows > 0) {
    const svg = await lineChart({
      title: `${name} on held-out rows, per iteration`,
      series: [{ label: 'RFM', y: values }],
      x: { label: 'iteration' },
      y: { label: name, percent: board.metric === 'accuracy' },
      levels: Number.isFinite(plain) ? [{ value: plain, label: 'plain kernel regression' }] : [],
      places: board.best > 0 ? [{ value: board.best, label: 'best' }] : [],
    });
    const caption = `On ${board.heldRows} held-out rows, which also choose the best iteration.`;
    blocks.push({ kind: 'figure', svg, caption });
  }
  blocks.push({
    kind: 'table',
    caption: 'Plain kernel regression and the iterations of RFM',
    header: ['model', name, meaningName(board)],
    rows: scoreRows(board).map((row) => [row.name, row.score, row.meaning]),
    marked: [board.best],
  });
  return { heading: 'Plain kernel regression against RFM', blocks };
}

function originSection({ summary, commandLine }: ReportInput): Section {
  const { kernel, ridge, seed, dtype, device, leftOut } = summary;
  const parameters = Object.entries(kernel.parameters).map(
    ([name, value]) => `${name} ${formatNumber(value)}`,
  );
  const settings =
    `${kernel.name} kernel (${parameters.join(', ')}), ridge ${ridge}, seed ${seed}. ` +
    `Computed in ${dtype} on ${device}.`;
  const blocks: Block[] = [
    { kind: 'code', text: commandLine },
    { kind: 'text', text: settings },
  ];
  if (leftOut.length > 0) {
    blocks.push({
      kind: 'table',
      caption: 'Columns without features',
      header: ['column', 'why'],
      rows: leftOut.map(({ column, detail }) => [column, detail]),
    });
  }
  return { heading: 'How it was made', blocks };
}
