import { OptionError, ShapeError, type Tensor } from '@agop/core';
import {
  accuracy,
  checkLabelCount,
  hostLabels,
  isTfTensor,
  type Label,
  LabelEncoder,
  type LabelInput,
  type LabelledRows,
  type MatrixInput,
  ModelHolder,
  readBytes,
  type ShapedArray,
  type TfTensorLike,
  toHostMatrix,
  toTfTensor,
  uploadRows,
  writeFileAtomically,
} from '@agop/estimators';
import { encodeDeepModel, type FittedDeepRFM, restoreDeepModel } from './model-file.ts';
import {
  type DeepFitOptions,
  type DeepLoadOptions,
  type DeepRFMOptions,
  type DeepRFMSettings,
  type DepthOptions,
  deepRFMSettings,
  type StageOptions,
} from './options.ts';
import type { InputRecord, LayerRecord } from './records.ts';
import { splitRows } from './split.ts';
import { fitStandardizer, standardize } from './standardizer.ts';
import { trainDeep } from './training.ts';

/**
 * Deep RFM: a network built without backpropagation. Each layer scales its rows to length 1, fits a kernel machine, takes the average
 * gradient outer product as M, and maps X ← Φ(X M^(1/2)) with a random feature map Φ. A kernel machine on the features of every depth
 * classifies; collapse is measured layer by layer, see {@link LayerRecord}.
 *
 * Memory: kernel matrices [n, n], one at a time, and the rows of one layer. What stays after the fit are the training rows, per layer the projection
 * [d, d] and the random weights, and per depth the coefficients [n, classes].
 *
 * Source: Beaglehole, Súkeník, Mondelli, Belkin 2024 (arXiv 2402.13728).
 *
 * @typeParam L type of the labels
 *
 * @example
 * using model = new DeepRFM({ backend, depth: 4 });
 * await model.fit(x, y, { validation: 0.2, onLayer: ({ layer, train }) => console.log(layer, train.projected.nc1.ratio) });
 * const labels = await model.predict(xTest);
 */
export class DeepRFM<L extends Label = Label> extends ModelHolder<FittedDeepRFM> {
  readonly #settings: DeepRFMSettings;
  #labels: LabelEncoder<L> | undefined;

  /** @throws {OptionError} for an option out of range, or a dtype that the backend does not compute in */
  constructor(options: DeepRFMOptions) {
    super();
    this.#settings = deepRFMSettings(options);
  }

  /** Number of layers. */
  get depth(): number {
    return this.#settings.depth;
  }

  /** The classes in the order of the outputs: numbers ascending, then strings, then booleans. @throws {NotFittedError} */
  get classes(): readonly L[] {
    this.requireTrained('classes');
    return this.#labels?.classes ?? [];
  }

  /** What was measured at each layer during the fit. @throws {NotFittedError} */
  get layers(): readonly LayerRecord[] {
    return this.requireTrained('layers').records;
  }

  /** Accuracies of the kernel machine on the data as it is. @throws {NotFittedError} */
  get input(): InputRecord {
    return this.requireTrained('input').input;
  }

  /**
   * Fits all layers. A failure or abort leaves the estimator as it was.
   *
   * @param x samples [n, d]
   * @param y labels [n]
   * @throws {ValueError} for NaN or infinite values (with row and column), ragged or empty data, missing labels, one class only (also among validation
   *   labels), or features in which all class means coincide
   * @throws {UnknownLabelError} for a validation label that no training row has
   * @throws {ShapeError} where x, y and the validation data do not go together
   * @throws {DTypeError} for data that is of no accepted kind, {DisposedError} for tensors that have been disposed
   * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite: equal rows, or rows collapsed to one
   *   point, without ridge
   * @throws {OptionError} {OutOfMemoryError} {AbortedError}
   */
  async fit(x: MatrixInput, y: LabelInput<L>, options: DeepFitOptions<L> = {}): Promise<this> {
    const points = await toHostMatrix(x, 'X');
    const given = await hostLabels(y, 'y');
    checkLabelCount(points.rows, given.length, '');
    const labels = LabelEncoder.of(given, 'y');
    const { training, held } = await splitRows(
      { x: points, y: labels.encode(given, 'y') },
      labels,
      options.validation,
      this.#settings.seed,
    );
    const settings = this.#settings;
    const standardizer = settings.standardization ? fitStandardizer(training.x) : undefined;
    const prepare = ({ x: rows, y: classes }: LabelledRows): LabelledRows => ({
      x: standardizer ? standardize(standardizer, rows) : rows,
      y: classes,
    });
    const { classes } = labels;
    const trained = await trainDeep(settings, {
      training: prepare(training),
      held: held && prepare(held),
      classes,
      onLayer: options.onLayer,
      signal: options.signal,
    });
    this.adopt({ ...trained, settings, standardizer, classes, dispose: () => trained.machine.dispose() });
    this.#labels = labels;
    return this;
  }

