import { checkGiven, checkObject } from '@agop/core/options';
import {
  type Classification,
  classification,
  Estimator,
  type FitOptions,
  type FitWarning,
  isTfTensor,
  type Label,
  type LabeledBy,
  type LabelInput,
  type LabelOf,
  loadModel,
  type MatrixInput,
  type ModelSource,
  type OutputLike,
  type ShapedArray,
  type TfTensorLike,
  toTfTensor,
} from '@agop/estimators';
import {
  type DeepLoadOptions,
  type DeepRFMOptions,
  deepRFMSettings,
  optionNames,
  type StageOptions,
} from './options.ts';
import type { InputRecord, LayerRecord } from './records.ts';
import { checkLayer, type DeepRFMTypes, deepRFM, uploadPrepared } from './trainer.ts';

/**
 * Deep RFM: a network built without backpropagation. Each layer scales its rows to length 1, fits a kernel
 * machine, takes the average gradient outer product as M, and maps X ← Φ(X M^(1/2)) with a random feature map
 * Φ. A kernel machine on the features of every depth classifies; collapse is measured layer by layer, see
 * {@link LayerRecord}.
 *
 * Memory: kernel matrices [n, n], one at a time, and the rows of one layer. What stays after the fit are the
 * training rows, per layer the projection [d, d] and the random weights, and per depth the coefficients [n,
 * classes].
 *
 * Source: Beaglehole, Súkeník, Mondelli, Belkin 2024 (arXiv 2402.13728).
 *
 * @typeParam L type of the labels
 *
 * @example
 * using model = new DeepRFM({ backend, depth: 4 });
 * const onLayer = ({ layer, train }: LayerEvent) => console.log(layer, train.projected.nc1.ratio);
 * await model.fit(x, y, { validation: 0.2, onLayer });
 * const labels = await model.predict(xTest);
 */
export class DeepRFM<L extends Label = Label> extends Estimator<DeepRFMTypes, Classification<L>> {
  /** @throws {OptionError} for an option out of range, or a dtype that the backend does not compute in */
  constructor(options: DeepRFMOptions) {
    checkGiven('DeepRFM', options, optionNames);
    const settings = deepRFMSettings(options);
    super(deepRFM, classification(settings.labelCoding), settings);
  }

  /** Number of layers: of the fitted model, or those that it is to have. */
  get depth(): number {
    return this.fitted ? this.requireTrained('depth').fitted.machine.depth : this.settings.depth;
  }

  /**
   * Where the fit went on otherwise than asked, with the layer as `iteration`; empty for loaded models.
   *
   * @throws {NotFittedError}
   */
  get warnings(): readonly FitWarning[] {
    return this.requireTrained('warnings').fitted.warnings;
  }

  override fit<Y extends LabelInput<L>>(
    x: MatrixInput,
    y: Y,
    options?: FitOptions<MatrixInput, LabelInput<L>> & Partial<DeepRFMTypes['events']>,
  ): Promise<LabeledBy<LabelOf<Y>, [x: MatrixInput]> & this>;
  override fit(
    x: MatrixInput,
    y: LabelInput<L>,
    options?: FitOptions<MatrixInput, LabelInput<L>> & Partial<DeepRFMTypes['events']>,
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

  /** What was measured at each layer during the fit. @throws {NotFittedError} */
  get layers(): readonly LayerRecord[] {
    return this.requireTrained('layers').fitted.records;
  }

  /** Accuracies of the kernel machine on the data as it is. @throws {NotFittedError} */
  get input(): InputRecord {
    return this.requireTrained('input').fitted.input;
  }

  /**
   * What a layer makes of some rows. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @param x samples [n, d]
   * @param layer from 1 to the number of layers; 0 gives the rows as they enter, standardized but not
   *   normalized
   * @returns [n, width], in the dtype of the fit
   * @throws {NotFittedError} before `fit` or loading
   * @throws {OptionError} for a layer that the model does not have
   * @throws {ShapeError} for other features than those of the fit
   * @throws {ValueError} for NaN or infinite values, ragged or empty data
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   */
  transform<X extends MatrixInput>(
    x: X,
    layer: number,
    options?: StageOptions,
  ): Promise<OutputLike<X, ShapedArray>>;
  async transform(
    x: MatrixInput,
    layer: number,
    options: StageOptions = {},
  ): Promise<ShapedArray | TfTensorLike> {
    const { stage = 'features' } = checkObject('transform()', options);
    return this.withModel('transform()', async ({ fitted }) => {
      checkLayer(fitted.machine, layer);
      using rows = uploadPrepared(fitted, await this.read(x));
      using transformed = fitted.machine.transform(rows, layer, stage);
      const [data, { shape }] = [await transformed.read(), transformed];
      return isTfTensor(x) ? toTfTensor(data, shape) : { data, shape };
    });
  }

  /**
   * {@link DeepRFM.score} at every depth, from 0 to the number of layers, in one pass through the layers.
   *
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ShapeError} where x and y do not go together, or with the model
   * @throws {ValueError} for NaN or infinite values, ragged or empty data
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   */
  async scores(x: MatrixInput, y: LabelInput<L>): Promise<number[]> {
    return this.withModel('scores()', async ({ fitted, coding }) => {
      using rows = uploadPrepared(fitted, await this.read(x));
      const scores: number[] = [];
      for (const outputs of fitted.machine.predictAll(rows)) {
        using owned = outputs;
        scores.push(await coding.grade(await owned.read(), y, 'rows'));
      }
      return scores;
    });
  }

  /**
   * The transform M^(1/2) of a layer, which projects its rows: symmetric [d, d], in the dtype of the fit.
   *
   * @param layer from 1
   * @throws {NotFittedError} before `fit` or loading
   * @throws {OptionError} for a layer that the model does not have
   */
  async projection(layer: number): Promise<ShapedArray> {
    return this.withModel('projection()', async ({ fitted: { machine } }) => {
      const found = machine.parts.layers[checkLayer(machine, layer, 1) - 1];
      if (!found) throw new TypeError('a layer has a projection');
      return { data: await found.transform.read(), shape: found.transform.shape };
    });
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @typeParam L type of the labels: the caller knows what was saved
   * @throws {FormatError} for files that are truncated, foreign, or of a newer version, and kernels or
   *   feature maps that are not known
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError} if the file cannot be read
   * @throws {OutOfMemoryError} where the memory of the backend does not suffice
   */
  static async load<L extends Label = Label>(
    source: ModelSource,
    options: DeepLoadOptions,
  ): Promise<DeepRFM<L>> {
    const model = await loadModel(deepRFM, classification<L>(), source, options);
    return new DeepRFM<L>(model.fitted.settings).adopt(model);
  }
}
