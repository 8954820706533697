import {
  isTfTensor,
  NotFittedError,
  OptionError,
  Scope,
  ShapeError,
  type TfTensorLike,
  type TypedArray,
  toTfTensor,
} from '@agop/core';
import { readFile, writeFileAtomically } from '@agop/core/storage';
import { type HostImages, type ImageInput, toHostImages } from '../images/host-images.ts';
import type { ComputeOptions } from '../machine/budget.ts';
import type { ConvMachine } from '../machine/conv-machine.ts';
import {
  type ConvEstimatorOptions,
  type ConvEstimatorSettings,
  type ConvFitOptions,
  type ConvRecord,
  estimatorSettings,
  sizeInWords,
} from './options.ts';
import type { TrainedConv, TransformSnapshot } from './trained.ts';
import { applyLayer, uploadImages } from './training.ts';

/** Raw predictions for some images. */
export interface RawPredictions {
  /** [count, outputs], row-major */
  readonly data: TypedArray;
  readonly count: number;
  readonly outputs: number;
}

/** How predictions are watched and stopped. */
export type PredictOptions = Pick<ComputeOptions, 'onProgress' | 'signal'>;

/** What {@link ConvRFMClassifier} and {@link ConvRFMRegressor} share: the fitted machine and what can be asked of it. */
export abstract class ConvEstimator {
  protected readonly settings: ConvEstimatorSettings;
  protected trained: TrainedConv | undefined;

  constructor(options: ConvEstimatorOptions) {
    this.settings = estimatorSettings(options);
  }

  /** Whether `fit` or loading has succeeded. */
  get fitted(): boolean {
    return this.trained !== undefined;
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

  /** Frees the model's tensors; the estimator can be fitted again. */
  dispose(): void {
    this.trained?.dispose();
    this.trained = undefined;
  }

  [Symbol.dispose](): void {
    this.dispose();
  }

  protected requireTrained(what: string): TrainedConv {
    if (!this.trained) throw new NotFittedError(what);
    return this.trained;
  }

  /** Takes over a new model and frees the old one. */
  protected adopt(trained: TrainedConv): void {
    this.dispose();
    this.trained = trained;
  }

  protected images(input: ImageInput, what: string): Promise<HostImages> {
    return toHostImages(input, what, this.settings.channels);
  }

  /** Checks what validation needs, and warns where it is the test data. @throws {OptionError} */
  protected checkSelection(validation: ConvFitOptions<never, never>['validation']): void {
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
    const dtype = images.dtype === 'float64' ? 'float64' : 'float32';
    let x = scope.own(uploadImages(machine.backend, given, dtype));
    for (const layer of layers) {
      const features = applyLayer(scope, layer, x);
      scope.free(x);
      x = features;
    }
    const predictions = scope.own(await machine.predict(x, { ...this.settings.compute, ...options }));
    return {
      data: await predictions.read(),
      count: given.count,
      outputs: machine.coefficients.shape[1] as number,
    };
  }
}

/** Typed array in, typed array out; `tf.Tensor` in, `tf.Tensor` out. */
export function inKind(
  x: ImageInput,
  data: Float64Array,
  shape: readonly number[],
): Float64Array | Promise<TfTensorLike> {
  return isTfTensor(x) ? toTfTensor(data, shape) : data;
}

/** Bytes from a path or as they are. */
export function modelBytes(source: string | Uint8Array): Promise<Uint8Array> {
  return typeof source === 'string' ? readFile(source) : Promise.resolve(source);
}
