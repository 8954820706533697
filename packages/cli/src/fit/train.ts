import type { Backend } from '@agop/core';
import type { DenseMatrix, Label } from '@agop/data';
import type { IterationEvent, IterationRecord } from '@agop/estimators';
import { RFMClassifier, RFMRegressor } from '@agop/rfm';
import type { OptionValues } from '../options.ts';
import type { DividedTable } from './held-out.ts';
import { estimatorOptions } from './settings.ts';

/** A fitted model of either kind. */
export type Model = RFMRegressor | RFMClassifier<Label>;

/** Fits the estimator that the task asks for. The caller disposes of the model. */
export async function trainModel(
  backend: Backend,
  { preprocessor, training, held }: DividedTable,
  options: OptionValues,
  onIteration: (event: IterationEvent) => void,
): Promise<Model> {
  const settings = { ...estimatorOptions(options), backend };
  const x = preprocessor.transform(training);
  const heldX = held && preprocessor.transform(held, { unknownCategories: 'ignore' });
  if (preprocessor.task === 'classification') {
    const validation = held && heldX && { x: heldX, y: preprocessor.labels(held) };
    const model = new RFMClassifier<Label>(settings);
    return model.fit(x, preprocessor.labels(training), { onIteration, ...(validation && { validation }) });
  }
  const validation = held && heldX && { x: heldX, y: preprocessor.targets(held) };
  const model = new RFMRegressor(settings);
  return model.fit(x, preprocessor.targets(training), { onIteration, ...(validation && { validation }) });
}

/** How well the iterations did, in words of the task. */
export interface Scoreboard {
  readonly metric: 'accuracy' | 'mse';
  readonly history: readonly IterationRecord[];
  readonly best: number;
  /** Held-out rows, 0 without any. */
  readonly heldRows: number;
  /** Variance of the held-out targets; undefined for classification. */
  readonly variance: number | undefined;
}

/** Collects what is reported of the iterations of a fit. */
export function scoreboard(model: Model, { preprocessor, held }: DividedTable): Scoreboard {
  const isClassification = preprocessor.task === 'classification';
  return {
    metric: isClassification ? 'accuracy' : 'mse',
    history: model.history,
    best: model.best,
    heldRows: held?.rows ?? 0,
    variance: held === undefined || isClassification ? undefined : variance(preprocessor.targets(held)),
  };
}

/** Mean squared deviation from the means of the columns. */
function variance({ data, shape: [rows, columns] }: DenseMatrix): number {
  let sum = 0;
  for (let c = 0; c < columns; c++) {
    let mean = 0;
    for (let i = 0; i < rows; i++) mean += (data[i * columns + c] as number) / rows;
    for (let i = 0; i < rows; i++) sum += ((data[i * columns + c] as number) - mean) ** 2;
  }
  return sum / (rows * columns);
}
