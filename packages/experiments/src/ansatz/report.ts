import { type Block, barChart, block, formatNumber, imageGrid, type PageOptions } from '@agop/report';
import type { AnsatzResult, AnsatzSummary } from './result.ts';
import {
  ansatzText,
  controlFigures,
  type Figure,
  layersOf,
  overSeeds,
  ownFigures,
  publishedFigures,
  runRows,
  verdict,
} from './sentences.ts';

/** The report of a run. */
export async function ansatzPage(result: AnsatzResult): Promise<PageOptions> {
  const { summary } = result;
  const { title, facts } = ansatzText(result);
  return {
    title,
    subtitle: 'Do the weights of a layer learn what its gradients say?',
    intro: [
      block.facts([
        ['network', summary.sizes.join(' - ')],
        ['AGOP from', `${summary.agopSamples} training images`],
        ['seconds', formatNumber(summary.seconds, 3)],
        ['computed on', summary.device],
      ]),
      ...facts.map((fact) => block.text(fact)),
      block.text(verdict(summary).join(' ')),
    ],
    sections: [
      {
        heading: 'Layer by layer',
        blocks: [
          block.text(
            'Pearson correlations with the root of the AGOP: of WᵀW after training, before, and with the rows of W rotated at random, which leaves WᵀW as it is; and of DᵀD, D = W - W0, with the AGOP of the trained network and as the published program computes it.',
          ),
          block.figure(await layersChart(summary)),
        ],
      },
      {
        heading: 'Figures',
        blocks: [
          figureTable(
            summary,
            'As the published program computes them: D stands in place of W in the network whose gradients are taken.',
            publishedFigures,
          ),
          figureTable(summary, 'As the ansatz is stated, with the network that was trained.', ownFigures),
          figureTable(summary, 'Before training, with rotated rows, with random weights.', controlFigures),
        ],
      },
      {
        heading: 'What the first layer looks at',
        blocks: [
          block.figure(
            pixelGrid(result),
            'Diagonals of WᵀW and of the AGOP, pixel by pixel; each picture has a scale of its own.',
          ),
        ],
      },
      {
        heading: 'Runs',
        blocks: [
          block.table({
            caption: 'Each seed.',
            header: ['seed', 'epoch', 'loss', 'training', 'test', 'seconds'],
            rows: runRows(summary),
          }),
        ],
      },
    ],
    footer: 'Made with agop. After Radhakrishnan, Beaglehole, Pandit, Belkin 2022, arXiv 2212.13881.',
  };
}

const charted: readonly (readonly [string, (layer: Parameters<Figure['of']>[0]) => number])[] = [
  ['W', ({ trained }) => trained.rootPearson],
  ['before training', ({ initial }) => initial.rootPearson],
  ['rows rotated', ({ rotated }) => rotated.rootPearson],
  ['D', ({ change }) => change.rootPearson],
  ['D, as published', ({ published }) => published.rootPearson],
];

/** Bars of each layer, with its controls. */
export async function layersChart(summary: AnsatzSummary): Promise<string> {
  return barChart({
    title: `Correlation with the root of the AGOP, ${summary.data}`,
    bars: layersOf(summary).flatMap((layer) =>
      charted.map(([label, of]) => ({
        label: `${layer + 1}: ${label}`,
        value: overSeeds(summary, layer, { label, of })[0],
      })),
    ),
    label: 'Pearson correlation, mean over seeds',
    format: (value) => value.toFixed(3),
  });
}

/** Diagonals of the first layer's matrices. */
export function pixelGrid({ pictures }: AnsatzResult): string {
  return imageGrid({ title: 'Diagonals of the first layer', pictures, columns: 4, range: 'each' });
}

function figureTable(summary: AnsatzSummary, caption: string, figures: readonly Figure[]): Block {
  return block.table({
    caption,
    header: ['layer', ...figures.map(({ label }) => label)],
    rows: layersOf(summary).map((layer) => [
      layer + 1,
      ...figures.map((figure) => {
        const [mean, deviation] = overSeeds(summary, layer, figure);
        return summary.runs.length > 1 ? `${mean.toFixed(3)} ± ${deviation.toFixed(3)}` : mean.toFixed(3);
      }),
    ]),
  });
}
