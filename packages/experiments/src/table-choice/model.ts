import type { Label } from '@agop/data';
import type { TabularClassifier, TabularRegressor } from '@agop/tabular';

/** A model of a table: of classes, or of numbers. */
export type TableModel = TabularClassifier<Label> | TabularRegressor;

/** Whether a model predicts classes. */
export function isClassifier(model: TableModel): model is TabularClassifier<Label> {
  return 'classes' in model;
}
