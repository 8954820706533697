import { ShapeError } from '@agop/core';
import { checkObject } from '@agop/core/options';
import { cellText, requireColumn, type TablePreprocessor } from '@agop/data';
import {
  argmaxRows,
  checkLabel,
  classScore,
  classScores,
  hostLabels,
  type Label,
  type LabelInput,
  type ModelSource,
} from '@agop/estimators';
import { calibrate, type ProbabilityMap, toCalibrated } from '../calibration/temperature.ts';
import { conformalBound, labelScores, labelSets } from '../conformal/conformal.ts';
import { TableEstimator, type TableFitOptions } from './estimator.ts';
import { type TableModelOptions, tableModelSettings } from './options.ts';
import { type ClassWeights, isTable, readClassification, type TableInput } from './table-data.ts';
import { loadTable, type TableLoadOptions } from './table-model.ts';

/** Options of `fit` of {@link TabularClassifier}. */
export interface ClassifierFitOptions extends TableFitOptions {
  /**
   * `balanced`: all classes count alike, however many rows they have. Or factors by label, e.g. `{ fraud: 20
   * }`. They multiply `weights`, and count in fits, in the choice of settings and in the calibration.
   */
  readonly classWeights?: ClassWeights | undefined;
}

/** Values of the scores of a classification, with all rows counting alike. */
export type ClassificationScores = Readonly<Record<(typeof classScores)[number], number>>;

/**
 * Classes from any table: chooses settings on the training rows alone, and averages the few best fits, which
 * are Recursive Feature Machines, or trees of them for many rows.
 *
 * @typeParam L type of the labels
 *
 * @example
 * using model = new TabularClassifier({ backend, metric: 'auc' });
 * await model.fit(table, 'outcome');
 * const probabilities = await model.predictProba(further);
 */
export class TabularClassifier<L extends Label = Label> extends TableEstimator {
  /** @throws {OptionError} for unknown names and values out of range */
  constructor(options: TableModelOptions) {
    super(tableModelSettings('TabularClassifier', options, ['brier', ...classScores]));
  }

  /** The classes in the order of the probabilities. @throws {NotFittedError} */
  get classes(): readonly L[] {
    return this.requireModel('classes').task.classes as readonly Label[] as readonly L[];
  }

  /**
   * Chooses settings and fits them to all rows. A failure or abort leaves the estimator as it was.
   *
   * @param x a table, or a matrix [n, d]
   * @param y the name of a column of the table, or labels [n]
   * @throws {ValueError} for columns that are not there, missing labels, one class only, infinite values, and
   *   where no candidate could be judged
   * @throws {ShapeError} where x, y, weights and groups do not go together
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {OptionError} for options out of range: more folds than rows or groups
   * @throws {FormatError} for a `resume` that is none
   * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite
   * @throws {OutOfMemoryError} where the memory of the backend does not suffice
   * @throws {AbortedError} through `signal`
   */
  async fit(x: TableInput, y: string | LabelInput<L>, options: ClassifierFitOptions = {}): Promise<this> {
    const { classWeights, ...others } = checkObject('fit()', options);
    const { data, classes } = await readClassification<L>(x, y, others, classWeights);
    const count = classes.length;
    const task = { task: 'classification' as const, classes: [...classes] };
    return this.train(data, task, others, (outputs, { task: { actual }, weights }) => {
      const indices = Int32Array.from(actual);
      const probability = calibrate(outputs, indices, count, weights);
      return {
        probability,
        conformal: [labelScores(toCalibrated(outputs, count, probability), indices, count)],
      };
    });
  }

  /**
   * The most probable class of each row.
   *
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for columns that are missing, and cells that are no numbers where they must be
   */
  async predict(x: TableInput): Promise<L[]> {
    const { classes } = this;
    return Array.from(argmaxRows(await this.outputs(x), classes.length), (index) => classes[index] as L);
  }

