import { barChart, block, formatNumber, lineChart, type PageOptions, type Section } from '@agop/report';
import type { DescribedLayer, LayersResult, LayersSummary } from './result.ts';
import { layersText, verdict } from './sentences.ts';

/** The report of a description. */
export async function layersPage(result: LayersResult): Promise<PageOptions> {
  const { summary } = result;
  const { title, facts } = layersText(result);
  return {
    title,
    subtitle: 'What each layer uses of its inputs, and how far the neural feature ansatz holds',
    intro: [
      block.facts([
        ['layers', summary.layers.length],
        ...(summary.samples === null ? [] : ([['samples', summary.samples]] as const)),
        ['seconds', formatNumber(summary.seconds, 3)],
        ['computed on', summary.device],
      ]),
      ...facts.map((fact) => block.text(fact)),
      block.text(verdict(summary).join(' ')),
    ],
    sections: [
      {
        heading: 'All layers',
        blocks: [
          block.figure(await ansatzChart(summary), 'Pearson correlation with the root of the AGOP.'),
          overview(summary),
        ],
      },
      ...(await Promise.all(summary.layers.map(layerSection))),
    ],
    footer: 'Made with agop.',
  };
}

function ansatzChart({ layers }: LayersSummary): Promise<string> {
  const x = layers.map((_, index) => index + 1);
  const of = (label: string, pick: (layer: DescribedLayer) => number | undefined) => ({
    label,
    x,
    y: layers.map((layer) => pick(layer) ?? Number.NaN),
  });
  return lineChart({
    title: 'Weights and the root of the AGOP',
    series: [
      of('weights', ({ correlations }) => correlations.rootPearson),
      of('rotated', ({ rotated }) => rotated?.rootPearson),
      of('random', ({ random }) => random?.rootPearson),
    ],
    x: { label: 'layer' },
    y: { label: 'correlation' },
  });
}

function overview({ layers, spectrumShare }: LayersSummary) {
  return block.table({
    caption: `Directions: those with ${spectrumShare} of the trace. Effective: how many, if all were used alike.`,
    header: [
      'layer',
      'units',
      'inputs',
      'plain',
      'root',
      'rotated',
      'random',
      'moved',
      'directions',
      'effective',
    ],
    rows: layers.map((layer) => [
      layer.name,
      layer.units,
      layer.inputs,
      layer.correlations.pearson,
      layer.correlations.rootPearson,
      layer.rotated?.rootPearson ?? null,
      layer.random?.rootPearson ?? null,
      layer.change?.relative ?? null,
      layer.directionCount,
      layer.effectiveDimension,
    ]),
  });
}

async function layerSection(layer: DescribedLayer): Promise<Section> {
  return {
    heading: layer.name,
    blocks: [
      block.figure(
        await barChart({
          title: `Inputs that ${layer.name} uses`,
          bars: layer.topInputs.map(({ name, value }) => ({ label: name, value })),
          label: `share of the diagonal of the AGOP${layer.byVariance ? ', times the variance' : ''}`,
          format: (value) => `${(100 * value).toFixed(1)} %`,
        }),
      ),
      block.table({
        caption: 'Leading directions, with their largest entries.',
        header: ['share', 'direction'],
        rows: layer.directions.map(({ share, entries }) => [
          `${(100 * share).toFixed(1)} %`,
          entries.map(({ name, value }) => `${formatNumber(value, 2)} ${name}`).join(', '),
        ]),
      }),
    ],
  };
}
