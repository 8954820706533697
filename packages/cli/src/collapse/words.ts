import { formatPercent } from '@agop/report';
import type { CollapseSummary } from './summary.ts';

/** Kernel, map and the like, in a line. */
export function settingsLine({ kernel, map, ridge, iterations, depth }: CollapseSummary): string {
  const list = (name: string, parameters: Readonly<Record<string, number | string>>): string =>
    [name, ...Object.entries(parameters).map(([key, value]) => `${key} ${value}`)].join(', ');
  const several = iterations === 1 ? '' : `, ${iterations} iterations per layer`;
  return (
    `${depth} ${depth === 1 ? 'layer' : 'layers'} of ${list(map.name, map.parameters)}; ${list(kernel.name, kernel.parameters)} kernel, ` +
    `${ridge === 0 ? 'no ridge' : `ridge ${ridge}`}${several}`
  );
}

/** What happened, in words. */
export function verdict({ layers, drop, input }: CollapseSummary): string[] {
  const [first, last] = [layers[0], layers.at(-1)];
  if (first === undefined || last === undefined) return [];
  const [before, after] = [first.nc1.input, last.nc1.projected];
  const fall =
    after === 0
      ? `NC1 falls from ${before.toPrecision(3)} to 0: every class has become a point.`
      : after < before
        ? `NC1 of the training rows falls by a factor of ${(before / after).toPrecision(3)}, from ${before.toPrecision(3)} at the input to ${after.toPrecision(3)} after the last projection.`
        : `NC1 of the training rows does not fall: ${before.toPrecision(3)} at the input, ${after.toPrecision(3)} after the last projection.`;
  const parts = `The projections with √M lower it by ${drop.projection.toFixed(1)} decades in all; the feature maps ${drop.map >= 0 ? `lower it by ${drop.map.toFixed(1)}` : `raise it by ${(-drop.map).toFixed(1)}`}.`;
  const accuracy = `Held-out accuracy: ${formatPercent(input.accuracy)} on the input, ${formatPercent(last.accuracy)} after the last layer.`;
  return [fall, parts, accuracy];
}