  /**
   * Class probabilities, row-major [n, classes], calibrated by a temperature on rows that the fits had not
   * seen.
   *
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for columns that are missing, and cells that are no numbers where they must be
   */
  async predictProba(x: TableInput): Promise<Float64Array> {
    const { probability } = this.requireModel('predictProba()');
    return toCalibrated(await this.outputs(x), this.classes.length, probability as ProbabilityMap);
  }

  /**
   * Sets of labels that hold the right one with a probability of about `level`, the most probable first and
   * never empty: conformal prediction, see `predictIntervals` of {@link TabularRegressor}.
   *
   * @param level probability, default 0.9
   * @throws {NotFittedError} before `fit` or loading
   * @throws {OptionError} for a level that is not between 0 and 1
   * @throws {ValueError} for columns that are missing, and cells that are no numbers where they must be
   */
  async predictSets(x: TableInput, level = 0.9): Promise<L[][]> {
    const { conformal } = this.requireModel('predictSets()');
    const bound = conformalBound(conformal[0] ?? [], level);
    const { classes } = this;
    const sets = labelSets(await this.predictProba(x), classes.length, bound);
    return sets.map((indices) => indices.map((index) => classes[index] as L));
  }

  /**
   * The fraction of right labels.
   *
   * @param y the labels; default the column of the fit, which the table then must have
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ShapeError} where x and y do not go together
   * @throws {ValueError} for columns and labels that are missing
   */
  async score(x: TableInput, y?: string | LabelInput<L>): Promise<number> {
    return (await this.evaluate(x, y)).accuracy;
  }

  /**
   * All scores; rows of classes that the fit did not have count as wrong for the accuracy. @throws as {@link
   * score}
   */
  async evaluate(x: TableInput, y?: string | LabelInput<L>): Promise<ClassificationScores> {
    const { targets, members } = this.requireModel('score()');
    const probabilities = await this.predictProba(x);
    const { classes } = this;
    const labels = await labelsOf(x, y ?? (targets[0] as string), members[0]?.preprocessor);
    if (labels.length * classes.length !== probabilities.length) {
      throw new ShapeError(
        `y has ${labels.length} labels, but X has ${probabilities.length / classes.length} rows.`,
      );
    }
    const names = classes.map(String);
    const actual = Int32Array.from(labels, (label) => names.indexOf(String(label)));
    const known = Int32Array.from(actual, (_, row) => row).filter((row) => (actual[row] as number) >= 0);
    const some = Float64Array.from({ length: known.length * names.length }, (_, at) => {
      const row = known[Math.floor(at / names.length)] as number;
      return probabilities[row * names.length + (at % names.length)] as number;
    });
    const own = Int32Array.from(known, (row) => actual[row] as number);
    const entries = classScores.map((name) => [name, classScore(name, some, own, names.length)] as const);
    const scores = Object.fromEntries(entries) as Record<(typeof classScores)[number], number>;
    return { ...scores, accuracy: (scores.accuracy * own.length || 0) / actual.length };
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
    options: TableLoadOptions,
  ): Promise<TabularClassifier<L>> {
    const model = await loadTable(source, 'classification', options);
    return new TabularClassifier<L>({ backend: options.backend }).adopt(model);
  }
}

async function labelsOf<L extends Label>(
  x: TableInput,
  y: string | LabelInput<L>,
  preprocessor: TablePreprocessor | undefined,
): Promise<ArrayLike<Label>> {
  if (typeof y !== 'string') {
    const labels = await hostLabels(y, 'y');
    for (let row = 0; row < labels.length; row++) checkLabel(labels[row], row, 'y');
    return labels;
  }
  if (!isTable(x)) throw new ShapeError('y is missing: a matrix has no column of labels.');
  const column = requireColumn(x, y, 'target column');
  // The classes of the fit may be spelt in several ways.
  if (preprocessor?.targetNames[0] === y && column.missing === 0) return preprocessor.labels(x);
  return Array.from({ length: x.rows }, (_, row) => cellText(column, row) ?? '');
}
