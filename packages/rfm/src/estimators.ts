/**
 * Parts of which estimators are made: for the packages of agop, and for those who write an estimator of their own.
 *
 * @module
 */
export { argmaxRows, toProbabilities } from './estimators/decisions.ts';
export { inKind } from './estimators/in-kind.ts';
export { checkLabelCount, hostLabels } from './estimators/labels.ts';
export { ModelHolder } from './estimators/model-holder.ts';
export { chooseDType } from './estimators/precision.ts';
export { accuracy, rSquared } from './estimators/scores.ts';
export { type LabelledRows, type LabelledSplit, splitLabelled } from './estimators/split.ts';
export {
  measureScale,
  restore,
  restoredScale,
  savedScale,
  standardize,
  type TargetScale,
  unitScale,
} from './estimators/target-scale.ts';
