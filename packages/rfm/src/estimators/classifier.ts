import { checkChoice } from '@agop/core/options';
import {
  type Classification,
  classification,
  type FitOptions,
  type Label,
  type LabeledBy,
  type LabelInput,
  type LabelOf,
  loadModel,
  type MatrixInput,
  type ModelSource,
  type OutputLike,
  outputLike,
  type TfTensorLike,
  toProbabilities,
} from '@agop/estimators';
import { RFMEstimator } from './estimator.ts';
import { checkOptionNames, type EstimatorOptions, rfmSettings } from './options.ts';
import { type RFMLoadOptions, type RFMTypes, rfm } from './trainer.ts';

/** Options of {@link RFMClassifier}. */
export interface ClassifierOptions extends EstimatorOptions {
  /**
   * What chooses the best iteration: accuracy; balanced accuracy, the mean over classes of the share of each
   * that is found; Brier score or log loss of the probabilities; or mean squared error of the one-hot
   * targets. Default 'accuracy', which says little where most rows have one class.
   */
  readonly selection?: ClassifierSelection;
}

/** Scores that may choose the iteration of {@link RFMClassifier}. */
export type ClassifierSelection = (typeof selections)[number];

const selections = ['accuracy', 'balancedAccuracy', 'brier', 'logLoss', 'mse'] as const;

/**
 * Classification by a Recursive Feature Machine: kernel ridge regression on one-hot targets {0, 1} in a
 * learned metric; the largest output wins.
 *
 * Features are used as they are: bring columns to comparable scales first (`@agop/data` does).
 *
 * Source: Radhakrishnan, Beaglehole, Pandit, Belkin 2022 (arXiv 2212.13881).
 *
 * @typeParam L type of the labels
 *
 * @example
 * using model = new RFMClassifier({ backend });
 * await model.fit(x, ['cat', 'dog', 'cat'], { validation: { x: xHeld, y: yHeld } });
 * const labels = await model.predict(xTest);
 */
export class RFMClassifier<L extends Label = Label> extends RFMEstimator<Classification<L>> {
  /**
   * @throws {OptionError} for unknown names and values out of range, a missing backend, and a dtype that it
   *   does not compute in
   */
  constructor(options: ClassifierOptions) {
    checkOptionNames('RFMClassifier', options, ['selection']);
    const { selection = 'accuracy', ...others } = options;
    super(classification(), rfmSettings(others, checkChoice('selection', selection, selections)));
  }

  override fit<Y extends LabelInput<L>>(
    x: MatrixInput,
    y: Y,
    options?: FitOptions<MatrixInput, LabelInput<L>> & Partial<RFMTypes['events']>,
  ): Promise<LabeledBy<LabelOf<Y>, [x: MatrixInput]> & this>;
  override fit(
    x: MatrixInput,
    y: LabelInput<L>,
    options?: FitOptions<MatrixInput, LabelInput<L>> & Partial<RFMTypes['events']>,
  ): Promise<this> {
    return super.fit(x, y, options);
  }

  /**
   * The classes in the order of the outputs: numbers ascending, then strings, then booleans.
   *
   * @throws {NotFittedError}
   */
  get classes(): readonly L[] {
    return this.requireTrained('classes').coding.classes;
  }

  /**
   * Estimates of the class probabilities, row-major [n, classes]: outputs of the regression, which estimate
   * them, clipped to [0, 1] and scaled to sum 1 (all equal where none is positive). They are not calibrated.
   * A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @param x samples [n, d]
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for NaN or infinite values, ragged or empty data
   * @throws {ShapeError} for other features than those of the fit
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   */
  predictProba<X extends MatrixInput>(x: X): Promise<OutputLike<X>>;
  async predictProba(x: MatrixInput): Promise<Float64Array | TfTensorLike> {
    return this.withModel('predictProba()', async ({ coding }) => {
      const outputs = await this.outputs(x);
      const classes = coding.outputs;
      return outputLike(x, toProbabilities(outputs, classes), [outputs.length / classes, classes]);
    });
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @typeParam L type of the labels: the caller knows what was saved
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a regression
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError} if the file cannot be read
   */
  static async load<L extends Label = Label>(
    source: ModelSource,
    options: RFMLoadOptions,
  ): Promise<RFMClassifier<L>> {
    const model = await loadModel(rfm, classification<L>(), source, options);
    return new RFMClassifier<L>(model.fitted.settings).adopt(model);
  }
}
