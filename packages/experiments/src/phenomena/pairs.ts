import { diagonalOf, overPixels, shareIn } from './diagonal.ts';
import { beside, lengthOf, ofClass, pick, type Rows } from './images.ts';
import { accuracyOf, firstLayer, fitNetwork, fitRfm, type Predict } from './learners.ts';
import { imageOf, nextOf, type StudyContext } from './markers.ts';
import type { PhenomenonPicture, SimplicityRun } from './result.ts';

/** Photographs and digits of ten classes each. */
export interface PhotosAndDigits {
  readonly photos: { readonly train: Rows; readonly test: Rows };
  readonly digits: { readonly train: Rows; readonly test: Rows };
}

const classes = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9] as const;
/** Classes by which the digits are shifted where the two halves disagree. */
const shift = 3;

/**
 * Photographs beside digits of the same class: both halves tell the class, and learners take the simpler one,
 * as is seen where the halves disagree.
 */
export async function simplicityBias(
  { photos, digits }: PhotosAndDigits,
  perClass: number,
  { backend, signal, seed, training, tell }: StudyContext,
): Promise<{ readonly run: SimplicityRun; readonly pictures: PhenomenonPicture[] }> {
  const train = pairs(photos.train, digits.train, perClass, seed, 0);
  const agreeing = pairs(photos.test, digits.test, photos.test.count, 0, 0);
  const disagreeing = pairs(photos.test, digits.test, photos.test.count, 0, shift);
  const ofDigit = disagreeing.labels.map((label) => (label + shift) % classes.length);
  const followed = async (predict: Predict) => ({
    accuracy: await accuracyOf(predict, agreeing),
    photo: await accuracyOf(predict, disagreeing),
    digit: await accuracyOf(predict, disagreeing, ofDigit),
  });
  const job = { backend, signal, train, classes };
  let metric = new Float64Array();
  const ofRfm: SimplicityRun['rfm'][] = [];
  await fitRfm(job, 1, async ({ iteration, predict, agop }) => {
    if (iteration === 0) metric = Float64Array.from(await agop());
    ofRfm.push(await followed(predict));
  });
  const { network, initial, predict } = await fitNetwork(job, { ...training, seed }, async ({ epoch }) =>
    tell(epoch / training.epochs),
  );
  using _network = network;
  using _initial = initial;
  const { change } = await firstLayer(network, initial, train);
  const right = Array.from({ length: lengthOf(train) }, (_, column) => column).filter(
    (column) => Math.floor(column / train.channels) % train.width >= train.width / 2,
  );
  const [plain, rfm] = ofRfm as [SimplicityRun['rfm'], SimplicityRun['rfm']];
  const diagonal = (label: string, matrix: Float64Array): PhenomenonPicture => ({
    label,
    height: train.height,
    width: train.width,
    channels: 1,
    data: overPixels(diagonalOf(matrix), train.channels),
  });
  return {
    run: {
      seed,
      perClass: Math.round(train.count / classes.length),
      testImages: agreeing.count,
      plain,
      rfm,
      network: await followed(predict),
      shares: { metric: shareIn(diagonalOf(metric), right), change: shareIn(diagonalOf(change), right) },
    },
    pictures: [
      imageOf(agreeing, 0, 'same class'),
      imageOf(disagreeing, 0, 'class + 3'),
      diagonal('M of RFM', metric),
      diagonal('DᵀD', change),
    ],
  };
}

/** At most so many pairs of each class; a digit is taken again where there are fewer of them. */
function pairs(photos: Rows, digits: Rows, perClass: number, seed: number, shifted: number): Rows {
  const [left, right]: [number[], number[]] = [[], []];
  for (const label of classes) {
    const own = nextOf(ofClass(photos, label), perClass, seed);
    const others = ofClass(digits, (label + shifted) % classes.length);
    const partners = nextOf(others, Math.min(own.length, others.length), seed);
    for (const [i, photo] of own.entries()) {
      left.push(photo);
      right.push(partners[i % partners.length] as number);
    }
  }
  return beside(pick(photos, left), pick(digits, right));
}
