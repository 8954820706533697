import { formatBytes, type Wording, wording } from '@agop/core';
import { formatPercent } from '@agop/report';
import type { Named, TextSummary } from '../experiment.ts';
import type { FiltersRound, FiltersRunResult, FiltersSummary } from './result.ts';

/** A kernel for people: `NTK of 3 layers, patches of 3 x 3`. */
export function imageKernelWords({ name, parameters }: Named): string {
  const { patchSize, padding, pooling, depth, bandwidth } = parameters;
  // A kernel of someone's own, in a model that a program saved.
  if (patchSize === undefined) return `kernel ${name}`;
  const layers = `${depth} ${depth === 1 ? 'layer' : 'layers'}`;
  const words: Readonly<Record<string, string>> = {
    convolutionalNtk: `NTK of ${layers}`,
    convolutionalNngp: `NNGP of ${layers}`,
    'patches.laplace': `Laplace kernel of bandwidth ${bandwidth}`,
    'patches.gaussian': `Gaussian kernel of bandwidth ${bandwidth}`,
  };
  const extra = [
    padding === 'valid' ? '' : `, padding ${padding}`,
    pooling === 'none' ? '' : ', average pooling',
  ];
  return `${words[name] ?? name}, patches of ${patchSize} x ${patchSize}${extra.join('')}`;
}

/** Which images the scores are of; undefined where nothing was held out. */
export function scoredImages({ testImages, validationImages }: FiltersSummary): string | undefined {
  if (testImages > 0) return `${testImages} test images`;
  return validationImages > 0 ? `${validationImages} validation images` : undefined;
}

/** What is said where {@link scoredImages} is undefined. */
export const nothingHeldOut: Wording = wording`No images were held out, so that nothing is known of how well it predicts others: give test images (${{ option: 'test' }}) or a share for validation (${{ option: 'validation' }}).`;

/** Whether there are feature layers, so that a round is not known by its number alone. */
export function isLayered({ rounds }: Pick<FiltersSummary, 'rounds'>): boolean {
  return rounds.some(({ layer }) => layer > 0);
}

/** `round 1`, or with feature layers `layer 1, round 0`. */
export function roundName(
  { layer, iteration }: Pick<FiltersRound, 'layer' | 'iteration'>,
  layered: boolean,
): string {
  return layered ? `layer ${layer}, round ${iteration}` : `round ${iteration}`;
}

/** What round 0 is. */
export function roundsExplained(summary: FiltersSummary): string {
  return isLayered(summary)
    ? 'Layer 0, round 0 is the fixed kernel. In layer n, images have passed n layers of learned filters, and round 0 is the fixed kernel on what these make of them.'
    : 'Round 0 is the fixed kernel.';
}

/** The round that each run kept. */
function keptRounds({ runs }: FiltersSummary): { readonly seed: number; readonly round: FiltersRound }[] {
  return runs.map(({ seed, rounds, best }) => ({ seed, round: rounds[best] as FiltersRound }));
}

/** Which rounds validation kept; empty without validation. */
export function keptLine(summary: FiltersSummary): string {
  if (summary.validationImages === 0) return '';
  const layered = isLayered(summary);
  const kept = keptRounds(summary);
  const [only] = kept;
  if (kept.length === 1 && only) return `Kept: ${roundName(only.round, layered)}, by validation.`;
  const each = kept.map(({ seed, round }) => `${roundName(round, layered)} (seed ${seed})`);
  return `Kept by validation: ${each.join('; ')}.`;
}

/** Accuracy of the rounds that were kept, over all runs; null where nothing was held out. */
export function keptAccuracy(summary: FiltersSummary): number | null {
  const kept = keptRounds(summary).flatMap(({ round }) => round.accuracy ?? []);
  return kept.length < summary.runs.length ? null : kept.reduce((sum, one) => sum + one, 0) / kept.length;
}

