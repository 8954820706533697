import { type Block, block, imageGrid, lineChart } from '@agop/report';

export const layerAxis = { label: 'layer' };

/** A measure of collapse over the layers, at several places within each. */
export interface CollapseCurves {
  readonly title: string;
  /** Name of the measure. */
  readonly label: string;
  /** Numbers of the layers. */
  readonly x: readonly number[];
  readonly series: readonly { readonly label: string; readonly y: readonly number[] }[];
  readonly width?: number;
}

/** On a logarithmic scale; a sentence where all are 0. */
export async function collapseCurves({ title, label, x, series, ...size }: CollapseCurves): Promise<Block> {
  if (series.every(({ y }) => y.every((value) => value === 0))) {
    return block.text(`${title}: 0 in every layer.`);
  }
  const svg = await lineChart({
    title,
    series: series.map((one) => ({ ...one, x })),
    x: layerAxis,
    y: { label, log: true },
    ...size,
  });
  return block.figure(svg, `${title}, logarithmic scale.`);
}

/** Cosines between rows ordered by class, after a layer (0: of the input). */
export interface GramPicture {
  readonly layer: number;
  readonly rows: number;
  readonly cosines: readonly number[];
}

/** Gram matrices side by side. */
export function gramGrid(grams: readonly GramPicture[], title: string): string {
  return imageGrid({
    title,
    pictures: grams.map(({ layer, rows, cosines }) => ({
      data: cosines,
      height: rows,
      width: rows,
      label: layer === 0 ? 'input' : `layer ${layer}`,
    })),
    columns: Math.min(4, grams.length),
    ramp: 'diverging',
    domain: [-1, 1],
  });
}
