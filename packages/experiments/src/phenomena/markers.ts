import { type Backend, Scope } from '@agop/core';
import { matrixPower, pearsonCorrelation } from '@agop/rfm';
import { diagonalOf, overPixels, shareIn } from './diagonal.ts';
import { columnsOf, lengthOf, marked, ofClass, pick, type Region, type Rows } from './images.ts';
import {
  accuracyOf,
  firstLayer,
  fitNetwork,
  fitRfm,
  type NetworkTraining,
  type Predict,
} from './learners.ts';
import type { ByMarker, DelayedRun, PhenomenonPicture, SpuriousRun } from './result.ts';
import type { MarkerVariant } from './settings.ts';

/** Planes and trucks, 32 x 32 photographs made smaller. */
export interface TwoClasses {
  readonly train: Rows;
  readonly test: Rows;
}

/** What a study is told besides its images. */
export interface StudyContext {
  readonly backend: Backend;
  readonly signal: AbortSignal | undefined;
  readonly seed: number;
  readonly training: NetworkTraining;
  /** Told how much of the study is done. */
  readonly tell: (fraction: number) => void;
}

/** Labels of planes and trucks. */
const classes = [0, 9] as const;

/** Both classes of a set of images. */
export function planesAndTrucks(rows: Rows): Rows {
  return pick(
    rows,
    classes.flatMap((label) => ofClass(rows, label)),
  );
}

/** One pixel tells the classes apart, and one of them is rare. Source: arXiv 2212.13881, there a square. */
const pixel: Region = { row: 2, column: 4, size: 1 };

/** The images of a study of delayed generalization, and how long its metric learns. */
interface DelayedStudy extends MarkerVariant {
  readonly many: number;
  readonly updates: number;
}

/**
 * A marker that tells all images apart, while one class has few: the training images are right from the
 * start, the test images once the learner has found the marker.
 */
export async function delayedGeneralization(
  { train, test }: TwoClasses,
  { contrast, few, many, updates }: DelayedStudy,
  { backend, signal, seed, training, tell }: StudyContext,
): Promise<DelayedRun> {
  const brightness = (label: number): number => (label === 0 ? 0.5 + contrast / 2 : 0.5 - contrast / 2);
  const [planes, trucks] = [nextOf(ofClass(train, 0), few, seed), nextOf(ofClass(train, 9), many, seed)];
  const own = marked(pick(train, [...planes, ...trucks]), pixel, brightness);
  const others = marked(planesAndTrucks(test), pixel, brightness);
  const job = { backend, signal, train: own, classes };
  const scores = async (predict: Predict) => ({
    train: await accuracyOf(predict, own),
    test: await accuracyOf(predict, others),
  });
  const iterations: DelayedRun['iterations'] = [];
  await fitRfm(job, updates, async ({ predict, agop }) => {
    const markerShare = shareIn(diagonalOf(await agop()), columnsOf(own, pixel));
    iterations.push({ ...(await scores(predict)), markerShare });
  });
  const epochs: DelayedRun['epochs'] = [];
  const every = Math.max(1, Math.round(training.epochs / 20));
  const { network, initial } = await fitNetwork(job, { ...training, seed }, async ({ epoch, predict }) => {
    tell(epoch / training.epochs);
    if (epoch % every === 0) epochs.push({ epoch, ...(await scores(predict)) });
  });
  network.dispose();
  initial.dispose();
  return {
    ...{ seed, contrast, few: planes.length, many: trucks.length },
    ...{ testImages: others.count, iterations, epochs },
  };
}

const square: Region = { row: 1, column: 3, size: 3 };

/**
 * A marker that goes with the class in training: what becomes of accuracy without it, and where it is
 * swapped.
 */
export async function spuriousFeatures(
  { train, test }: TwoClasses,
  many: number,
  { backend, signal, seed, training, tell }: StudyContext,
): Promise<{ readonly run: SpuriousRun; readonly pictures: PhenomenonPicture[] }> {
  const brightness = (label: number): number => (label === 0 ? 1 : 0);
  const chosen = classes.flatMap((label) => nextOf(ofClass(train, label), many, seed));
  const own = marked(pick(train, chosen), square, brightness);
  const plain = planesAndTrucks(test);
  const forms = {
    marked: marked(plain, square, brightness),
    without: plain,
    swapped: marked(plain, square, (label) => 1 - brightness(label)),
  };
  const byMarker = async (predict: Predict): Promise<ByMarker> => ({
    marked: await accuracyOf(predict, forms.marked),
    without: await accuracyOf(predict, forms.without),
    swapped: await accuracyOf(predict, forms.swapped),
  });
  const job = { backend, signal, train: own, classes };
  const { network, initial, predict } = await fitNetwork(job, { ...training, seed }, async ({ epoch }) =>
    tell(epoch / training.epochs),
  );
  using _network = network;
  using _initial = initial;
  const layer = await firstLayer(network, initial, own);
  const ofNetwork = await byMarker(predict);
  let metric = new Float64Array();
  let ofRfm: ByMarker = { marked: 0, without: 0, swapped: 0 };
  await fitRfm(job, 1, async ({ iteration, predict: own, agop }) => {
    if (iteration === 0) metric = Float64Array.from(await agop());
    else ofRfm = await byMarker(own);
  });
  const columns = columnsOf(own, square);
  const share = (matrix: Float64Array): number => shareIn(diagonalOf(matrix), columns);
  const run: SpuriousRun = {
    seed,
    images: own.count,
    size: columns.length / lengthOf(own),
    rfm: ofRfm,
    network: ofNetwork,
    shares: {
      metric: share(metric),
      change: share(layer.change),
      agop: share(layer.agop),
      nfm: share(layer.nfm),
    },
    similarity: {
      change: pearsonCorrelation(metric, layer.change),
      rootChange: pearsonCorrelation(await rootOf(backend, metric), layer.change),
      agop: pearsonCorrelation(metric, layer.agop),
      nfm: pearsonCorrelation(metric, layer.nfm),
    },
  };
  const diagonal = (label: string, matrix: Float64Array): PhenomenonPicture => ({
    label,
    height: own.height,
    width: own.width,
    channels: 1,
    data: overPixels(diagonalOf(matrix), own.channels),
  });
  return {
    run,
    pictures: [
      imageOf(own, 0, 'plane'),
      imageOf(own, own.count - 1, 'truck'),
      diagonal('M of RFM', metric),
      diagonal('DᵀD', layer.change),
      diagonal('AGOP', layer.agop),
      diagonal('WᵀW', layer.nfm),
    ],
  };
}

/** One of the images as a picture. */
export function imageOf(rows: Rows, index: number, label: string): PhenomenonPicture {
  const { height, width, channels, data } = rows;
  const length = lengthOf(rows);
  return {
    label,
    height,
    width,
    channels,
    data: Array.from(data.subarray(index * length, (index + 1) * length)),
  };
}

/** So many of a list, those after what smaller seeds take; from its beginning again where it ends. */
export function nextOf(list: readonly number[], count: number, seed: number): number[] {
  const most = Math.min(count, list.length);
  return Array.from({ length: most }, (_, i) => list[(seed * most + i) % list.length] as number);
}

async function rootOf(backend: Backend, matrix: Float64Array): Promise<Float64Array> {
  using scope = new Scope(backend);
  const order = Math.round(Math.sqrt(matrix.length));
  const tensor = scope.ops.tensor(matrix, [order, order], backend.preferredDType);
  return Float64Array.from(await (await matrixPower(scope.ops, tensor, 0.5)).read());
}
