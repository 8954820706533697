import {
  type Block,
  barChart,
  block,
  formatNumber,
  formatPercent,
  heatMap,
  imageGrid,
  lineChart,
  type PageOptions,
  type Section,
  spectrumChart,
} from '@agop/report';
import { importancePicture } from './pixels.ts';
import type { TabularFeatures, TabularResult } from './result.ts';
import {
  beatsBaseline,
  dropBars,
  dropText,
  imbalanceText,
  isShare,
  noSignalText,
  permutedText,
  rareSignalText,
  scoreNames,
  scoreRows,
  scoreText,
} from './scores.ts';
import { topImportances } from './text.ts';

/** Columns whose importances are drawn. */
const drawnImportances = 20;
/** Share of a large metric's entries that have a color of their own; larger ones share the last. */
const coloredShare = 0.995;
/** All entries of a metric of no more than these have a color of their own. */
const fewEntries = 1000;

/** The report of a fit. */
export async function tabularPage(result: TabularResult): Promise<PageOptions> {
  const { summary } = result;
  const [plain, best] = [summary.iterations[0]?.value ?? null, summary.best.value];
  const [name] = scoreNames(result);
  return {
    title: `${summary.target.join(', ')} from ${summary.table}`,
    subtitle: `Recursive Feature Machine, ${summary.task}`,
    intro: [
      block.facts([
        ...(best === null ? [] : [[`${name}, RFM`, scoreText(result, best)] as const]),
        ...(plain === null ? [] : [[`${name}, plain kernel`, scoreText(result, plain)] as const]),
        ['training rows', summary.trainingRows],
        ['held-out rows', summary.heldOutRows],
        ['features', summary.features],
        ['seconds', formatNumber(summary.seconds, 3)],
      ]),
    ],
    sections: [
      await comparisonSection(result),
      await featuresSection(result),
      ...notesSection(result),
      settingsSection(result),
    ],
    footer: 'Made with agop.',
  };
}

async function comparisonSection(result: TabularResult): Promise<Section> {
  const { iterations, best, heldOutRows } = result.summary;
  const [name, meaning] = scoreNames(result);
  const values = iterations.map(({ value }) => value ?? Number.NaN);
  const [plain = Number.NaN] = values;
  const blocks = [
    block.text(
      'Iteration 0 is plain kernel regression. Each further one learns from the gradients of the one before which ' +
        'directions of the data matter (the average gradient outer product) and measures distances accordingly.',
    ),
  ];
  if (heldOutRows > 0) {
    const svg = await lineChart({
      title: `${name} on held-out rows, per iteration`,
      series: [{ label: 'RFM', y: values }],
      x: { label: 'iteration' },
      y: { label: name, percent: isShare(result.summary) },
      levels: Number.isFinite(plain) ? [{ value: plain, label: 'plain kernel regression' }] : [],
      places:
        best.iteration > 0 ? [{ value: best.iteration, label: beatsBaseline(result) ? 'best' : 'kept' }] : [],
    });
    blocks.push(block.figure(svg, `On ${heldOutRows} held-out rows, which also choose the best iteration.`));
  }
  blocks.push(
    block.table({
      caption: 'Plain kernel regression and the iterations of RFM',
      header: ['model', name, meaning],
      rows: scoreRows(result).map((row) => [row.name, row.score, row.meaning]),
      marked: [best.iteration],
    }),
  );
  if (!beatsBaseline(result)) blocks.push(block.text(noSignalText(result)));
  const rare = rareSignalText(result);
  if (rare !== '') blocks.push(block.text(rare));
  const imbalance = imbalanceText(result.summary);
  if (imbalance !== '') blocks.push(block.text(imbalance));
  return { heading: 'Plain kernel regression against RFM', blocks };
}

/** What was guessed of the table, and where the fit went on otherwise than asked. */
function notesSection({ summary: { notes = [], warnings } }: TabularResult): Section[] {
  if (notes.length + warnings.length === 0) return [];
  const sentence = (text: string): string => text.charAt(0).toUpperCase() + text.slice(1);
  const texts = [...warnings, ...notes].map(({ message }) => block.text(sentence(message)));
  return [{ heading: 'What was guessed, and what to know', blocks: texts }];
}

