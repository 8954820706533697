import {
  type Block,
  barChart,
  block,
  formatNumber,
  imageGrid,
  lineChart,
  type PageOptions,
  type Section,
} from '@agop/report';
import { meanAndSpread } from '../spread.ts';
import type { DelayedRun, PhenomenaResult, PhenomenaSummary, PhenomenonPicture } from './result.ts';
import { byMarker, markerWords, over, phenomenaText, verdict } from './sentences.ts';

/** The report of a run. */
export async function phenomenaPage(result: PhenomenaResult): Promise<PageOptions> {
  const { summary, pictures } = result;
  const { title, facts } = phenomenaText(result);
  const { delayed, spurious, simplicity, lottery } = summary;
  return {
    title,
    subtitle: 'Recursive Feature Machines and networks side by side',
    intro: [
      block.facts([
        ['seeds', summary.seeds.join(', ')],
        ['seconds', formatNumber(summary.seconds, 3)],
        ['computed on', `${summary.device}, ${summary.dtype}`],
      ]),
      ...facts.slice(0, 1).map(block.text),
      ...verdict(summary).map(block.text),
    ],
    sections: [
      ...(delayed.length > 0 ? [await delayedSection(summary)] : []),
      ...(spurious.length > 0 ? [await spuriousSection(summary, pictures.spurious)] : []),
      ...(simplicity.length > 0 ? [simplicitySection(summary, pictures.simplicity)] : []),
      ...(lottery.length > 0 ? [await lotterySection(summary, pictures.lottery)] : []),
    ],
    footer: 'Made with agop. After Radhakrishnan, Beaglehole, Pandit, Belkin 2022, arXiv 2212.13881.',
  };
}

async function delayedSection({ delayed }: PhenomenaSummary): Promise<Section> {
  const blocks: Block[] = [
    block.text(
      'One pixel, white in planes and black in trucks, tells all images apart, while one class is rare. The training images are right from the first fit; the test images only once the metric has turned to the pixel.',
    ),
  ];
  for (const runs of byMarker(delayed)) {
    const [first] = runs as [DelayedRun];
    blocks.push(
      block.figure(
        await delayedChart(runs),
        'Mean over seeds. The share is that of the marker in the diagonal of M.',
      ),
      block.table({
        caption: `${markerWords(first)}; ${first.testImages} test images.`,
        header: ['iteration', 'train', 'test', 'M on the marker'],
        rows: first.iterations.map((_, i) => [
          i,
          over(runs, ({ iterations }) => iterations[i]?.train),
          over(runs, ({ iterations }) => iterations[i]?.test),
          over(runs, ({ iterations }) => iterations[i]?.markerShare),
        ]),
      }),
      block.figure(await networkChart(runs), 'The network on the same images.'),
    );
  }
  return { heading: 'Delayed generalization', blocks };
}

/** Accuracies and the share of the marker over the iterations. */
export function delayedChart(runs: readonly DelayedRun[]): Promise<string> {
  const [first] = runs as [DelayedRun];
  const series = (label: string, key: 'train' | 'test' | 'markerShare') => ({
    label,
    y: first.iterations.map(
      (_, i) => meanAndSpread(runs.map(({ iterations }) => iterations[i]?.[key] ?? Number.NaN)).mean,
    ),
  });
  return lineChart({
    title: `RFM: ${markerWords(first)}`,
    series: [
      series('training accuracy', 'train'),
      series('test accuracy', 'test'),
      series('share of M on the marker', 'markerShare'),
    ],
    x: { label: 'iteration' },
    y: { label: 'share', percent: true },
  });
}

function networkChart(runs: readonly DelayedRun[]): Promise<string> {
  const [first] = runs as [DelayedRun];
  const series = (label: string, key: 'train' | 'test') => ({
    label,
    x: first.epochs.map(({ epoch }) => epoch),
    y: first.epochs.map(
      (_, i) => meanAndSpread(runs.map(({ epochs }) => epochs[i]?.[key] ?? Number.NaN)).mean,
    ),
  });
  return lineChart({
    title: `Network: ${markerWords(first)}`,
    series: [series('training accuracy', 'train'), series('test accuracy', 'test')],
    x: { label: 'epoch' },
    y: { label: 'accuracy', percent: true },
  });
}

