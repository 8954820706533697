import { floatDType, OptionError, Scope, ShapeError, type TypedArray } from '@agop/core';
import { ModelHolder, writeFileAtomically } from '@agop/estimators';
import type { ComputeOptions } from '../compute/budget.ts';
import { type HostImages, type ImageInput, toHostImages } from '../images/image-input.ts';
import type { ConvMachine } from '../machine/conv-machine.ts';
import { replaceByFeatures, uploadImages } from './feature-layers.ts';
import {
  type ConvEstimatorOptions,
  type ConvEstimatorSettings,
  type ConvFitOptions,
  type ConvRecord,
  estimatorSettings,
  sizeInWords,
} from './options.ts';
import { divideSamples, type FitSamples, type SampleReader, type Samples } from './samples.ts';
import type { TrainedConv, TransformSnapshot } from './trained.ts';
import { type ScoredImages, trainConv } from './training.ts';

/** Raw predictions for some images. */
export interface RawPredictions {
  /** [count, outputs], row-major */
  readonly data: TypedArray;
  readonly count: number;
  readonly outputs: number;
}

/** What an estimator fits to samples. */
export interface FitGoal<Y> {
  readonly outputs: number;
  /** Targets of the regression, [n, outputs], row-major. */
  readonly targets: (y: Y) => ArrayLike<number>;
  /** Compares predictions, [n, outputs], with what is right. */
  readonly scorer: (y: Y) => ScoredImages['score'];
}

/** How predictions are watched and stopped. */
export type PredictOptions = Pick<ComputeOptions, 'onProgress' | 'signal'>;

/** What {@link ConvRFMClassifier} and {@link ConvRFMRegressor} share: the fitted machine and what can be asked of it. */
export abstract class ConvEstimator extends ModelHolder<TrainedConv> {
  protected readonly settings: ConvEstimatorSettings;

  constructor(options: ConvEstimatorOptions) {
    super();
    this.settings = estimatorSettings(options);
  }

  /** The fit that was kept: its layer, iteration, ridge and validation scores. @throws {NotFittedError} */
  get best(): ConvRecord {
    return this.requireTrained('best').best;
  }

  /** Every fit that was made. @throws {NotFittedError} */
  get history(): readonly ConvRecord[] {
    return this.requireTrained('history').history;
  }

  /** What patches were multiplied by in each iteration, with the option `keepTransforms`. @throws {NotFittedError} */
  get snapshots(): readonly TransformSnapshot[] {
    return this.requireTrained('snapshots').snapshots;
  }

  /** The kernel machine, for those who build on it; owned by the estimator. @throws {NotFittedError} */
  get machine(): ConvMachine {
    return this.requireTrained('machine').machine;
  }

  /**
   * The model as the bytes of one safetensors file: training images, filters, coefficients and transform in the dtype of the fit, everything else as
   * JSON.
   *
   * @throws {NotFittedError}
   */
  abstract toBytes(): Promise<Uint8Array>;

  /**
   * Writes {@link ConvEstimator.toBytes} to a file, through a temporary one that is renamed: an old file survives any failure. Node only.
   *
   * @throws {NotFittedError} {StorageError}
   */
  async save(path: string): Promise<void> {
    await writeFileAtomically(path, await this.toBytes());
  }

  /** Checks what validation needs, and warns where it is the test data. @throws {OptionError} */
  protected checkSelection(validation: ConvFitOptions<unknown, unknown>['validation']): void {
    const { recursion, selection, warn } = this.settings;
    if (recursion.ridges.length > 1 && validation === undefined) {
      throw new OptionError(
        'validation',
        `Choosing among the ridges ${recursion.ridges.join(', ')} needs validation data: pass \`validation\` to fit(), or one ridge.`,
      );
    }
    if (selection !== 'test') return;
    if (typeof validation !== 'object') {
      throw new OptionError('validation', "selection 'test' needs the test data as `validation: { x, y }`.");
    }
    warn(
      'Ridge and iteration are chosen on the test data, as in the published program: the scores on it are optimistic. Use validation data for anything but reproducing that.',
    );
  }

  /** Images on the host. @throws {ShapeError} {ValueError} */
  protected images(input: ImageInput, what: string): Promise<HostImages> {
    return toHostImages(input, what, this.settings.channels);
  }

  /** Divides the samples of a fit as its options say, see {@link divideSamples}. */
  protected divide<Answer, Y>(
    all: Samples<Y>,
    options: ConvFitOptions<ImageInput, Answer>,
    reader: Omit<SampleReader<ImageInput, Answer, Y>, 'images'>,
  ): Promise<FitSamples<Y>> {
    const images = (input: ImageInput, what: string) => this.images(input, what);
    return divideSamples(all, options, { ...reader, images }, this.settings.recursion.seed);
  }

  /** Runs the loop on samples and takes over the model. A failure or abort leaves the estimator as it was. */
  protected async train<Y>(
    { training, held, test }: FitSamples<Y>,
    { outputs, targets, scorer }: FitGoal<Y>,
    { onProgress, onIteration, signal }: ConvFitOptions<unknown, unknown>,
  ): Promise<void> {
    const scored = ({ x, y }: Samples<Y>): ScoredImages => ({ x, score: scorer(y) });
    const trained = await trainConv(this.settings, {
      x: training.x,
      targets: targets(training.y),
      outputs,
      held: held && scored(held),
      test: test && scored(test),
      ...(onProgress && { onProgress }),
      ...(onIteration && { onIteration }),
      ...(signal && { signal }),
    });
    this.adopt(trained);
  }

  protected async rawPredictions(input: ImageInput, options: PredictOptions = {}): Promise<RawPredictions> {
    const { machine, images, layers } = this.requireTrained('predict()');
    const given = await this.images(input, 'X');
    const [, height, width, channels] = images.shape as [number, number, number, number];
    if (given.height !== height || given.width !== width || given.channels !== channels) {
      throw new ShapeError(
        `X has images of ${sizeInWords(given)}, but the model was fitted on ${sizeInWords({ height, width, channels })}.`,
      );
    }
    using scope = new Scope(machine.backend);
    const dtype = floatDType(images);
    let x = scope.own(uploadImages(machine.backend, given, dtype));
    for (const layer of layers) x = replaceByFeatures(scope, layer, x);
    const predictions = scope.own(await machine.predict(x, { ...this.settings.compute, ...options }));
    return {
      data: await predictions.read(),
      count: given.count,
      outputs: machine.coefficients.shape[1] as number,
    };
  }
}