  /**
   * What a layer makes of some rows. A `tf.Tensor` gives a `tf.Tensor`.
   *
   * @param x samples [n, d]
   * @param layer from 1 to the number of layers; 0 gives the rows as they enter, standardised but not normalised
   * @returns [n, width], in the dtype of the fit
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError}
   * @throws {OptionError} for a layer that the model does not have
   */
  transform(x: TfTensorLike, layer: number, options?: StageOptions): Promise<TfTensorLike>;
  transform(x: MatrixInput, layer: number, options?: StageOptions): Promise<ShapedArray>;
  async transform(
    x: MatrixInput,
    layer: number,
    options: StageOptions = {},
  ): Promise<ShapedArray | TfTensorLike> {
    const { machine } = this.requireTrained('transform()');
    this.#checkLayer(layer);
    using rows = await this.#upload(x);
    using transformed = machine.transform(rows, layer, options.stage ?? 'features');
    const [data, { shape }] = [await transformed.read(), transformed];
    return isTfTensor(x) ? toTfTensor(data, shape) : { data, shape };
  }

  /**
   * The label of the largest output for each row; the first one on ties.
   *
   * @param x samples [n, d]
   * @param options `layer`: the kernel machine of which depth answers; default that on the last layer's features
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError}
   * @throws {OptionError} for a layer that the model does not have
   */
  async predict(x: MatrixInput, options: DepthOptions = {}): Promise<L[]> {
    const { machine } = this.requireTrained('predict()');
    const layer = this.#checkLayer(options.layer ?? machine.depth);
    using rows = await this.#upload(x);
    using outputs = machine.predict(rows, layer);
    return this.#decide(outputs);
  }

  /**
   * Part of the rows whose label is predicted right. Labels that no training row had count as wrong.
   *
   * @param options as {@link DeepRFM.predict}
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError} {OptionError}
   */
  async score(x: MatrixInput, y: LabelInput<L>, options: DepthOptions = {}): Promise<number> {
    const predicted = await this.predict(x, options);
    const labels = await hostLabels(y, 'y');
    checkLabelCount(predicted.length, labels.length, '');
    return accuracy(predicted, labels);
  }

  /**
   * {@link DeepRFM.score} at every depth, from 0 to the number of layers, in one pass through the layers.
   *
   * @throws {NotFittedError} {ValueError} {ShapeError} {DTypeError} {DisposedError}
   */
  async scores(x: MatrixInput, y: LabelInput<L>): Promise<number[]> {
    const { machine } = this.requireTrained('scores()');
    const labels = await hostLabels(y, 'y');
    using rows = await this.#upload(x);
    checkLabelCount(rows.shape[0] as number, labels.length, '');
    const scores: number[] = [];
    for (const outputs of machine.predictAll(rows)) {
      using owned = outputs;
      scores.push(accuracy(await this.#decide(owned), labels));
    }
    return scores;
  }

  /**
   * The projection M^(1/2) of a layer, symmetric [d, d], in the dtype of the fit.
   *
   * @param layer from 1
   * @throws {NotFittedError}
   * @throws {OptionError} for a layer that the model does not have
   */
  async projection(layer: number): Promise<ShapedArray> {
    const { machine } = this.requireTrained('projection()');
    const found = machine.parts.layers[this.#checkLayer(layer, 1) - 1];
    if (!found) throw new TypeError('a layer has a projection');
    return { data: await found.projection.read(), shape: found.projection.shape };
  }

  /**
   * The model as the bytes of one safetensors file.
   *
   * @throws {NotFittedError}
   */
  async toBytes(): Promise<Uint8Array> {
    return encodeDeepModel(this.requireTrained('save()'));
  }

  /**
   * Writes {@link DeepRFM.toBytes} to a file, through a temporary one that is renamed: an old file survives any failure. Node only.
   *
   * @throws {NotFittedError} {StorageError}
   */
  async save(path: string): Promise<void> {
    await writeFileAtomically(path, await this.toBytes());
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @typeParam L type of the labels: the caller knows what was saved
   * @throws {FormatError} for files that are truncated, foreign, or of a newer version, and kernels or feature maps that are not known
   * @throws {OptionError} {StorageError} {OutOfMemoryError}
   */
  static async load<L extends Label = Label>(
    source: string | Uint8Array,
    options: DeepLoadOptions,
  ): Promise<DeepRFM<L>> {
    const fitted = restoreDeepModel(await readBytes(source), options);
    const model = new DeepRFM<L>(fitted.settings);
    model.adopt(fitted);
    model.#labels = new LabelEncoder(fitted.classes as readonly L[]);
    return model;
  }

  #checkLayer(layer: number, least = 0): number {
    const { depth } = this.requireTrained('layers').machine;
    if (!Number.isInteger(layer) || layer < least || layer > depth) {
      throw new OptionError(
        'layer',
        `layer must be a whole number from ${least} to ${depth}, the number of layers, but is ${layer}.`,
      );
    }
    return layer;
  }

  async #upload(x: MatrixInput): Promise<Tensor> {
    const { machine, settings, standardizer } = this.requireTrained('predict()');
    const rows = await toHostMatrix(x, 'X');
    const features = machine.parts.inputs.shape[1] as number;
    if (rows.columns !== features) {
      throw new ShapeError(
        `X has ${rows.columns} columns, but the model was fitted on ${features} features.`,
      );
    }
    const prepared = standardizer ? standardize(standardizer, rows) : rows;
    return uploadRows(settings.backend, prepared, settings.dtype, 'X');
  }

  async #decide(outputs: Tensor): Promise<L[]> {
    using largest = outputs.backend.argmax(outputs, 1);
    const { classes } = this;
    return Array.from(await largest.read(), (index) => classes[index] as L);
  }
}
