import { OptionError } from '@agop/core';
import { Estimator, type FitWarning, type Task, type TaskTypes } from '@agop/estimators';
import type { ImageInput } from '../images/image-input.ts';
import type { ConvMachine } from '../machine/conv-machine.ts';
import type { ConvFitOptions, ConvRecord, TransformSnapshot } from './events.ts';
import { type ConvEstimatorOptions, convSettings } from './options.ts';
import { type ConvTypes, convRfm } from './trainer.ts';

/**
 * What {@link ConvRFMClassifier} and {@link ConvRFMRegressor} share: the fitted machine and what can be asked
 * of it.
 *
 * @typeParam K types of the task
 */
export abstract class ConvEstimator<K extends TaskTypes> extends Estimator<ConvTypes, K> {
  protected override readonly furtherFitOptions: readonly string[] = ['test'];

  constructor(task: Task<K>, options: ConvEstimatorOptions) {
    super(convRfm, task, convSettings(options));
  }

  /** The fit that was kept: its layer, iteration, ridge and validation scores. @throws {NotFittedError} */
  get best(): ConvRecord {
    return this.requireTrained('best').fitted.best;
  }

  /** Every fit that was made. @throws {NotFittedError} */
  get history(): readonly ConvRecord[] {
    return this.requireTrained('history').fitted.history;
  }

  /** The transform of each iteration, with the option `keepTransforms`. @throws {NotFittedError} */
  get snapshots(): readonly TransformSnapshot[] {
    return this.requireTrained('snapshots').fitted.snapshots;
  }

  /** Where the fit went on otherwise than asked; empty for loaded models. @throws {NotFittedError} */
  get warnings(): readonly FitWarning[] {
    return this.requireTrained('warnings').fitted.warnings;
  }

  /**
   * What the machine counts pixels from, [height, width, channels] in a row: the mean of the training images
   * for kernels of distances between patches, which do not see it. Zeros for other kernels, with feature
   * layers, and where zeros around the images are compared with pixels.
   *
   * @throws {NotFittedError}
   */
  get origin(): Float64Array {
    const { origin, images } = this.requireTrained('origin').fitted;
    return origin ?? new Float64Array(images.size / (images.shape[0] as number));
  }

  /**
   * The kernel machine, for those who build on it; owned by the estimator. Its images are those of the user
   * minus `origin`.
   *
   * @throws {NotFittedError}
   */
  get machine(): ConvMachine {
    return this.requireTrained('machine').fitted.machine;
  }

  /**
   * Fits the model. A failure or abort leaves the estimator as it was. Where float32 does not suffice the fit
   * goes on in float64, and where an iteration cannot be fitted it ends with those before it; `warnings` and
   * the option `onWarning` say so. Validation scores of a regression are in units of the squared standard
   * deviation of the targets.
   *
   * @param x images [n, height, width, channels]
   * @param y labels [n] of a classification; values [n], or [n, outputs], of a regression
   * @throws {ShapeError} for images smaller than a patch, mixed sizes, channels that look to be first, other
   *   counts of images than of targets
   * @throws {ValueError} for pixels that are not finite or whose squares leave the dtype, missing labels, one
   *   class only, targets that do not vary
   * @throws {UnknownLabelError} for a validation label that no training image has
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   * @throws {NotPositiveDefiniteError} if the kernel matrix plus ridge is not numerically positive definite
   *   for any ridge
   * @throws {OutOfMemoryError} before any work, if it cannot fit the memory budget
   * @throws {OptionError} for several ridges without validation data, and a fraction of them out of range
   * @throws {AbortedError} through `signal`
   */
  override async fit(
    x: ImageInput,
    y: K['targets'],
    options: ConvFitOptions<ImageInput, K['targets']> = {},
  ): Promise<this> {
    this.#checkSelection(options?.validation);
    return this.train(x, y, options, options?.test);
  }

  /** Checks what validation needs. */
  #checkSelection(validation: unknown): void {
    const { recursion, selection } = this.settings;
    if (recursion.ridges.length > 1 && validation === undefined) {
      throw new OptionError(
        'validation',
        `Choosing among the ridges ${recursion.ridges.join(', ')} needs validation data: ` +
          'pass `validation` to fit(), or one ridge.',
      );
    }
    if (selection === 'test' && typeof validation !== 'object') {
      throw new OptionError('validation', "selection 'test' needs the test data as `validation: { x, y }`.");
    }
  }
}
