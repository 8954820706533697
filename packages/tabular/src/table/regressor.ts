import { ShapeError } from '@agop/core';
import { TablePreprocessor } from '@agop/data';
import {
  type MatrixInput,
  type ModelSource,
  numericScore,
  numericScores,
  toHostMatrix,
} from '@agop/estimators';
import { conformalBound, residualScores } from '../conformal/conformal.ts';
import { TableEstimator, type TableFitOptions } from './estimator.ts';
import { type TableModelOptions, tableModelSettings } from './options.ts';
import { columnNames, isTable, readRegression, type TableInput } from './table-data.ts';
import { loadTable, type TableLoadOptions } from './table-model.ts';

/** Predictions with intervals, in the units of the targets: row-major, [rows · outputs] each. */
export interface Intervals {
  readonly predictions: Float64Array;
  /** -∞ where too few rows were held out for the level. */
  readonly lower: Float64Array;
  readonly upper: Float64Array;
}

/** Values of the scores of a regression, with all rows counting alike. */
export type RegressionScores = Readonly<Record<(typeof numericScores)[number], number>>;

/**
 * Numbers from any table: chooses settings on the training rows alone, and averages the few best fits, which
 * are Recursive Feature Machines, or trees of them for many rows.
 *
 * @example
 * using model = new TabularRegressor({ backend });
 * await model.fit(table, 'price');
 * const { lower, upper } = await model.predictIntervals(further, 0.9);
 */
export class TabularRegressor extends TableEstimator {
  /** @throws {OptionError} for unknown names and values out of range */
  constructor(options: TableModelOptions) {
    super(tableModelSettings('TabularRegressor', options, numericScores));
  }

  /**
   * Chooses settings and fits them to all rows. A failure or abort leaves the estimator as it was.
   *
   * @param x a table, or a matrix [n, d]
   * @param y the name of a column of the table, or of several; or values [n] or [n, outputs]
   * @throws {ValueError} for columns that are not there, targets that are missing or do not vary, infinite
   *   values, and where no candidate could be judged
   * @throws {ShapeError} where x, y, weights and groups do not go together
   * @throws {DTypeError} for data that is of no accepted kind
   * @throws {OptionError} for options out of range: more folds than rows or groups
   * @throws {FormatError} for a `resume` that is none
   * @throws {NotPositiveDefiniteError} if a kernel matrix plus ridge is not numerically positive definite
   * @throws {OutOfMemoryError} where the memory of the backend does not suffice
   * @throws {AbortedError} through `signal`
   */
  async fit(
    x: TableInput,
    y: string | readonly string[] | MatrixInput,
    options: TableFitOptions = {},
  ): Promise<this> {
    const data = await readRegression(x, y, options);
    const { outputs } = data.task as { readonly outputs: number };
    return this.train(
      data,
      { task: 'regression', singleOutput: outputs === 1 },
      options,
      (predictions, seen) => ({
        conformal: residualScores(predictions, seen.task.actual, outputs),
        probability: undefined,
      }),
    );
  }

  /**
   * Predictions in the units of the targets, row-major: length n for one target, else n · targets.
   *
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ValueError} for columns that are missing, and cells that are no numbers where they must be
   */
  predict(x: TableInput): Promise<Float64Array> {
    return this.outputs(x);
  }

  /**
   * Predictions with intervals that hold the true value with a probability of about `level`: conformal
   * prediction from residuals of rows that the fits had not seen. With the option `calibration` the rows
   * chose nothing, and the level holds exactly for further rows of the same kind (split conformal); else the
   * rows judged the choice, each by fits without it (cross-conformal), and it holds nearly.
   *
   * @param level probability, default 0.9
   * @throws {NotFittedError} before `fit` or loading
   * @throws {OptionError} for a level that is not between 0 and 1
   * @throws {ValueError} for columns that are missing, and cells that are no numbers where they must be
   */
  async predictIntervals(x: TableInput, level = 0.9): Promise<Intervals> {
    const { conformal } = this.requireModel('predictIntervals()');
    const bounds = conformal.map((scores) => conformalBound(scores, level));
    const predictions = await this.outputs(x);
    const bound = (at: number): number => bounds[at % bounds.length] as number;
    return {
      predictions,
      lower: predictions.map((value, at) => value - bound(at)),
      upper: predictions.map((value, at) => value + bound(at)),
    };
  }

  /**
   * The coefficient of determination R², averaged over targets.
   *
   * @param y their values; default the columns of the fit, which the table then must have
   * @throws {NotFittedError} before `fit` or loading
   * @throws {ShapeError} where x and y do not go together
   * @throws {ValueError} for columns that are missing, and cells that are no numbers
   */
  async score(x: TableInput, y?: string | readonly string[] | MatrixInput): Promise<number> {
    return (await this.evaluate(x, y)).r2;
  }

  /** All scores. @throws as {@link score} */
  async evaluate(x: TableInput, y?: string | readonly string[] | MatrixInput): Promise<RegressionScores> {
    const { targets, outputs } = this.requireModel('score()');
    const predictions = await this.outputs(x);
    const actual = await valuesOf(x, y ?? targets);
    if (actual.length !== predictions.length) {
      throw new ShapeError(
        `y has ${actual.length / outputs} rows for each target, but X has ${predictions.length / outputs}.`,
      );
    }
    const entries = numericScores.map((name) => [name, numericScore(name, predictions, actual, outputs)]);
    return Object.fromEntries(entries) as RegressionScores;
  }

  /**
   * Loads a model from a file (Node) or from its bytes.
   *
   * @throws {FormatError} for files that are truncated, foreign, of a newer version, or hold a classifier
   * @throws {OptionError} for a dtype that the backend does not compute in
   * @throws {StorageError} if the file cannot be read
   */
  static async load(source: ModelSource, options: TableLoadOptions): Promise<TabularRegressor> {
    const model = await loadTable(source, 'regression', options);
    return new TabularRegressor({ backend: options.backend }).adopt(model);
  }
}

async function valuesOf(
  x: TableInput,
  y: string | readonly string[] | MatrixInput,
): Promise<ArrayLike<number>> {
  const names = columnNames(y);
  if (!names) return (await toHostMatrix(y as MatrixInput, 'y')).data;
  if (!isTable(x)) throw new ShapeError('y is missing: a matrix has no columns of targets.');
  return TablePreprocessor.fit(x, { target: names, task: 'regression' }).targets(x).data;
}
