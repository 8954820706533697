export { answerJobs, type JobPort } from './executor/answer-jobs.ts';
export type { Executor } from './executor/executor.ts';
export { runAll } from './executor/run-all.ts';
export { type JobWorker, type WorkerExecutor, workerExecutor } from './executor/worker-executor.ts';
export {
  type FittedLeaf,
  fitLeaf,
  type LeafExecutor,
  type LeafJob,
} from './leaf/fit-leaf.ts';
export type { LeafSettings } from './leaf/settings.ts';
export type { LeafEvent, LeafEvents } from './model/events.ts';
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
export { type LeafNode, leavesOf, type Split, splitsOf, type TreeNode } from './tree/node.ts';
export { Router, type Routes, type RoutingOptions } from './tree/routing.ts';
export type { SplitDirection, TreeOptions, TreeSettings } from './tree/settings.ts';
