import {
  type Block,
  barChart,
  formatNumber,
  formatPercent,
  heatMap,
  htmlPage,
  imageGrid,
  lineChart,
  type Section,
} from '@agop/report';
import { type Findings, importancePicture, topImportances } from './findings.ts';
import { meaningName, scoreName, scoreRows, scoreText } from './score-lines.ts';
import type { FitSummary } from './summary.ts';
import type { Scoreboard } from './train.ts';

/** Columns whose importances are drawn. */
const drawnImportances = 20;

interface ReportInput {
  readonly summary: FitSummary;
  readonly board: Scoreboard;
  readonly findings: Findings;
  readonly commandLine: string;
}

/** The report of a fit: one HTML page. */
export async function fitReport({ summary, board, findings, commandLine }: ReportInput): Promise<string> {
  const { table, task, target, rows, trainingRows, heldOutRows, features, kernel, ridge, device, dtype } =
    summary;
  const parameters = Object.entries(kernel.parameters).map(
    ([name, value]) => `${name} ${formatNumber(value)}`,
  );
  const best = board.history[board.best]?.value;
  const plain = board.history[0]?.value;
  return htmlPage({
    title: `${target.join(', ')} from ${table}`,
    subtitle: `Recursive Feature Machine, ${task}`,
    intro: [
      {
        kind: 'facts',
        facts: [
          ...(best === undefined ? [] : [[`${scoreName(board)}, RFM`, scoreText(board, best)] as const]),
          ...(plain === undefined
            ? []
            : [[`${scoreName(board)}, plain kernel`, scoreText(board, plain)] as const]),
          ['rows', `${rows} (${trainingRows} + ${heldOutRows})`],
          ['features', features],
          ['kernel', `${kernel.name}, ${parameters.join(', ')}`],
          ['ridge', ridge],
          ['seconds', formatNumber(summary.seconds, 3)],
          ['computed on', `${device}, ${dtype}`],
        ],
      },
    ],
    sections: [
      await comparisonSection(board),
      await featuresSection(findings, summary),
      {
        heading: 'How it was made',
        blocks: [{ kind: 'code', text: commandLine }, ...leftOutBlocks(summary)],
      },
    ],
    footer: 'Made with agop.',
  });
}

async function comparisonSection(board: Scoreboard): Promise<Section> {
  const blocks: Block[] = [
    {
      kind: 'text',
      text:
        'Iteration 0 is plain kernel regression. Each further one learns from the gradients of the one before which ' +
        'directions of the data matter (the average gradient outer product) and measures distances accordingly.',
    },
  ];
  const values = board.history.map(({ value }) => value ?? Number.NaN);
  if (board.heldRows > 0) {
    const isAccuracy = board.metric === 'accuracy';
    const svg = await lineChart({
      title: `${scoreName(board)} on held-out rows, per iteration`,
      series: [{ label: 'RFM', y: values }],
      x: { label: 'iteration' },
      y: { label: scoreName(board), percent: isAccuracy },
      levels: Number.isFinite(values[0])
        ? [{ value: values[0] as number, label: 'plain kernel regression' }]
        : [],
      places: board.best > 0 ? [{ value: board.best, label: 'best' }] : [],
    });
    const caption = `On ${board.heldRows} held-out rows, which also choose the best iteration.`;
    blocks.push({ kind: 'figure', svg, caption });
  }
  blocks.push({
    kind: 'table',
    caption: 'Plain kernel regression and the iterations of RFM',
    header: ['model', scoreName(board), meaningName(board)],
    rows: scoreRows(board).map(({ name, score, meaning }) => [name, score, meaning]),
    marked: [board.best],
  });
  return { heading: 'Plain kernel regression against RFM', blocks };
}

async function featuresSection(findings: Findings, summary: FitSummary): Promise<Section> {
  const top = topImportances(findings.importances, drawnImportances);
  const blocks: Block[] = [
    {
      kind: 'figure',
      svg: await barChart({
        title: 'Importances of columns',
        bars: top.map(({ column, importance }) => ({ label: column, value: importance })),
        format: formatPercent,
      }),
      caption:
        "Share of each column in the diagonal of the learned metric M; a category's columns are added up. " +
        `The largest ${top.length} of ${findings.importances.length}.`,
    },
  ];
  if (findings.grid !== undefined) {
    const { height, width } = findings.grid;
    const svg = imageGrid({
      title: 'Importances arranged as an image',
      pictures: [{ data: importancePicture(findings.importances, findings.grid), height, width }],
    });
    blocks.push({
      kind: 'figure',
      svg,
      caption: 'The same importances, arranged as the pixels they belong to.',
    });
  }
  const [rows = 1, columns = 1] = findings.metric.shape;
  if (rows > 1) {
    const svg = heatMap({
      title: 'The learned metric M',
      matrix: { data: findings.metric.data, shape: [rows, columns] },
      rowLabels: findings.featureNames,
      columnLabels: findings.featureNames,
    });
    const caption = `The learned metric M, ${rows} x ${columns}: which features matter, and which together.`;
    blocks.push({ kind: 'figure', svg, caption });
  } else if (summary.best.iteration === 0) {
    blocks.push({
      kind: 'text',
      text: 'Plain kernel regression was best here; the importances are those of its average gradient outer product.',
    });
  }
  return { heading: 'Features it found', blocks };
}

function leftOutBlocks({ leftOut }: FitSummary): Block[] {
  if (leftOut.length === 0) return [];
  return [
    {
      kind: 'table',
      caption: 'Columns without features',
      header: ['column', 'why'],
      rows: leftOut.map(({ column, detail }) => [column, detail]),
    },
  ];
}
