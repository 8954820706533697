export { calibrate, type ProbabilityMap, toCalibrated } from './calibration/temperature.ts';
export { conformalBound, labelScores, labelSets, residualScores } from './conformal/conformal.ts';
export { type Average, type AveragedFit, type GreedyOptions, greedyAverage } from './ensemble/greedy.ts';
export {
  leavesOn,
  runTabularJob,
  type TabularExecutor,
  type TabularJob,
  type TabularResult,
  tabularOnPool,
} from './jobs/tabular-job.ts';
export {
  type FittedLeaf,
  fitLeaf,
  type LeafExecutor,
  type LeafJob,
} from './leaf/fit-leaf.ts';
export { leafFromBytes, leafToBytes } from './leaf/leaf-file.ts';
export type { LeafSettings } from './leaf/settings.ts';
export type { LeafEvent, LeafEvents } from './model/events.ts';
export { type ExpectedFit, expectedFit } from './model/expected-fit.ts';
export { agopOf, contributionsOf, featureImportances, leafImportances } from './model/explain.ts';
export type { TabularDescription } from './model/file.ts';
export type { FittedTabular, TabularLeaf } from './model/fitted.ts';
export { gradientsOf, type OutputsWithGradients } from './model/gradients.ts';
export { tabularPresets } from './model/presets.ts';
export {
  type TabularOptions,
  type TabularSettings,
  tabularSettings,
} from './model/settings.ts';
export { type TabularTypes, tabularTrainer } from './model/trainer.ts';
export {
  type ClassificationScores,
  type ClassifierFitOptions,
  TabularClassifier,
} from './table/classifier.ts';
export type { ContributionOptions, Contributions } from './table/contributions.ts';
export { TableEstimator, type TableFitOptions } from './table/estimator.ts';
export type { Extrapolation } from './table/extrapolation.ts';
export { usualLeafRows } from './table/fitted-table.ts';
export { tableFormat } from './table/model-file.ts';
export type { TableModelOptions } from './table/options.ts';
export { type Intervals, type RegressionScores, TabularRegressor } from './table/regressor.ts';
export type { ClassWeights, TableInput, TableRoles } from './table/table-data.ts';
export type { JudgedRows, TableLoadOptions, TableModel } from './table/table-model.ts';
export { type LeafNode, leavesOf, type Split, splitsOf, type TreeNode } from './tree/node.ts';
export { Router, type Routes, type RoutingOptions } from './tree/routing.ts';
export type { SplitDirection, TreeOptions, TreeSettings } from './tree/settings.ts';
export type { Candidate, FitChoice } from './tuner/candidate.ts';
export type { CandidateFits, CandidateJob, JudgedFit } from './tuner/candidate-fit.ts';
export type { Comparison } from './tuner/comparison.ts';
export type { Judging } from './tuner/division.ts';
export type { JudgedChoice, Verdict } from './tuner/judge.ts';
export type { OutputScale } from './tuner/output-scale.ts';
export { portfolio } from './tuner/portfolio.ts';
export { type Dimension, drawCandidate, type SearchSpace, type SpaceName, spaces } from './tuner/space.ts';
export type { TargetTransform } from './tuner/target-transform.ts';
export type { TrialEvent, TrialRecord } from './tuner/trial.ts';
export { decodeTrials, encodeTrial } from './tuner/trial-log.ts';
export type { Member } from './tuner/tuner.ts';
