import { type Label, requireColumn, type Table, type TablePreprocessor } from '@agop/data';
import { readWeights } from '@agop/estimators';
import type { Judged } from './evaluation.ts';
import { isClassifier, type TableModel } from './model.ts';

/**
 * Predictions of a model for rows with their truth.
 *
 * @param classes of a classification, in the order of its probabilities; undefined of a regression
 */
export function judgedRows(
  classes: readonly Label[] | undefined,
  table: Table,
  preprocessor: TablePreprocessor,
  predicted: ArrayLike<number>,
  weights?: string,
): Judged {
  const own = weights === undefined ? undefined : weightsOf(table, weights);
  if (!classes) {
    const { data, shape } = preprocessor.targets(table);
    return { task: 'regression', predicted, actual: data, outputs: shape[1], weights: own };
  }
  return {
    task: 'classification',
    predicted,
    actual: classIndices(classes, preprocessor.labels(table)),
    outputs: classes.length,
    weights: own,
  };
}

/** Numbers of labels among the classes; -1 for others. */
function classIndices(classes: readonly Label[], labels: readonly Label[]): Int32Array {
  const places = new Map(classes.map((label, at) => [String(label), at]));
  return Int32Array.from(labels, (label) => places.get(String(label)) ?? -1);
}

/**
 * The weights of rows, with mean 1.
 *
 * @throws {ValueError} for a column that is not there, negative weights, and where their sum is 0
 */
function weightsOf(table: Table, name: string): Float64Array {
  const column = requireColumn(table, name, 'column of weights');
  return readWeights(column.kind === 'numeric' ? column.values : column.codes, table.rows, 'rows');
}

/** Outputs of a model for a table: values, or probabilities. */
export function outputsOf(model: TableModel, table: Table): Promise<Float64Array> {
  return isClassifier(model) ? model.predictProba(table) : model.predict(table);
}
