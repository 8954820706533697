import { formatBytes, type OptionNaming, say } from '@agop/core';
import {
  type Block,
  block,
  formatNumber,
  formatPercent,
  imageGrid,
  lineChart,
  type PageOptions,
  type Picture,
  type Section,
  spectrumChart,
} from '@agop/report';
import type {
  FiltersRound,
  FiltersRunResult,
  FiltersSummary,
  ImageView,
  RoundFilters,
  SavedPicture,
} from './result.ts';
import {
  imageKernelWords,
  isLayered,
  keptAccuracy,
  keptLine,
  nothingHeldOut,
  roundsExplained,
  scoreColumns,
  scoredImages,
  verdict,
} from './sentences.ts';

/** The report of a run. @param naming what its sentences call options; default: as in code */
export async function filtersPage(result: FiltersRunResult, naming?: OptionNaming): Promise<PageOptions> {
  const { summary } = result;
  const { rounds, image, kernel } = summary;
  const kept = keptAccuracy(summary);
  const fixed = rounds[0]?.accuracy ?? null;
  const scores =
    kept === null || fixed === null
      ? []
      : ([
          ['accuracy', formatPercent(kept)],
          ['with the fixed kernel', formatPercent(fixed)],
        ] as const);
  return {
    title: `ConvRFM on ${summary.data}`,
    subtitle: 'A kernel machine on images that learns what to look for in their patches',
    intro: [
      block.facts([
        ...scores,
        ['training images', String(summary.trainingImages)],
        ['size', `${image.height} x ${image.width} x ${image.channels}`],
        ['classes', String(summary.classes)],
        ['kernel', imageKernelWords(kernel)],
        ['memory', formatBytes(summary.cost.bytes)],
        ['seconds', formatNumber(summary.seconds, 3)],
        ['computed on', `${summary.device}, ${summary.dtype}`],
      ]),
      block.text(
        [verdict(summary) ?? say(nothingHeldOut, naming), keptLine(summary)]
          .filter((text) => text !== '')
          .join(' '),
      ),
    ],
    sections: [await roundsSection(summary), ...(await filtersSections(result))],
    footer: 'Made with agop. After Beaglehole, Radhakrishnan, Pandit and Belkin 2023, arXiv 2309.00570.',
  };
}

async function roundsSection(summary: FiltersSummary): Promise<Section> {
  const { rounds, runs, validationImages, testImages, testHeldOut } = summary;
  const images = scoredImages(summary);
  const columns = scoreColumns(summary);
  const from = testHeldOut ? ', held out of the same files' : '';
  const chosen =
    testImages > 0 && validationImages > 0 ? '; ridge and round are chosen on validation images alone' : '';
  const scores = images === undefined ? '' : ` Accuracy on ${images}${from}${chosen}.`;
  return {
    heading: images === undefined ? 'Rounds' : 'Accuracy',
    blocks: [
      block.text(
        `${roundsExplained(summary)} After each round the average gradient outer product over patches (AGOP) says which directions of a patch matter to the predictor; its root multiplies all patches in the next one.${scores}`,
      ),
      ...(images === undefined ? [] : [block.figure(await accuracyChart(summary))]),
      block.table({
        caption:
          runs.length > 1
            ? `Means and standard deviations over ${runs.length} seeds`
            : 'Scores per round; marked: the one that was kept',
        header: columns.map(({ title }) => title),
        rows: rounds.map((round) => columns.map(({ cell }) => cell(round))),
        ...(runs.length === 1 && { marked: [runs[0]?.best ?? 0] }),
      }),
    ],
  };
}

