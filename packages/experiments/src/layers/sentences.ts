import { formatNumber, formatPercent } from '@agop/report';
import type { TextSummary } from '../experiment.ts';
import type { DescribedLayer, LayersResult, LayersSummary } from './result.ts';

/** A description as text. */
export function layersText({ summary }: LayersResult): TextSummary & { readonly table: string[] } {
  const { source, samples, outputs, layers, spectrumShare, skipped } = summary;
  const width = Math.max(5, ...layers.map(({ name }) => name.length)) + 2;
  const cell = (text: string): string => text.padStart(13);
  return {
    title: `Layers of ${source}`,
    facts: [
      ...(samples === null ? [] : [`Gradients of ${outputs} outputs at ${samples} samples`]),
      ...skipped.map(({ name, className, reason }) => `Left out: ${name} (${className}): ${reason}`),
    ],
    table: [
      `${'layer'.padEnd(width)}${['units', 'inputs', 'W with root', 'rotated', 'random', 'moved', 'directions', 'effective'].map(cell).join('')}`,
      ...layers.map(
        (layer) =>
          layer.name.padEnd(width) +
          [
            String(layer.units),
            String(layer.inputs),
            layer.correlations.rootPearson.toFixed(3),
            layer.rotated?.rootPearson.toFixed(3) ?? '',
            layer.random?.rootPearson.toFixed(3) ?? '',
            layer.change?.relative.toFixed(3) ?? '',
            String(layer.directionCount),
            layer.effectiveDimension.toFixed(1),
          ]
            .map(cell)
            .join(''),
      ),
      '',
      `directions: those with ${formatPercent(spectrumShare)} of the trace of the AGOP; effective: how many if all were used alike`,
      '',
      ...layers.flatMap(usedWords),
    ],
    findings: verdict(summary),
  };
}

/** Which inputs a layer uses, in words. */
export function usedWords({ name, topInputs, byVariance, directions }: DescribedLayer): string[] {
  const first = directions[0];
  return [
    `${name} uses ${topInputs
      .slice(0, 5)
      .map(({ name: input, value }) => `${input} ${formatPercent(value)}`)
      .join(', ')}${byVariance ? ' (by variance)' : ''}`,
    ...(first
      ? [
          `${' '.repeat(name.length)}   first direction, ${formatPercent(first.share)}: ${first.entries
            .slice(0, 4)
            .map(({ name: input, value }) => `${formatNumber(value, 2)} ${input}`)
            .join(', ')}`,
        ]
      : []),
  ];
}

/** What stands out, in words. */
export function verdict({ layers }: LayersSummary): string[] {
  const judged = layers.filter(({ rotated }) => rotated !== null);
  const above = judged.filter(
    ({ correlations, rotated }) => rotated && correlations.rootPearson > rotated.rootPearson + 0.02,
  );
  const silent = layers.filter(({ effectiveDimension }) => effectiveDimension === 0);
  return [
    `At ${above.length} of ${judged.length} layers the weights correlate more with the root of the AGOP than rotated ones do (by more than 0.02).`,
    ...(silent.length > 0
      ? [`No gradient reaches ${silent.map(({ name }) => name).join(', ')}: all of it is 0 on these data.`]
      : []),
  ];
}