function settingsSection({ summary }: TabularResult): Section {
  const { kernel, ridge, seed, dtype, device, leftOut } = summary;
  const parameters = Object.entries(kernel.parameters).map(
    ([name, value]) => `${name} ${typeof value === 'number' ? formatNumber(value) : value}`,
  );
  const blocks = [
    block.text(
      `${kernel.name} kernel (${parameters.join(', ')}), ridge ${ridge}, seed ${seed}. Computed in ${dtype} on ${device}.`,
    ),
  ];
  if (leftOut.length > 0) {
    blocks.push(
      block.table({
        caption: 'Columns without features',
        header: ['column', 'why'],
        rows: leftOut.map(({ column, detail }) => [column, detail]),
      }),
    );
  }
  return { heading: 'Settings', blocks };
}

/** What the model found: importances, the metric, and the directions it looks at. */
async function featuresSection(result: TabularResult): Promise<Section> {
  const { summary, features } = result;
  const blocks: Block[] = [
    await importanceBars(result),
    ...(await restsOnBars(result)),
    ...importanceImage(result),
    ...(features ? metricMap(features) : []),
    ...(features?.directions ? await directionBlocks(result, features.directions) : []),
  ];
  if (summary.best.iteration === 0) {
    blocks.push(
      block.text(
        'Plain kernel regression was best here; the importances are those of its average gradient outer product.',
      ),
    );
  }
  return { heading: 'Features it found', blocks };
}

async function importanceBars({ summary }: TabularResult): Promise<Block> {
  const top = topImportances(summary.importances, drawnImportances);
  const svg = await barChart({
    title: 'Importances of columns',
    bars: top.map(({ column, importance }) => ({ label: column, value: importance })),
    format: formatPercent,
  });
  return block.figure(
    svg,
    "Share of each column in the diagonal of the learned metric M; a category's columns are added up. " +
      `The largest ${top.length} of ${summary.importances.length}.`,
  );
}

async function restsOnBars({ summary: { heldOutImportances: measured } }: TabularResult): Promise<Block[]> {
  if (!measured || measured.columns.length === 0) return [];
  const svg = await barChart({
    title: 'What predictions rest on',
    bars: dropBars(measured),
  });
  const text = `What predictions rest on: ${permutedText(measured)}`;
  return [
    block.figure(
      svg,
      `${text}; a category's columns together. The metric follows what the fit interpolates, noise included; this does not.`,
    ),
    block.table({
      caption: `${text}, mean and standard deviation over permutations`,
      header: ['column', 'mean', 'deviation'],
      rows: measured.columns.map(({ column, drop, deviation }) => [
        column,
        dropText(measured, drop),
        dropText(measured, deviation),
      ]),
    }),
  ];
}

function importanceImage({ summary, grid }: TabularResult): Block[] {
  if (!grid) return [];
  const { height, width } = grid;
  const svg = imageGrid({
    title: 'Importances arranged as an image',
    pictures: [{ data: importancePicture(summary, grid), height, width }],
  });
  return [block.figure(svg, 'The same importances, arranged as the pixels they belong to.')];
}

function metricMap({ metric: { data, shape }, names }: TabularFeatures): Block[] {
  const [rows, columns] = shape;
  if (rows < 2) return [];
  const magnitudes = Float64Array.from(data, Math.abs).sort();
  const last = magnitudes.at(-1) || 1;
  const share = magnitudes.length <= fewEntries ? 1 : coloredShare;
  const limit = magnitudes[Math.floor(share * (magnitudes.length - 1))] || last;
  const svg = heatMap({
    title: 'The learned metric M',
    matrix: { data, shape },
    rowLabels: names,
    columnLabels: names,
    domain: [data.some((value) => value < 0) ? -limit : 0, limit],
  });
  const clipped = limit < last ? ' The largest 0.5 % of its entries share the last colour.' : '';
  const caption = `The learned metric M, ${rows} x ${columns}: which features matter, and which together.${clipped}`;
  return [block.figure(svg, caption)];
}

async function directionBlocks(
  { grid }: TabularResult,
  { values, pictures }: NonNullable<TabularFeatures['directions']>,
): Promise<Block[]> {
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
  const blocks = [block.figure(svg, `Eigenvalues of M: the ${holds} ${share} of their sum.`)];
  if (!grid) return blocks;
  const { height, width } = grid;
  const images = imageGrid({
    title: 'Eigenvectors of the learned metric as images',
    pictures: pictures.map((data, i) => ({ data, height, width, label: String(i + 1) })),
    columns: 3,
  });
  return [
    ...blocks,
    block.figure(images, 'The first eigenvectors of M: the contrasts by which the model compares images.'),
  ];
}
