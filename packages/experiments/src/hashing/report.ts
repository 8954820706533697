import { block, formatNumber, imageGrid, lineChart, type PageOptions, type Section } from '@agop/report';
import type { HashingRunResult, HashingSummary } from './result.ts';
import { hashingText, strategyWords, verdict } from './sentences.ts';

/** The report of a comparison. */
export async function hashingPage(result: HashingRunResult): Promise<PageOptions> {
  const { summary } = result;
  const { title, facts } = hashingText(result);
  return {
    title,
    subtitle: 'How likely one tree finds a stored point from a query of which some bits are wrong',
    intro: [
      block.facts([
        ['points', String(summary.points)],
        ['bits', `${summary.bits}, ${summary.constantBits} the same in all points`],
        ['wrong bits', `up to ${summary.radius}`],
        ['trees', String(summary.trees)],
        ['seed', String(summary.seed)],
        ['seconds', formatNumber(summary.seconds, 3)],
      ]),
      block.text(verdict(summary).join(' ')),
      block.text(`${facts[1]}.`),
    ],
    sections: [
      {
        heading: 'Queries, the worst first',
        blocks: [
          block.figure(
            await successCurves(result),
            'Share of the trees that find the point of a query, over all queries in the order of that share.',
          ),
        ],
      },
      ...rootSection(result),
      numbersSection(summary),
    ],
    footer: 'Made with agop. After Andoni, Beaglehole 2022, arXiv 2108.05433.',
  };
}

/** Sorted success probabilities, a curve for each strategy. */
export function successCurves({ drawn }: HashingRunResult): Promise<string> {
  return lineChart({
    title: 'Success probability of a tree',
    series: drawn.map(({ strategy, sorted }) => ({
      label: strategyWords[strategy],
      x: sorted.map((_, k) => k / Math.max(1, sorted.length - 1)),
      y: sorted,
    })),
    x: { label: 'share of the queries', percent: true },
    y: { label: 'success probability', domain: [0, 1] },
  });
}

/** The distributions at the root as pictures; undefined for points that are no pictures of one channel. */
export function rootPictures({
  drawn,
  grid: [height, width, channels],
}: HashingRunResult): string | undefined {
  if (channels !== 1) return undefined;
  return imageGrid({
    title: 'Probability of each bit to be the first test',
    pictures: drawn.map(({ strategy, root }) => ({
      data: root,
      height,
      width,
      label: strategyWords[strategy],
    })),
    columns: drawn.length,
    ramp: 'sequential',
  });
}

function rootSection(result: HashingRunResult): Section[] {
  const pictures = rootPictures(result);
  if (pictures === undefined) return [];
  return [
    {
      heading: 'What the root tests',
      blocks: [
        block.figure(
          pictures,
          'Each picture is a distribution over the pixels; darker is likelier, and each has its own scale.',
        ),
      ],
    },
  ];
}

function numbersSection({ forests }: HashingSummary): Section {
  const table = block.table({
    caption: 'Success probabilities of one tree; tests from the root to a leaf.',
    header: [
      'tests',
      'mean',
      'worst 10 %',
      'worst 1 %',
      'smallest',
      'nodes',
      'tests',
      'root, worst case',
      'bound',
      'KiB',
      'seconds',
    ],
    rows: forests.map((one) => [
      strategyWords[one.strategy],
      one.mean,
      one.worstTenth,
      one.worstHundredth,
      one.smallest,
      Math.round(one.nodes),
      formatNumber(one.tests, 3),
      one.rootPayoff,
      one.rootBound,
      Math.round(one.bytes / 1024),
      formatNumber(one.seconds, 3),
    ]),
  });
  return { heading: 'Numbers', blocks: [table] };
}
