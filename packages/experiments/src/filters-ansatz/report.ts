import { block, formatNumber, imageGrid, lineChart, type PageOptions, type Section } from '@agop/report';
import type { FilterPicture, FiltersAnsatzResult, MeasuredNetwork } from './result.ts';
import { aboveRotation, filtersAnsatzText, ofLayer, overLayers, told, verdict } from './sentences.ts';

/** The report of a run. */
export async function filtersAnsatzPage(result: FiltersAnsatzResult): Promise<PageOptions> {
  const { summary, pictures } = result;
  const { title } = filtersAnsatzText(result);
  return {
    title,
    subtitle: 'The convolutional neural feature ansatz on networks that were trained elsewhere',
    intro: [
      block.facts([
        ['images', `${summary.count} of ${summary.images}`],
        ['seeds', summary.seeds.join(', ')],
        ['seconds', formatNumber(summary.seconds, 3)],
        ['computed on', summary.device],
      ]),
      block.text(
        'For each convolution: the matrix wᵀw of its filters, and the average outer product of the gradients by the patches that it sees (AGOP). Correlated are the entries of the two. Rotated: the rows of w are mixed by a random rotation, which leaves wᵀw as it is. Random: independent filters, the same gradients. Only what is above these says something of training.',
      ),
      block.text(verdict(summary).join(' ')),
    ],
    sections: await Promise.all(
      summary.networks.map(async (network): Promise<Section> => {
        const shown = pictures.find(({ network: name }) => name === network.name);
        return {
          heading: network.name,
          blocks: [
            block.figure(
              await layersChart(network),
              'Pearson correlation with the root of the AGOP, from the first layer to the last.',
            ),
            overviewTable(network),
            ...(shown
              ? [
                  block.figure(
                    filterGrid(shown.nfm, `Leading eigenvectors of wᵀw, ${shown.layer}`),
                    'With their share of the trace.',
                  ),
                  block.figure(
                    filterGrid(shown.agop, `Leading eigenvectors of the AGOP, ${shown.layer}`),
                    'With their share of the trace.',
                  ),
                  block.figure(
                    responseGrid(shown),
                    'Images, and how strongly the root of the first AGOP answers at each place.',
                  ),
                ]
              : []),
            layersTable(network),
            ...(network.skipped.length > 0
              ? [
                  block.table({
                    caption: 'Layers that are left out',
                    header: ['layer', 'kind', 'reason'],
                    rows: network.skipped.map(({ name, className, reason }) => [name, className, reason]),
                  }),
                ]
              : []),
          ],
        };
      }),
    ),
    footer: 'Made with agop. After Beaglehole, Radhakrishnan, Pandit, Belkin 2023, arXiv 2309.00570.',
  };
}

/** Correlations with the root of the AGOP, layer by layer. */
export async function layersChart(network: MeasuredNetwork): Promise<string> {
  const series = (['trained', 'rotated', 'random'] as const).map((kind) => ({
    label: kind === 'trained' ? 'filters' : kind,
    x: network.layers.map((_, index) => index + 1),
    y: network.layers.map((layer) => ofLayer(layer, kind, 'rootPearson')),
  }));
  return lineChart({
    title: `${network.name}: filters and the root of their AGOP`,
    series,
    x: { label: 'layer' },
    y: { label: 'correlation' },
  });
}

/** Eigenvectors as patches of color. */
export function filterGrid(pictures: readonly FilterPicture[], title: string): string {
  return imageGrid({ title, pictures, columns: 8, range: 'each' });
}

/** Images above what the AGOP sees in them. */
export function responseGrid({ images, responses }: FiltersAnsatzResult['pictures'][number]): string {
  return imageGrid({
    title: 'Images, and the answers of the AGOP',
    pictures: [...images, ...responses],
    columns: images.length,
    range: 'each',
  });
}

function overviewTable(network: MeasuredNetwork) {
  return block.table({
    caption: 'Over the convolutions; each counts with its mean over seeds.',
    header: ['correlation', 'filters: mean', 'median', 'rotated: mean', 'random: mean', 'above rotation'],
    rows: told.map((which) => [
      which === 'pearson' ? 'with the AGOP' : 'with its root',
      overLayers(network, 'trained', which).mean,
      overLayers(network, 'trained', which).median,
      overLayers(network, 'rotated', which).mean,
      overLayers(network, 'random', which).mean,
      percent(aboveRotation(network, which)),
    ]),
  });
}

function percent(share: number): string | null {
  return Number.isNaN(share) ? null : `${Math.round(100 * share)} %`;
}

function layersTable(network: MeasuredNetwork) {
  return block.table({
    caption: 'Pearson correlations of each layer; root: with the root of the AGOP.',
    header: ['layer', 'filters', 'inputs', 'plain', 'rotated', 'random', 'root', 'rotated', 'random'],
    rows: network.layers.map((layer) => [
      layer.name,
      layer.units,
      layer.inputs,
      ...told.flatMap((which) =>
        (['trained', 'rotated', 'random'] as const).map((kind) => ofLayer(layer, kind, which)),
      ),
    ]),
  });
}
