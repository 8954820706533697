import { formatNumber, formatPercent } from '@agop/report';
import type { OptionWords } from '../output/option-words.ts';
import type { CollapseSummary } from './summary.ts';

/** What `@agop/deep-rfm` calls the things that `agop collapse` has options for. */
export const collapseWords: OptionWords = [
  [
    /^The validation rows are all of one class, so that collapse cannot be measured on them\. .*/,
    'The held-out rows are all of one class, so that collapse cannot be measured on them. Hold more out (--validation, --test-samples).',
  ],
  [/^validation y: /, 'Held-out rows: '],
  [/\bvalidation (?=rows|X\b)/g, 'held-out '],
  [/use fewer rows/i, 'Use fewer rows (--samples)'],
  [/, or a smaller memory budget/, ''],
  [/reduce the bandwidth/, 'reduce --bandwidth'],
];

const mapNames: Readonly<Record<string, string>> = {
  randomRelu: 'random ReLU features',
  randomCosine: 'random cosine features',
  identity: 'the identity map',
};

/** A feature map for people: `random ReLU features (width 512, weights uniform)`. */
export function mapWords({ name, parameters }: CollapseSummary['map']): string {
  return (mapNames[name] ?? name) + inBrackets(parameters);
}

/** A kernel for people: `laplace kernel (bandwidth 2)`. */
export function kernelWords({ name, parameters }: CollapseSummary['map']): string {
  return `${name} kernel${inBrackets(parameters)}`;
}

function inBrackets(parameters: CollapseSummary['map']['parameters']): string {
  const list = Object.entries(parameters).map(([key, value]) => `${key} ${value}`);
  return list.length === 0 ? '' : ` (${list.join(', ')})`;
}

/** Kernel, map and the like, in a line. */
export function settingsLine({ kernel, map, ridge, iterations, depth }: CollapseSummary): string {
  const several = iterations === 1 ? '' : `, ${iterations} iterations per layer`;
  return (
    `${depth} ${depth === 1 ? 'layer' : 'layers'} of ${mapWords(map)}; ${kernelWords(kernel)}, ` +
    `${ridge === 0 ? 'no ridge' : `ridge ${ridge}`}${several}`
  );
}

/** What happened, in words. */
export function verdict({ layers, drop, input }: CollapseSummary): string[] {
  const [first, last] = [layers[0], layers.at(-1)];
  if (first === undefined || last === undefined) return [];
  const [before, after] = [first.nc1.input, last.nc1.projected];
  const fall =
    before === 0
      ? 'NC1 is 0 at the input already: no class has two rows that differ.'
      : after === 0
        ? `NC1 falls from ${formatNumber(before, 3)} to 0: every class has become a point.`
        : after < before
          ? `NC1 of the training rows falls by a factor of ${formatNumber(before / after, 3)}, from ${formatNumber(before, 3)} at the input to ${formatNumber(after, 3)} after the last projection.`
          : `NC1 of the training rows does not fall: ${formatNumber(before, 3)} at the input, ${formatNumber(after, 3)} after the last projection.`;
  const parts = `The projections with √M lower it by ${drop.projection.toFixed(1)} decades in all; the feature maps ${drop.map >= 0 ? `lower it by ${drop.map.toFixed(1)}` : `raise it by ${(-drop.map).toFixed(1)}`}.`;
  const accuracy = `Held-out accuracy: ${formatPercent(input.accuracy)} on the input, ${formatPercent(last.accuracy)} after the last layer.`;
  return [fall, parts, accuracy];
}
