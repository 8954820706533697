import {
  type Classification,
  classification,
  Estimator,
  type Label,
  type LoadOptions,
  loadModel,
  type MatrixInput,
  type ModelSource,
  outputLike,
  type Regression,
  regression,
  type ShapedArray,
  type Task,
  type TaskTypes,
  type TfTensorLike,
  toProbabilities,
} from '@agop/estimators';
import type { DimensionSelection } from '../dimension/selection.ts';
import { type HostMatrix, product, scaleRows } from '../linear/matrix.ts';
import { orthonormalized } from '../linear/symmetric.ts';
import { type SubspaceOptions, type SubspaceSettings, subspaceSettings } from './options.ts';
import { type SubspaceTypes, scaledRows, subspace } from './trainer.ts';

/**
 * What {@link CentralSubspace} and {@link CentralSubspaceClassifier} share: the directions, and rows along
 * them.
 *
 * @typeParam K types of the task
 */
export abstract class SubspaceEstimator<K extends TaskTypes> extends Estimator<SubspaceTypes, K> {
  constructor(task: Task<K>, settings: SubspaceSettings) {
    super(subspace, task, settings);
  }

  /** Number of directions. @throws {NotFittedError} */
  get dimension(): number {
    return this.requireTrained('dimension').fitted.loadings.columns;
  }

  /**
   * An orthonormal basis of the subspace in the units of x, [p, dimension]; its first k columns span the
   * first k directions. What is to be compared with other subspaces; see `subspaceDistance`.
   *
   * @throws {NotFittedError}
   */
  get basis(): ShapedArray {
    const { loadings, scaling } = this.requireTrained('basis').fitted;
    const inverse = scaling.deviation.map((value) => 1 / value);
    return shaped(orthonormalized(scaleRows(loadings, inverse)));
  }

  /**
   * The directions for people, [p, dimension]: how much one standard deviation of each feature moves each
   * coordinate. Orthonormal columns, each of which has a positive entry of largest size; the units of x
   * without `standardize`.
   *
   * @throws {NotFittedError}
   */
  get loadings(): ShapedArray {
    return shaped(this.requireTrained('loadings').fitted.loadings);
  }

  /**
   * The weights of the directions, in descending order: the eigenvalues of the method's matrix, [p], or of
   * `mave`, `refinedMave` and `csMave` one for each direction.
   *
   * @throws {NotFittedError}
   */
  get eigenvalues(): Float64Array {
    return this.requireTrained('eigenvalues').fitted.eigenvalues.slice();
  }

  /** How the dimension was chosen; undefined where it was given. @throws {NotFittedError} */
  get selection(): DimensionSelection | undefined {
    return this.requireTrained('selection').fitted.selection;
  }

  /**
   * Rows along the directions, (x - mean) / deviation · loadings: new features for any model.
   *
   * @param x samples [n, p]
   * @returns [n, dimension], row-major; a `tf.Tensor` for a `tf.Tensor`
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for NaN or infinite values, ragged or empty data
   * @throws {ShapeError} for other features than those of the fit
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   */
  transform(x: TfTensorLike): Promise<TfTensorLike>;
  transform(x: MatrixInput): Promise<ShapedArray>;
  async transform(x: MatrixInput): Promise<ShapedArray | TfTensorLike> {
    const { loadings, scaling } = this.requireTrained('transform()').fitted;
    const { data, rows, columns } = product(scaledRows(await this.read(x), scaling), loadings);
    const like = await outputLike(x, data, [rows, columns]);
    return like instanceof Float64Array ? { data: like, shape: [rows, columns] } : like;
  }
}

/**
 * The directions of the features that a numeric y depends on, by one of the estimators that `methods` names:
 * y depends on x only through a few numbers Bᵀx. Predictions are local linear regression on these.
 *
 * @example
 * using subspace = new CentralSubspace({ backend });
 * await subspace.fit(x, y);
 * console.log(subspace.dimension, subspace.loadings);
 * const features = await subspace.transform(x); // for any model
 */
export class CentralSubspace extends SubspaceEstimator<Regression> {
  /**
   * @throws {OptionError} for unknown names and values out of range, a missing backend, and a dtype that it
   *   does not compute in
   */
  constructor(options: SubspaceOptions) {
    super(regression(), subspaceSettings('CentralSubspace', options));
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a classifier
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError} if the file cannot be read
   */
  static async load(source: ModelSource, options: LoadOptions): Promise<CentralSubspace> {
    const model = await loadModel(subspace, regression(), source, options);
    return new CentralSubspace(model.fitted.settings).adopt(model);
  }
}

/**
 * The directions of the features that tell classes apart, like {@link CentralSubspace}: classes are the
 * slices of inverse regressions, and their indicators the responses of the others.
 *
 * @typeParam L type of the labels
 */
export class CentralSubspaceClassifier<L extends Label = Label> extends SubspaceEstimator<Classification<L>> {
  /**
   * @throws {OptionError} for unknown names and values out of range, a missing backend, and a dtype that it
   *   does not compute in
   */
  constructor(options: SubspaceOptions) {
    super(classification(), subspaceSettings('CentralSubspaceClassifier', options));
  }

  /**
   * The classes: numbers ascending, then strings, then booleans.
   *
   * @throws {NotFittedError}
   */
  get classes(): readonly L[] {
    return this.requireTrained('classes').coding.classes;
  }

  /**
   * Estimates of the class probabilities, row-major [n, classes]: local regression of the indicators of
   * classes, clipped to [0, 1] and scaled to sum 1. They are not calibrated. A `tf.Tensor` gives a
   * `tf.Tensor`.
   *
   * @param x samples [n, p]
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for NaN or infinite values, ragged or empty data
   * @throws {ShapeError} for other features than those of the fit
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {DisposedError} for tensors that have been disposed
   */
  predictProba(x: TfTensorLike): Promise<TfTensorLike>;
  predictProba(x: MatrixInput): Promise<Float64Array>;
  async predictProba(x: MatrixInput): Promise<Float64Array | TfTensorLike> {
    const outputs = await this.outputs(x);
    const classes = this.classes.length;
    return outputLike(x, toProbabilities(outputs, classes), [outputs.length / classes, classes]);
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
    options: LoadOptions,
  ): Promise<CentralSubspaceClassifier<L>> {
    const model = await loadModel(subspace, classification<L>(), source, options);
    return new CentralSubspaceClassifier<L>(model.fitted.settings).adopt(model);
  }
}

function shaped({ data, rows, columns }: HostMatrix): ShapedArray {
  return { data: data.slice(), shape: [rows, columns] };
}
