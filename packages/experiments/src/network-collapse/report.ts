import {
  type Block,
  barChart,
  block,
  formatNumber,
  lineChart,
  type PageOptions,
  type Section,
} from '@agop/report';
import { collapseCurves, gramGrid } from '../collapse/pictures.ts';
import { spreadText } from '../spread.ts';
import { type CollapsedLayer, type MapNumbers, maps, type NetworkCollapseResult } from './result.ts';
import {
  networkCollapseText,
  overSeeds,
  type Training,
  trainingsOf,
  trainingWords,
  verdict,
} from './sentences.ts';

/** The report of a run. */
export async function networkCollapsePage(result: NetworkCollapseResult): Promise<PageOptions> {
  const { summary, grams } = result;
  const { title, facts } = networkCollapseText(result);
  const trainings = trainingsOf(summary);
  return {
    title,
    subtitle: 'Which part of a layer brings the rows of a class together, while the network trains',
    intro: [
      block.facts([
        ['training rows', String(summary.trainingRows)],
        ['held-out rows', String(summary.heldOutRows)],
        ['hidden layers', `${summary.layers} of ${summary.width} units`],
        ['seeds', summary.seeds.join(', ')],
        ['seconds', formatNumber(summary.seconds, 3)],
        ['computed on', `${summary.device}, ${summary.dtype}`],
      ]),
      ...facts.slice(1, 2).map(block.text),
      block.text(
        'With W = U S Vᵀ the weights of a hidden layer and h its input, NC1 (scatter within classes over that of their means) is measured on h, on S Vᵀ h, on ReLU(W h), and on AGOP^½ h, which maps h by the root of the average gradient outer product. The share is the part of the fall of ln NC1 from h to ReLU(W h) that S Vᵀ makes; a dash stands where a layer changes NC1 by less than 2 %.',
      ),
      ...verdict(summary).map(block.text),
    ],
    sections: await Promise.all([
      ...trainings.map((training) => trainingSection(training, grams)),
      sharesSection(trainings),
      ...(trainings.length > 1 ? [comparisonSection(trainings)] : []),
    ]),
    footer: 'Made with agop. After Beaglehole, Súkeník, Mondelli, Belkin 2024, arXiv 2402.13728.',
  };
}

async function trainingSection(training: Training, grams: NetworkCollapseResult['grams']): Promise<Section> {
  const words = trainingWords(training);
  const own = grams.find(({ gain, decay }) => gain === training.gain && decay === training.decay);
  return {
    heading: capital(words),
    blocks: [
      await mapCurves(training, `NC1 over depth, ${words}`, 'NC1', ({ nc1 }) => nc1),
      await mapCurves(training, `NC2 over depth, ${words}`, 'NC2', ({ nc2 }) => nc2),
      ...(own
        ? [
            block.figure(
              gramGrid(own.pictures, `Gram matrices by depth, ${words}`),
              'Cosines between training rows ordered by class, their mean subtracted: at the input, halfway, and after the last hidden layer, from -1 to 1.',
            ),
          ]
        : []),
      ...(await timeCharts(training)),
      layersTable(training),
    ],
  };
}

function mapCurves(
  training: Training,
  title: string,
  label: string,
  of: (layer: CollapsedLayer) => MapNumbers,
): Promise<Block> {
  const layers = layersOf(training);
  return collapseCurves({
    title,
    label,
    x: layers,
    series: maps.map(({ key, label: name }) => ({
      label: name,
      y: layers.map((_, i) => overSeeds(training, i, (layer) => of(layer)[key]).mean),
    })),
  });
}

/** NC1 and the correlations of each layer over the epochs, of the first seed. */
export async function timeCharts(training: Training): Promise<Block[]> {
  const epochs = training.runs[0]?.epochs ?? [];
  const words = trainingWords(training);
  const series = (of: (layer: CollapsedLayer) => number) =>
    layersOf(training).map((layer, i) => ({
      label: `layer ${layer}`,
      x: epochs.map(({ epoch }) => epoch),
      y: epochs.map(({ layers }) => {
        const own = layers[i];
        return own ? of(own) : Number.NaN;
      }),
    }));
  const x = { label: 'epoch' };
  return [
    block.figure(
      await lineChart({
        title: `NC1 after each layer while training, ${words}`,
        series: series(({ nc1 }) => nc1.left),
        x,
        y: { label: 'NC1', log: true },
      }),
      'NC1 of ReLU(W h), first seed.',
    ),
    block.figure(
      await lineChart({
        title: `The ansatz while training, ${words}`,
        series: series(({ nfa }) => nfa.root),
        x,
        y: { label: 'correlation' },
      }),
      'Pearson correlation of WᵀW with the root of the AGOP, first seed. Before training it is that of random weights.',
    ),
  ];
}

function layersTable(training: Training): Block {
  return block.table({
    caption: 'After training, mean over seeds ± standard deviation.',
    header: [
      'layer',
      ...maps.map(({ label }) => `NC1 ${label}`),
      'share',
      'NC2 h',
      'NC3',
      'NFA',
      'NFA root',
      'C-NFA',
    ],
    rows: layersOf(training).map((layer, i) => {
      const cell = (of: (own: CollapsedLayer) => number | null, digits = 3) =>
        spreadText(overSeeds(training, i, of), digits);
      return [
        layer,
        ...maps.map(({ key }) => cell(({ nc1 }) => nc1[key], 4)),
        cell(({ share }) => share, 2),
        cell(({ nc2 }) => nc2.none, 4),
        cell(({ nc3 }) => nc3),
        cell(({ nfa }) => nfa.plain),
        cell(({ nfa }) => nfa.root),
        cell(({ centeredNfa }) => centeredNfa),
      ];
    }),
  });
}

async function sharesSection(trainings: readonly Training[]): Promise<Section> {
  const charts = await Promise.all(
    trainings.map(async (training) =>
      block.figure(
        await shareBars(training),
        'Above 0.5, singular values and right singular vectors make the larger part. Above 1, the ReLU undoes some of it.',
      ),
    ),
  );
  return { heading: 'What makes classes collapse', blocks: charts };
}

/** The share of each layer. */
export function shareBars(training: Training): Promise<string> {
  return barChart({
    title: `Share of S Vᵀ in the fall of NC1, ${trainingWords(training)}`,
    bars: layersOf(training).flatMap((layer, i) => {
      const { mean } = overSeeds(training, i, ({ share }) => share);
      return Number.isNaN(mean) ? [] : [{ label: `layer ${layer}`, value: mean }];
    }),
    label: 'share',
  });
}

async function comparisonSection(trainings: readonly Training[]): Promise<Section> {
  return { heading: 'Initial weights and weight decay', blocks: [block.figure(await gainCurves(trainings))] };
}

/** NC1 over depth, a curve for each training. */
export function gainCurves(trainings: readonly Training[]): Promise<string> {
  return lineChart({
    title: 'NC1 over depth by training',
    series: trainings.map((training) => {
      const layers = layersOf(training);
      return {
        label: trainingWords(training),
        x: [0, ...layers],
        y: [
          overSeeds(training, 0, ({ nc1 }) => nc1.none).mean,
          ...layers.map((_, i) => overSeeds(training, i, ({ nc1 }) => nc1.left).mean),
        ],
      };
    }),
    x: { label: 'hidden layers passed' },
    y: { label: 'NC1', log: true },
  });
}

function layersOf({ runs }: Training): number[] {
  return runs[0]?.epochs.at(-1)?.layers.map(({ layer }) => layer) ?? [];
}

function capital(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}
