import type { ShapedArray } from '@agop/core';
import type { Label } from '@agop/data';
import type { DeepRFM } from '@agop/deep-rfm';
import type { Picture } from '@agop/report';
import type { LabelledRows } from './data.ts';

/** Rows of one class in a picture. */
const rowsPerClass = 20;
/** Rows in a picture at most. */
const mostRows = 300;
/** Pictures at most: the input and so many of the layers less one. */
const mostPictures = 12;

/** Cosines between rows, ordered by class, at one depth. */
export interface GramPicture extends Picture {
  readonly layer: number;
}

/**
 * Cosines between training rows after centring, ordered by class, at the input and after layers spread over the depth: as classes collapse, blocks of
 * ones appear.
 */
export async function gramPictures(model: DeepRFM<Label>, { x, y }: LabelledRows): Promise<GramPicture[]> {
  const rows = rowsByClass(y, model.classes);
  const width = x.shape[1] as number;
  const data = Float64Array.from(
    { length: rows.length * width },
    (_, at) => x.data[(rows[Math.floor(at / width)] as number) * width + (at % width)] as number,
  );
  const pictures: GramPicture[] = [];
  for (const layer of spread(model.depth)) {
    const features = await model.transform({ data, shape: [rows.length, width] }, layer);
    pictures.push({
      layer,
      data: centredCosines(features),
      height: rows.length,
      width: rows.length,
      label: layer === 0 ? 'input' : `layer ${layer}`,
    });
  }
  return pictures;
}

/** The first rows of each class, class after class. */
function rowsByClass(y: readonly Label[], classes: readonly Label[]): number[] {
  const each = Math.max(2, Math.min(rowsPerClass, Math.floor(mostRows / classes.length)));
  return classes.flatMap((label) => {
    const rows: number[] = [];
    for (let i = 0; i < y.length && rows.length < each; i++) if (y[i] === label) rows.push(i);
    return rows;
  });
}

/** 0 and up to eleven layers, the last among them. */
function spread(depth: number): number[] {
  const count = Math.min(depth, mostPictures - 1);
  const layers = Array.from({ length: count }, (_, i) => Math.round(((i + 1) * depth) / count));
  return [0, ...layers];
}

function centredCosines({ data, shape }: ShapedArray): Float64Array {
  const [n, d] = [shape[0] as number, shape[1] as number];
  const mean = new Float64Array(d);
  for (let at = 0; at < n * d; at++) mean[at % d] = (mean[at % d] as number) + (data[at] as number) / n;
  const rows = Float64Array.from(
    { length: n * d },
    (_, at) => (data[at] as number) - (mean[at % d] as number),
  );
  const product = (i: number, k: number): number => {
    let sum = 0;
    for (let j = 0; j < d; j++) sum += (rows[i * d + j] as number) * (rows[k * d + j] as number);
    return sum;
  };
  const norms = Float64Array.from({ length: n }, (_, i) => Math.sqrt(product(i, i)));
  return Float64Array.from({ length: n * n }, (_, at) => {
    const [i, k] = [Math.floor(at / n), at % n];
    const scale = (norms[i] as number) * (norms[k] as number);
    return scale > 0 ? product(i, k) / scale : 0;
  });
}
