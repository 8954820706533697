import { type Backend, Scope } from '@agop/core';
import { layerMatrices, type ModelFeatures, type SquareMatrix } from '@agop/nfa';
import { topDirections } from '@agop/rfm';
import type * as tfjs from '@tensorflow/tfjs';
import type { FilterPicture, FiltersAnsatzResult } from './result.ts';

/** Eigenvectors of each matrix that are shown, and images. */
const [shownFilters, shownImages] = [8, 6];

type Shown = Omit<FiltersAnsatzResult['pictures'][number], 'network'>;

/**
 * Of the first convolution of an image network: the leading eigenvectors of its neural feature matrix and of
 * its AGOP as patches, and how strongly the root of the AGOP answers at each place of some images. Undefined
 * where the first layer sees no colors.
 */
export async function firstLayerPictures(
  tf: typeof tfjs,
  model: tfjs.LayersModel,
  features: ModelFeatures,
  x: tfjs.Tensor4D,
  backend: Backend,
): Promise<Shown | undefined> {
  const [first] = features.layers;
  const layer = model.layers.find(({ name }) => name === first?.name);
  const kernel = layer?.weights[0]?.shape;
  if (!first || !layer || kernel?.length !== 4 || kernel[2] !== x.shape[3] || kernel[0] !== kernel[1]) {
    return undefined;
  }
  const size = [kernel[0] as number, kernel[2]] as const;
  const { nfm, agop, rootAgop } = await layerMatrices(backend, first);
  const images = tf.tidy(() => tf.slice(x, 0, Math.min(shownImages, x.shape[0])));
  try {
    return {
      layer: first.name,
      nfm: await filtersOf(backend, nfm, size),
      agop: await filtersOf(backend, agop, size),
      images: await picturesOf(images),
      responses: await responses(tf, model, layer, rootAgop, size, images),
    };
  } finally {
    images.dispose();
  }
}

async function filtersOf(
  backend: Backend,
  matrix: SquareMatrix,
  [size, channels]: readonly [number, number],
): Promise<FilterPicture[]> {
  using scope = new Scope(backend);
  const uploaded = scope.ops.tensor(
    matrix.data,
    matrix.shape,
    backend.dtypes.includes('float64') ? 'float64' : 'float32',
  );
  const { values, vectors } = await topDirections(scope.ops, uploaded, shownFilters);
  const trace = values.reduce((sum, value) => sum + value, 0);
  return vectors.map((vector, index) => ({
    // JSON knows no -0.
    data: Array.from(vector, (value) => value + 0),
    height: size,
    width: size,
    channels,
    label: trace > 0 ? `${((100 * (values[index] as number)) / trace).toFixed(1)} %` : '',
  }));
}

/** |B h| at each place, h being the patch that the layer sees there and B the root of the AGOP. */
async function responses(
  tf: typeof tfjs,
  model: tfjs.LayersModel,
  layer: tfjs.layers.Layer,
  root: SquareMatrix,
  [size, channels]: readonly [number, number],
  images: tfjs.Tensor4D,
): Promise<FilterPicture[]> {
  const answer = tf.tidy((): tfjs.Tensor4D => {
    const before = tf.model({ inputs: model.inputs, outputs: layer.input as tfjs.SymbolicTensor });
    const seen = before.predict(images) as tfjs.Tensor4D;
    const filters = tf.tensor4d(Float32Array.from(root.data), [size, size, channels, root.shape[1]]);
    return tf.sqrt(tf.sum(tf.square(tf.conv2d(seen, filters, 1, 'valid')), 3, true));
  });
  try {
    return await picturesOf(answer);
  } finally {
    answer.dispose();
  }
}

/** Pictures are at most so high and wide. */
const largest = 75;

async function picturesOf(images: tfjs.Tensor4D): Promise<FilterPicture[]> {
  const [count, height, width, channels] = images.shape;
  const step = Math.ceil(Math.max(height, width) / largest);
  const data = await images.data();
  const [rows, columns] = [Math.ceil(height / step), Math.ceil(width / step)];
  return Array.from({ length: count }, (_, image) => ({
    data: Array.from({ length: rows * columns * channels }, (__, index) => {
      const [pixel, channel] = [Math.floor(index / channels), index % channels];
      const [row, column] = [step * Math.floor(pixel / columns), step * (pixel % columns)];
      return data[((image * height + row) * width + column) * channels + channel] as number;
    }),
    height: rows,
    width: columns,
    channels,
    label: '',
  }));
}
