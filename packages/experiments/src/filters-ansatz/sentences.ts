import type { TextSummary } from '../experiment.ts';
import type { FiltersAnsatzResult, FiltersAnsatzSummary, MeasuredNetwork } from './result.ts';

/** The two correlations that are told. */
export const told = ['pearson', 'rootPearson'] as const;
type Told = (typeof told)[number];
type Kind = 'trained' | 'rotated' | 'random';

/** Mean, median and share above the rotation, over layers. Each layer counts with its mean over seeds. */
export interface OverLayers {
  readonly mean: number;
  readonly median: number;
}

/** A correlation of a layer, as the mean over the seeds that have one; NaN where none has. */
export function ofLayer(layer: MeasuredNetwork['layers'][number], kind: Kind, which: Told): number {
  const values = layer[kind].map((one) => one[which]).filter((value) => !Number.isNaN(value));
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

/** Convolutions only: what the publication speaks of. */
export function convolutionsOf({ layers }: MeasuredNetwork): MeasuredNetwork['layers'] {
  return layers.filter(({ className }) => className !== 'Dense');
}

/** The layers whose patches have at most 1200 numbers. */
export function smallPatches(network: MeasuredNetwork): MeasuredNetwork {
  return { ...network, layers: network.layers.filter(({ inputs }) => inputs <= 1200) };
}

/** A correlation over the convolutions of a network that have one; NaN where none has. */
export function overLayers(network: MeasuredNetwork, kind: Kind, which: Told): OverLayers {
  const values = convolutionsOf(network)
    .map((layer) => ofLayer(layer, kind, which))
    .filter((value) => !Number.isNaN(value))
    .sort((a, b) => a - b);
  const middle = (values.length - 1) / 2;
  const at = (index: number): number => values[index] ?? Number.NaN;
  return {
    mean: values.reduce((sum, value) => sum + value, 0) / values.length,
    median: (at(Math.floor(middle)) + at(Math.ceil(middle))) / 2,
  };
}

/** Share of the convolutions whose correlation is above that of rotated filters; NaN where none has one. */
export function aboveRotation(network: MeasuredNetwork, which: Told): number {
  const layers = convolutionsOf(network).filter((layer) => !Number.isNaN(ofLayer(layer, 'trained', which)));
  const above = layers.filter((layer) => ofLayer(layer, 'trained', which) > ofLayer(layer, 'rotated', which));
  return above.length / layers.length;
}

/** A result as text. */
export function filtersAnsatzText({
  summary,
}: FiltersAnsatzResult): TextSummary & { readonly table: string[] } {
  const { networks, images, count, seeds } = summary;
  return {
    title: 'Filters of trained networks and their patch AGOPs',
    facts: [
      `${count} images of ${images}, ${seeds.length === 1 ? '1 seed' : `${seeds.length} seeds`}`,
      ...networks.map(
        ({ name, layers, outputs, directions, skipped, size }) =>
          `${name}: ${layers.length} layers, images of ${size.join(' x ')}, ${outputs} outputs${directions === null ? '' : ` (${directions} random directions)`}${skipped.length > 0 ? `; ${skipped.length} layers left out` : ''}`,
      ),
    ],
    table: networks.flatMap((network) => ['', ...tableOf(network)]).slice(1),
    findings: verdict(summary),
  };
}

function tableOf(network: MeasuredNetwork): string[] {
  const width = Math.max(12, ...network.layers.map(({ name }) => name.length)) + 2;
  const number = (value: number): string => (Number.isNaN(value) ? '–' : value.toFixed(3)).padStart(9);
  const row = (name: string, sizes: string, of: (kind: Kind, which: Told) => number): string =>
    `${name.padEnd(width)}${sizes.padStart(11)}${told
      .flatMap((which) => [of('trained', which), of('rotated', which), of('random', which)].map(number))
      .join('')}`;
  const blank = ' '.repeat(width + 11);
  return [
    `${network.name.padEnd(width + 11)}${'with the AGOP'.padStart(27)}${'with its root'.padStart(27)}`,
    `${blank}${['filters', 'rotated', 'random', 'filters', 'rotated', 'random'].map((name) => name.padStart(9)).join('')}`,
    ...network.layers.map((layer) =>
      row(layer.name, `${layer.units} x ${layer.inputs}`, (kind, which) => ofLayer(layer, kind, which)),
    ),
    row('mean', '', (kind, which) => overLayers(network, kind, which).mean),
    row('median', '', (kind, which) => overLayers(network, kind, which).median),
  ];
}

/** What the run shows, in words. */
export function verdict({ networks }: FiltersAnsatzSummary): string[] {
  return networks.map((network) => {
    const [own, turned] = (['trained', 'rotated'] as const).map(
      (kind) => overLayers(network, kind, 'rootPearson').mean,
    ) as [number, number];
    if (Number.isNaN(own))
      return `${network.name}: no convolution has an AGOP to be compared with: all are at rest.`;
    const share = Math.round(100 * aboveRotation(network, 'rootPearson'));
    return `${network.name}: filters correlate ${own.toFixed(3)} with the root of the AGOP (mean over convolutions), rotated ones ${turned.toFixed(3)}; ${share} % of the layers are above their rotation.`;
  });
}