/** What was gained, in words; undefined where nothing was held out. */
export function verdict(summary: FiltersSummary): string | undefined {
  const { rounds, runs } = summary;
  const images = scoredImages(summary);
  const [fixed, kept] = [rounds[0]?.accuracy ?? null, keptAccuracy(summary)];
  if (images === undefined || fixed === null || kept === null) return undefined;
  const mean = runs.length > 1 ? ` in the mean over ${runs.length} seeds` : '';
  const start = `On ${images} the fixed kernel gets ${formatPercent(fixed)} right${mean}`;
  if (rounds.length === 1) return `${start}.`;
  const rests = keptRounds(summary).map(({ round }) => round);
  if (rests.every(({ layer, iteration }) => layer === 0 && iteration === 0)) {
    return `${start}, and validation preferred it to all that was learned.`;
  }
  const gain = 100 * (kept - fixed);
  const points = Math.abs(gain).toFixed(1);
  const change = Number(points) === 0 ? 'as many' : `${points} points ${gain > 0 ? 'more' : 'less'}`;
  return `${start}, ${keptInWords(summary, rests)} ${formatPercent(kept)}: ${change}.`;
}

function keptInWords(summary: FiltersSummary, rests: readonly FiltersRound[]): string {
  const [only] = rests;
  if (rests.length > 1 || !only) {
    return `the rounds that ${summary.validationImages > 0 ? 'validation kept' : 'came last'}`;
  }
  const name = roundName(only, isLayered(summary));
  return only.layer > 0
    ? `the kernel of ${name} on learned features`
    : `the kernel in the learned metric of ${name}`;
}

/** A column of the table of rounds. */
interface ScoreColumn {
  readonly title: string;
  readonly cell: (round: FiltersRound) => string;
}

/** What is known of the rounds: no scores where nothing was held out. */
export function scoreColumns(summary: FiltersSummary): ScoreColumn[] {
  const { rounds, runs } = summary;
  const percent = (share: number | null | undefined): string => (share == null ? '' : formatPercent(share));
  const when = (condition: boolean, ...columns: ScoreColumn[]): ScoreColumn[] => (condition ? columns : []);
  return [
    ...when(isLayered(summary), { title: 'layer', cell: ({ layer }) => String(layer) }),
    { title: 'round', cell: ({ iteration }) => String(iteration) },
    ...when(
      scoredImages(summary) !== undefined,
      { title: 'accuracy', cell: ({ accuracy }) => percent(accuracy) },
      ...when(runs.length > 1, { title: '±', cell: ({ accuracyDeviation }) => percent(accuracyDeviation) }),
      { title: 'mse', cell: ({ mse }) => mse?.toFixed(4) ?? '' },
    ),
    { title: 'ridge', cell: ({ ridge }) => ridge?.toExponential(0) ?? 'by seed' },
    ...when(
      rounds.some(({ validation }) => validation),
      { title: 'validation', cell: ({ validation }) => percent(validation?.accuracy) },
    ),
  ];
}

/** The rounds as lines for a terminal: every column as wide as its widest cell. */
function scoreLines(summary: FiltersSummary): string[] {
  const columns = scoreColumns(summary).map(({ title, cell }) => {
    const cells = [title, ...summary.rounds.map(cell)];
    const width = Math.max(...cells.map((text) => text.length));
    return cells.map((text) => text.padStart(width));
  });
  const [first = []] = columns;
  return first.map((_, line) => columns.map((cells) => cells[line]).join('   '));
}

/** A result as text. */
export function filtersText({ summary }: FiltersRunResult): Omit<TextSummary, 'findings'> & {
  readonly table: string[];
  readonly findings: readonly Wording[];
} {
  const { image, kernel, cost, runs, data, validationImages, testImages, testHeldOut } = summary;
  const held = validationImages > 0 ? `, ${validationImages} for validation` : '';
  const seeds = runs.map(({ seed }) => seed).join(', ');
  const explained = [roundsExplained(summary), keptLine(summary)].filter((text) => text !== '');
  return {
    title: `ConvRFM on ${data}`,
    facts: [
      `${summary.trainingImages} images of ${image.height} x ${image.width} x ${image.channels} for training${held}, ${testImages} for testing${testHeldOut ? ' (held out of the same files)' : ''}; ${summary.classes} classes`,
      imageKernelWords(kernel),
      `${summary.device}, ${summary.dtype}; a kernel matrix visits ${cost.pairPositions.toExponential(1)} pairs of patches and needs ${formatBytes(cost.bytes)}`,
    ],
    table: [
      ...(runs.length > 1 ? [`Means of ${runs.length} runs with seeds ${seeds}:`] : []),
      ...scoreLines(summary),
    ],
    findings: [[explained.join(' ')], ...(scoredImages(summary) === undefined ? [nothingHeldOut] : [])],
  };
}
