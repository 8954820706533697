import type { Label } from '@agop/data';
import { centeredCosines, type DeepRFM, rowsByClass } from '@agop/deep-rfm';
import type { Picture } from '@agop/report';
import type { LabelledRows } from './labelled-rows.ts';

/** Pictures at most: the input and so many of the layers less one. */
const mostPictures = 12;

/**
 * Cosines between training rows after centering, ordered by class, at the input and after layers spread over the depth: as classes collapse, blocks of
 * ones appear.
 */
export async function gramPictures(model: DeepRFM<Label>, { x, y }: LabelledRows): Promise<Picture[]> {
  const rows = rowsByClass(y, model.classes);
  const width = x.shape[1] as number;
  const data = Float64Array.from(
    { length: rows.length * width },
    (_, at) => x.data[(rows[Math.floor(at / width)] as number) * width + (at % width)] as number,
  );
  const pictures: Picture[] = [];
  for (const layer of spread(model.depth)) {
    const cosines = await centeredCosines(
      await model.transform({ data, shape: [rows.length, width] }, layer),
    );
    pictures.push({
      data: cosines.data,
      height: rows.length,
      width: rows.length,
      label: layer === 0 ? 'input' : `layer ${layer}`,
    });
  }
  return pictures;
}

/** 0 and up to eleven layers, the last among them. */
function spread(depth: number): number[] {
  const count = Math.min(depth, mostPictures - 1);
  return [0, ...Array.from({ length: count }, (_, i) => Math.round(((i + 1) * depth) / count))];
}
