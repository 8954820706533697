import { formatPercent } from '@agop/report';
import type { OptionWords } from '../output/option-words.ts';
import type { ConvRound, ConvSummary } from './summary.ts';

/** What `@agop/conv-rfm` calls the things that `agop conv` has options for. */
export const convWords: OptionWords = [
  [/\bdeep\.layers (?=must)/, '--deep '],
  [/(?<=below )the kernel's depth/, "the kernel's --depth"],
  [/use fewer images/i, 'use fewer images (--limit)'],
  [/Use fewer rows/, 'Use fewer images (--limit)'],
  [/raise memoryBudget/, 'raise --memory'],
  [/a smaller memory budget/, 'a smaller --memory'],
  [/pooling '(none|average)'/g, '--pooling $1'],
  [/Use fewer layers/, 'Use fewer layers (--depth)'],
  [/\bpadding '(valid|image|same)'/gi, '--padding $1'],
  [/\bpatchSize\b/g, '--patch-size'],
  [/^y has only one class/, 'The training images have only one class'],
  [
    /There are too few rows to hold some out for validation\./,
    'There are too few images to hold some out for validation: every class needs two. Give more, or --validation none.',
  ],
  [/^(validation|test) X has images/, 'The $1 images are'],
  [/but X of\b/, 'but the training images'],
];

/** Which images the scores are of; undefined where nothing was held out. */
export function scoredImages({ testImages, validationImages }: ConvSummary): string | undefined {
  if (testImages > 0) return `${testImages} test images`;
  return validationImages > 0 ? `${validationImages} validation images` : undefined;
}

/** What is said where {@link scoredImages} is undefined. */
export const nothingHeldOut =
  'No images were held out, so that nothing is known of how well it predicts others: give test images (--test) or a share for validation (--validation).';

/** Whether there are feature layers, so that a round is not known by its number alone. */
export function isLayered({ rounds }: Pick<ConvSummary, 'rounds'>): boolean {
  return rounds.some(({ layer }) => layer > 0);
}

/** `round 1`, or with feature layers `layer 1, round 0`. */
export function roundName({ layer, iteration }: ConvRound, layered: boolean): string {
  return layered ? `layer ${layer}, round ${iteration}` : `round ${iteration}`;
}

/** What round 0 is. */
export function roundsExplained(layered: boolean): string {
  return layered
    ? 'Layer 0, round 0 is the fixed kernel. In layer n, images have passed n layers of learned filters, and round 0 is the fixed kernel on what these make of them.'
    : 'Round 0 is the fixed kernel.';
}

/** The round that each run kept. */
function keptRounds({ runs }: ConvSummary): { readonly seed: number; readonly round: ConvRound }[] {
  return runs.map(({ seed, rounds, best }) => ({ seed, round: rounds[best] as ConvRound }));
}

/** Which rounds validation kept; empty without validation. */
export function keptLine(summary: ConvSummary): string {
  if (summary.validationImages === 0) return '';
  const layered = isLayered(summary);
  const kept = keptRounds(summary);
  const [only] = kept;
  if (kept.length === 1 && only) return `Kept: ${roundName(only.round, layered)}, by validation.`;
  const each = kept.map(({ seed, round }) => `${roundName(round, layered)} (seed ${seed})`);
  return `Kept by validation: ${each.join('; ')}.`;
}

/** Accuracy of the rounds that were kept, over all runs; null where nothing was held out. */
export function keptAccuracy(summary: ConvSummary): number | null {
  const kept = keptRounds(summary).map(({ round }) => round.accuracy);
  let sum = 0;
  for (const accuracy of kept) {
    if (accuracy === null) return null;
    sum += accuracy;
  }
  return sum / kept.length;
}

/** What was gained, in words. */
export function verdict(summary: ConvSummary): string {
  const { rounds, runs } = summary;
  const images = scoredImages(summary);
  const [fixed, kept] = [rounds[0]?.accuracy ?? null, keptAccuracy(summary)];
  if (images === undefined || fixed === null || kept === null) return nothingHeldOut;
  const mean = runs.length > 1 ? ` in the mean over ${runs.length} seeds` : '';
  const start = `On ${images} the fixed kernel gets ${formatPercent(fixed)} right${mean}`;
  if (rounds.length === 1) return `${start}.`;
  const layered = isLayered(summary);
  const rests = keptRounds(summary).map(({ round }) => round);
  if (rests.every(({ layer, iteration }) => layer === 0 && iteration === 0)) {
    return `${start}, and validation preferred it to all that was learned.`;
  }
  const gain = 100 * (kept - fixed);
  const points = Math.abs(gain).toFixed(1);
  const change = Number(points) === 0 ? 'as many' : `${points} points ${gain > 0 ? 'more' : 'less'}`;
  const [only] = rests;
  const what =
    rests.length > 1
      ? `the rounds that ${summary.validationImages > 0 ? 'validation kept' : 'came last'}`
      : only && only.layer > 0
        ? `the kernel of ${roundName(only, layered)} on learned features`
        : `the kernel in the learned metric of ${only ? roundName(only, layered) : ''}`;
  return `${start}, ${what} ${formatPercent(kept)}: ${change}.`;
}
