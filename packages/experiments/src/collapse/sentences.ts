import { formatNumber, formatPercent } from '@agop/report';
import { inBrackets, kernelWords, type Named, ridgeWords, type TextSummary } from '../experiment.ts';
import type { CollapseLayer, CollapseRunResult, CollapseSummary } from './result.ts';

const mapNames: Readonly<Record<string, string>> = {
  randomRelu: 'random ReLU features',
  randomCosine: 'random cosine features',
  identity: 'the identity map',
};

/** A feature map for people: `random ReLU features (width 512, weights uniform)`. */
export function mapWords({ name, parameters }: Named): string {
  return (mapNames[name] ?? name) + inBrackets(parameters);
}

/** Kernel, map and the like, in a line. */
export function settingsLine({ kernel, map, ridge, iterations, depth }: CollapseSummary): string {
  const several = iterations === 1 ? '' : `, ${iterations} iterations per layer`;
  return `${depth} ${depth === 1 ? 'layer' : 'layers'} of ${mapWords(map)}; ${kernelWords(kernel)}, ${ridgeWords(ridge)}${several}`;
}

/** A result as text. */
export function collapseText({ summary }: CollapseRunResult): TextSummary & { readonly table: string[] } {
  const { data, trainingRows, heldOutRows, features, classes, device, dtype } = summary;
  return {
    title: `Neural collapse of Deep RFM on ${data}`,
    facts: [
      `${trainingRows} training rows, ${heldOutRows} held out; ${features} features, ${classes.length} classes`,
      `${settingsLine(summary)} · ${device}, ${dtype}`,
    ],
    table: [
      'layer     NC1: input  projected   features  NC2: projected     NC4  accuracy',
      ...summary.layers.map(line),
    ],
    findings: verdict(summary),
  };
}

function line({ layer, nc1, nc2, nc4, accuracy }: CollapseLayer): string {
  return [
    String(layer).padStart(5),
    nc1.input.toExponential(2).padStart(15),
    nc1.projected.toExponential(2).padStart(11),
    nc1.features.toExponential(2).padStart(11),
    nc2.projected.toExponential(2).padStart(16),
    formatPercent(nc4).padStart(8),
    formatPercent(accuracy).padStart(10),
  ].join('');
}

/** What happened, in words. */
export function verdict({ layers, drop, input }: CollapseSummary): string[] {
  const [first, last] = [layers[0], layers.at(-1)];
  if (first === undefined || last === undefined) return [];
  const raises =
    drop.map >= 0 ? `lower it by ${drop.map.toFixed(1)}` : `raise it by ${(-drop.map).toFixed(1)}`;
  return [
    fall(first.nc1.input, last.nc1.projected),
    `The projections with √M lower it by ${drop.projection.toFixed(1)} decades in all; the feature maps ${raises}.`,
    `Held-out accuracy: ${formatPercent(input.accuracy)} on the input, ${formatPercent(last.accuracy)} after the last layer.`,
  ];
}

function fall(before: number, after: number): string {
  const [start, end] = [formatNumber(before, 3), formatNumber(after, 3)];
  if (before === 0) return 'NC1 is 0 at the input already: no class has two rows that differ.';
  if (after === 0) return `NC1 falls from ${start} to 0: every class has become a point.`;
  return after < before
    ? `NC1 of the training rows falls by a factor of ${formatNumber(before / after, 3)}, from ${start} at the input to ${end} after the last projection.`
    : `NC1 of the training rows does not fall: ${start} at the input, ${end} after the last projection.`;
}
