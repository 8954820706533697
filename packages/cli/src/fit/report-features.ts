import {
  type Block,
  barChart,
  formatPercent,
  heatMap,
  imageGrid,
  type Section,
  spectrumChart,
} from '@agop/report';
import { type Directions, directionPicture } from './directions.ts';
import { type Findings, importancePicture, topImportances } from './findings.ts';
import type { ReportInput } from './report-input.ts';

/** Columns whose importances are drawn. */
const drawnImportances = 20;
/** Share of the metric's entries that have a colour of their own; larger ones share the last. */
const colouredShare = 0.995;

/** What the model found: importances, the metric, and the directions it looks at. */
export async function featuresSection(input: ReportInput): Promise<Section> {
  const { findings, summary } = input;
  const blocks: Block[] = [
    await importanceBars(findings),
    ...importanceImage(findings),
    ...metricMap(findings),
  ];
  if (input.directions !== undefined) blocks.push(...(await directionBlocks(input, input.directions)));
  if (summary.best.iteration === 0) {
    blocks.push({
      kind: 'text',
      text: 'Plain kernel regression was best here; the importances are those of its average gradient outer product.',
    });
  }
  return { heading: 'Features it found', blocks };
}

async function importanceBars({ importances }: Findings): Promise<Block> {
  const top = topImportances(importances, drawnImportances);
  const svg = await barChart({
    title: 'Importances of columns',
    bars: top.map(({ column, importance }) => ({ label: column, value: importance })),
    format: formatPercent,
  });
  const caption =
    "Share of each column in the diagonal of the learned metric M; a category's columns are added up. " +
    `The largest ${top.length} of ${importances.length}.`;
  return { kind: 'figure', svg, caption };
}

function importanceImage({ importances, grid }: Findings): Block[] {
  if (grid === undefined) return [];
  const { height, width } = grid;
  const svg = imageGrid({
    title: 'Importances arranged as an image',
    pictures: [{ data: importancePicture(importances, grid), height, width }],
  });
  return [{ kind: 'figure', svg, caption: 'The same importances, arranged as the pixels they belong to.' }];
}

function metricMap({ metric, featureNames }: Findings): Block[] {
  const [rows = 1, columns = 1] = metric.shape;
  if (rows < 2) return [];
  const magnitudes = Float64Array.from(metric.data, Math.abs).sort();
  const last = magnitudes.at(-1) || 1;
  const limit = magnitudes[Math.floor(colouredShare * (magnitudes.length - 1))] || last;
  const isSigned = Array.from(metric.data).some((value) => value < 0);
  const svg = heatMap({
    title: 'The learned metric M',
    matrix: { data: metric.data, shape: [rows, columns] },
    rowLabels: featureNames,
    columnLabels: featureNames,
    domain: [isSigned ? -limit : 0, limit],
  });
  const clipped = limit < last ? ' The largest 0.5 % of its entries share the last colour.' : '';
  const caption = `The learned metric M, ${rows} x ${columns}: which features matter, and which together.${clipped}`;
  return [{ kind: 'figure', svg, caption }];
}

async function directionBlocks(
  { findings, preprocessor }: ReportInput,
  directions: Directions,
): Promise<Block[]> {
  const { values, vectors } = directions;
  const sum = (list: readonly number[]) => list.reduce((total, value) => total + Math.max(0, value), 0);
  const count = Math.min(5, values.length - 1);
  const share = formatPercent(sum(values.slice(0, count)) / sum(values));
  const svg = await spectrumChart({
    title: 'Eigenvalues of the learned metric',
    values,
    indexLabel: 'eigenvalue',
    label: 'value',
  });
  const holds = count === 1 ? 'first one holds' : `first ${count} hold`;
  const blocks: Block[] = [
    { kind: 'figure', svg, caption: `Eigenvalues of M: the ${holds} ${share} of their sum.` },
  ];
  const { grid } = findings;
  if (grid !== undefined) {
    const pictures = vectors.map((vector, i) => ({
      data: directionPicture(vector, grid, preprocessor),
      height: grid.height,
      width: grid.width,
      label: String(i + 1),
    }));
    blocks.push({
      kind: 'figure',
      svg: imageGrid({ title: 'Eigenvectors of the learned metric as images', pictures, columns: 3 }),
      caption: 'The first eigenvectors of M: the contrasts by which the model compares images.',
    });
  }
  return blocks;
}