function accuracyChart({ rounds, runs }: FiltersSummary): Promise<string> {
  const layers = [...new Set(rounds.map(({ layer }) => layer))];
  const curve = (label: string, all: readonly FiltersRound[], layer: number) => {
    const own = all.filter((round) => round.layer === layer);
    return {
      label,
      x: own.map(({ iteration }) => iteration),
      y: own.map(({ accuracy }) => accuracy ?? Number.NaN),
    };
  };
  return lineChart({
    title: 'Accuracy per round',
    series: layers.flatMap((layer) => {
      const named = layers.length > 1 ? `layer ${layer}` : 'ConvRFM';
      if (runs.length === 1) return [curve(named, rounds, layer)];
      const prefix = layers.length > 1 ? `${named}, ` : '';
      return runs.map(({ seed, rounds: own }) => curve(`${prefix}seed ${seed}`, own, layer));
    }),
    x: { label: 'round' },
    y: { label: 'accuracy', percent: true },
  });
}

async function filtersSections({ summary, filters, views }: FiltersRunResult): Promise<Section[]> {
  const last = filters.at(-1);
  if (!last) return [];
  const { patchSize: size, iteration } = last;
  const where = isLayered(summary) ? 'layer 0, round' : 'round';
  const capital = where.replace(/^./, (first) => first.toUpperCase());
  return [
    {
      heading: 'The filters it found',
      blocks: [
        block.text(
          `The eigenvectors of the patch metric with the largest eigenvalues: patches of ${size} x ${size} pixels that the kernel compares images by, with their share of the metric. In ${where} 0 the metric is the identity: every direction counts alike, and single pixels are shown.`,
        ),
        ...filters.map(
          (round): Block =>
            block.figure(
              filterGrid(round),
              `${capital} ${round.iteration}${round.iteration === 0 ? ': the identity' : ''}.`,
            ),
        ),
        block.text(
          `The eigenvalues of the metric of ${where} ${iteration}, as shares of their sum: the steeper they fall, the fewer directions of a patch the kernel looks at.`,
        ),
        block.figure(
          await spectrumChart({
            title: 'Spectrum of the last patch metric',
            values: last.spectrum,
            log: true,
            label: 'share of the trace',
            indexLabel: 'eigenvalue',
          }),
        ),
      ],
    },
    {
      heading: 'What it looks at',
      blocks: [
        block.text(`Some ${summary.testImages > 0 ? 'test' : 'training'} images:`),
        block.figure(
          viewGrid(
            'Images',
            views.map(({ image, label }) => ({ ...drawable(image), label: `class ${label}` })),
            'each',
          ),
        ),
        block.text(
          `The length of the patch around each pixel after it is multiplied by the root of the metric of ${where} ${iteration}, bright where much of it is left for the kernel; all on one scale:`,
        ),
        block.figure(viewGrid('Where the model looks', ofViews(views, 'strength'), 'shared')),
        block.text('These patches laid over each other again, each picture on a scale of its own:'),
        block.figure(viewGrid('What it sees', ofViews(views, 'seen'), 'each')),
      ],
    },
  ];
}

/** The leading filters of a round in a row. */
export function filterGrid({ iteration, filters }: RoundFilters): string {
  return imageGrid({
    title: `Filters of round ${iteration}`,
    pictures: filters.map(({ share, ...filter }) => ({
      ...drawable(filter),
      label: `${(100 * share).toFixed(share < 0.1 ? 1 : 0)} %`,
    })),
    columns: filters.length,
    ramp: 'diverging',
    width: 600,
  });
}

function viewGrid(title: string, pictures: readonly Picture[], range: 'shared' | 'each'): string {
  return imageGrid({ title, pictures, columns: pictures.length, ramp: 'gray', range, width: 980 });
}

function ofViews(views: readonly ImageView[], of: 'strength' | 'seen'): Picture[] {
  return views.map((view) => drawable(view[of]));
}

/** Pictures have one or three channels; of others the mean is shown. */
function drawable({ data, height, width, channels }: SavedPicture): Picture {
  if (channels === 1 || channels === 3) return { data, height, width, channels };
  const mean = new Float64Array(height * width);
  for (const [at, value] of data.entries()) {
    const pixel = Math.floor(at / channels);
    mean[pixel] = (mean[pixel] as number) + value / channels;
  }
  return { data: mean, height, width };
}
