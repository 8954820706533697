import { ShapeError } from '@agop/core';
import { holdOut, takeRows } from '@agop/estimators';
import type { HostImages } from '../images/image-input.ts';
import { type ConvFitOptions, checkSizes } from './options.ts';

/** Images and what is right for them, e.g. indices of classes. */
export interface Samples<Y> {
  readonly x: HostImages;
  readonly y: Y;
}

/** The samples of a fit. */
export interface FitSamples<Y> {
  readonly training: Samples<Y>;
  /** Those that choose ridge, iteration and layer. */
  readonly held: Samples<Y> | undefined;
  /** Those that are scored for the record only. */
  readonly test: Samples<Y> | undefined;
}

/** How samples are read and divided. `Image` and `Answer` are what the caller of `fit` hands over. */
export interface SampleReader<Image, Answer, Y> {
  /** Images on the host. @param what their name in messages */
  readonly images: (given: Image, what: string) => Promise<HostImages>;
  /**
   * What is right for so many images, on the host.
   *
   * @param prefix before X and y in messages, e.g. 'validation '
   * @throws {ShapeError} if there is not one answer per image
   */
  readonly answers: (given: Answer, count: number, prefix: string) => Promise<Y>;
  /** The answers of chosen images. */
  readonly take: (y: Y, chosen: Int32Array) => Y;
  /** For each image the index of its class, where each class is to be held out alike. */
  readonly strata?: (y: Y) => ArrayLike<number>;
}

/**
 * Holds validation samples out, or reads those that are given, and reads the test samples.
 *
 * @param all all samples of the fit
 * @param seed chooses the samples that are held out
 * @throws {ShapeError} {ValueError} {UnknownLabelError} {OptionError} for samples that cannot be used
 */
export async function divideSamples<Image, Answer, Y>(
  all: Samples<Y>,
  { validation, test }: Pick<ConvFitOptions<Image, Answer>, 'validation' | 'test'>,
  reader: SampleReader<Image, Answer, Y>,
  seed: number,
): Promise<FitSamples<Y>> {
  const read = async (
    given: { readonly x: Image; readonly y: Answer },
    prefix: string,
  ): Promise<Samples<Y>> => {
    const x = await reader.images(given.x, `${prefix}X`);
    const y = await reader.answers(given.y, x.count, prefix);
    checkSizes(x, all.x, prefix);
    return { x, y };
  };
  const [training, held] =
    typeof validation === 'number'
      ? holdSamplesOut(all, validation, reader, seed)
      : [all, validation && (await read(validation, 'validation '))];
  return { training, held, test: test && (await read(test, 'test ')) };
}

function holdSamplesOut<Y>(
  { x, y }: Samples<Y>,
  fraction: number,
  { take, strata }: Pick<SampleReader<never, never, Y>, 'take' | 'strata'>,
  seed: number,
): [Samples<Y>, Samples<Y>] {
  const { training, held } = holdOut(x.count, fraction, seed, strata?.(y));
  const matrix = { data: x.data, rows: x.count, columns: x.height * x.width * x.channels };
  const some = (chosen: Int32Array): Samples<Y> => ({
    x: { ...x, count: chosen.length, data: takeRows(matrix, chosen).data },
    y: take(y, chosen),
  });
  return [some(training), some(held)];
}

/** @throws {ShapeError} if there are not as many answers, which are `labels` or `rows`, as images */
export function checkAnswerCount(images: number, answers: number, kind: string, prefix: string): void {
  if (images !== answers) {
    throw new ShapeError(`${prefix}X has ${images} images, but ${prefix}y has ${answers} ${kind}.`);
  }
}