async function spuriousSection(
  { spurious }: PhenomenaSummary,
  pictures: readonly PhenomenonPicture[],
): Promise<Section> {
  const forms = ['marked', 'without', 'swapped'] as const;
  return {
    heading: 'Spurious features',
    blocks: [
      block.text(
        'A square goes with the class of all training images, white in planes, black in trucks. Without it learners guess; swapped, it leads them to the other class.',
      ),
      block.figure(
        pictureGrid(pictures, 'Marked images, and what looks at them'),
        'Diagonals over the pixels, each on a scale of its own.',
      ),
      block.table({
        caption: `Accuracy on test images; ${spurious[0]?.images} training images.`,
        header: ['learner', 'with the marker', 'without', 'swapped'],
        rows: (['rfm', 'network'] as const).map((learner) => [
          learner === 'rfm' ? 'RFM' : 'network',
          ...forms.map((form) => over(spurious, (run) => run[learner][form])),
        ]),
      }),
      block.table({
        caption: `Share of the diagonal on the marker, which is ${((spurious[0]?.size ?? 0) * 100).toFixed(1)} % of the pixels.`,
        header: ['M of RFM', 'DᵀD', 'AGOP', 'WᵀW'],
        rows: [
          (['metric', 'change', 'agop', 'nfm'] as const).map((key) =>
            over(spurious, ({ shares }) => shares[key]),
          ),
        ],
      }),
      block.figure(
        await barChart({
          title: 'M of RFM and the first layer of the network',
          bars: similarities.map(({ key, label }) => ({
            label,
            value: meanAndSpread(spurious.map(({ similarity }) => similarity[key])).mean,
          })),
          label: 'Pearson correlation',
        }),
        'D = W − W₀ is what training changed: there the two learners agree, while WᵀW is mostly the initial weights.',
      ),
      block.table({
        caption: 'Pearson correlations.',
        header: similarities.map(({ label }) => label),
        rows: [similarities.map(({ key }) => over(spurious, ({ similarity }) => similarity[key]))],
      }),
    ],
  };
}

const similarities = [
  { key: 'change', label: 'M and DᵀD' },
  { key: 'rootChange', label: '√M and DᵀD' },
  { key: 'agop', label: 'M and AGOP' },
  { key: 'nfm', label: 'M and WᵀW' },
] as const;

function simplicitySection(
  { simplicity }: PhenomenaSummary,
  pictures: readonly PhenomenonPicture[],
): Section {
  const learners = [
    ['plain', 'kernel machine'],
    ['rfm', 'RFM, 1 update'],
    ['network', 'network'],
  ] as const;
  return {
    heading: 'Simplicity bias',
    blocks: [
      block.text(
        'Each training image is a photograph beside a digit of the same class. Where the two disagree, all learners follow the digit.',
      ),
      block.figure(
        pictureGrid(pictures, 'Pairs, and what looks at them'),
        'Diagonals over the pixels, each on a scale of its own.',
      ),
      block.table({
        caption: `${simplicity[0]?.perClass} training pairs of each class, ${simplicity[0]?.testImages} test pairs.`,
        header: ['learner', 'accuracy', 'follows the photo', 'follows the digit'],
        rows: learners.map(([key, name]) => [
          name,
          ...(['accuracy', 'photo', 'digit'] as const).map((what) =>
            over(simplicity, (run) => run[key][what]),
          ),
        ]),
      }),
      block.table({
        caption: 'Share of the diagonal on the digits.',
        header: ['M of RFM', 'DᵀD'],
        rows: [
          [over(simplicity, ({ shares }) => shares.metric), over(simplicity, ({ shares }) => shares.change)],
        ],
      }),
    ],
  };
}

async function lotterySection(
  { lottery }: PhenomenaSummary,
  pictures: readonly PhenomenonPicture[],
): Promise<Section> {
  const tickets = lottery[0]?.tickets ?? [];
  const which = [
    ['chosen', 'by diag M'],
    ['variance', 'by variance'],
    ['random', 'at random'],
  ] as const;
  return {
    heading: 'Lottery tickets',
    blocks: [
      block.text(
        'The pixels on which the diagonal of M, scaled from 0 to 1, is above a threshold are kept, and a kernel machine is fitted on them alone.',
      ),
      block.figure(pictureGrid(pictures, 'Pixels that are kept'), undefined),
      block.figure(
        await lineChart({
          title: 'Accuracy with few pixels',
          series: which.map(([key, label]) => ({
            label,
            x: tickets.map(
              (_, i) => meanAndSpread(lottery.map((run) => run.tickets[i]?.pixels ?? Number.NaN)).mean,
            ),
            y: tickets.map(
              (_, i) => meanAndSpread(lottery.map((run) => run.tickets[i]?.[key] ?? Number.NaN)).mean,
            ),
          })),
          x: { label: 'pixels' },
          y: { label: 'accuracy', percent: true },
          levels: [{ value: meanAndSpread(lottery.map(({ all }) => all)).mean, label: 'all pixels' }],
        }),
      ),
      block.table({
        caption: `Accuracy on test digits; ${lottery[0]?.images} training digits; with all pixels ${over(lottery, ({ all }) => all)}.`,
        header: ['threshold', 'pixels', ...which.map(([, label]) => label)],
        rows: tickets.map(({ threshold }, i) => [
          threshold,
          over(lottery, (run) => run.tickets[i]?.pixels, 0),
          ...which.map(([key]) => over(lottery, (run) => run.tickets[i]?.[key])),
        ]),
      }),
    ],
  };
}

/** Pictures side by side. */
export function pictureGrid(pictures: readonly PhenomenonPicture[], title: string): string {
  return imageGrid({ title, pictures, columns: pictures.length, range: 'each' });
}
