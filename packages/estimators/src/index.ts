export { argmaxRows, toProbabilities } from './decisions.ts';
export type { FitOptions, IterationEvent, IterationRecord } from './fit-options.ts';
export * from './input/index.ts';
export {
  checkLabelCount,
  hostLabels,
  type Label,
  LabelEncoder,
  type LabelInput,
  oneHot,
} from './labels.ts';
export { ModelHolder } from './model-holder.ts';
export { type Holdout, holdOut, type Rows, takeRows, uploadRows } from './rows.ts';
export { accuracy, meanAbsoluteError, meanSquaredError, rSquared } from './scores.ts';
export { type LabelledRows, type LabelledSplit, splitLabelled } from './split.ts';
export * from './storage/index.ts';
export {
  measureScale,
  restore,
  restoredScale,
  savedScale,
  standardize,
  type TargetScale,
  unitScale,
} from './target-scale.ts';
