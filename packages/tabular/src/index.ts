export type { Executor } from './executor/executor.ts';
export {
  type FittedLeaf,
  fitLeaf,
  type LeafExecutor,
  type LeafJob,
} from './leaf/fit-leaf.ts';
export type { LeafSettings } from './leaf/settings.ts';
export {
  type TabularOptions,
  type TabularSettings,
  tabularSettings,
} from './model/settings.ts';
export {
  type FittedTabular,
  type TabularDescription,
  type TabularTypes,
  tabularTrainer,
} from './model/trainer.ts';
export type { SplitDirection, TreeOptions, TreeSettings } from './tree/settings.ts';
