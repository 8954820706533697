export { type LabelCoding, toProbabilities } from './class-codes.ts';
export { type Classification, classification } from './classification.ts';
export { Estimator, loadModel, type Model, type SaveOptions } from './estimator.ts';
export { answerJobs, type JobPort } from './executor/answer-jobs.ts';
export type { Executor } from './executor/executor.ts';
export { type RunAllOptions, runAll } from './executor/run-all.ts';
export { type JobWorker, type WorkerExecutor, workerExecutor } from './executor/worker-executor.ts';
export { finiteOutputs } from './finite-outputs.ts';
export {
  type FitOptions,
  type FitWarning,
  fitWarningCodes,
  type IterationEvent,
  type IterationEvents,
  type IterationRecord,
  Stopwatch,
} from './fit-options.ts';
export * from './input/index.ts';
export {
  checkLabel,
  hostLabels,
  type Label,
  LabelEncoder,
  type LabelInput,
  type LabelOf,
  oneHot,
} from './labels.ts';
export {
  accuracy,
  balancedAccuracy,
  brierScore,
  f1Score,
  logLoss,
} from './metrics/classes.ts';
export {
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredNorm,
  rootMeanSquaredError,
  rSquared,
} from './metrics/numbers.ts';
export {
  areaUnderRoc,
  areaUnderRocOfClasses,
  averagePrecision,
  sweepThresholds,
  type ThresholdPoint,
  type ThresholdSweep,
} from './metrics/ranking.ts';
export {
  decodeModel,
  encodeModel,
  fromFile,
  type ModelContent,
  type ModelFormat,
  type ModelParts,
  nest,
  nested,
  type TaskDescription,
} from './model-file.ts';
export {
  type PermutationImportances,
  type PermutationOptions,
  permutationImportances,
} from './permutation.ts';
export { type Regression, regression } from './regression.ts';
export {
  argmaxRows,
  checkFeatures,
  type Holdout,
  holdOut,
  type Rows,
  takenFrom,
  takeRows,
  takeSamples,
  uploadRows,
} from './rows.ts';
export { historySchema, kernelSchema, measureSchema, namedSchema, taskSchema } from './schema.ts';
export {
  beats,
  better,
  classScore,
  classScores,
  directionOf,
  type Judged,
  nameOfScore,
  numericScore,
  numericScores,
  type OwnScore,
  type Score,
  type ScoreName,
  type Scores,
} from './scores.ts';
export { measureColumns, type Standardization, standardize } from './standardization.ts';
export * from './storage/index.ts';
export type { AnswersFor, Coding, LabeledBy, TargetCoding, Task, TaskTypes } from './task.ts';
export {
  type FitJob,
  type FittedModel,
  type LoadOptions,
  type MatrixTypes,
  matrixSamples,
  type SampleReader,
  type Samples,
  type Trainer,
  type TrainerSettings,
  type TrainerTypes,
} from './trainer.ts';
export { classWeights, readWeights } from './weights.ts';
