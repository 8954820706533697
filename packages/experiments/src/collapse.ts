export {
  type CollapseData,
  collapseImages,
  collapseSplitImages,
  collapseTable,
  type LabelledRows,
} from './collapse/data.ts';
export { collapsePanels } from './collapse/panels.ts';
export { collapseCurve, collapsePage } from './collapse/report.ts';
export {
  type CollapseLayer,
  type CollapsePlane,
  type CollapseRunResult,
  type CollapseSummary,
  collapseResult,
} from './collapse/result.ts';
export {
  type CollapseContext,
  type CollapseEvent,
  type CollapseRun,
  runCollapseExperiment,
} from './collapse/run.ts';
export { collapseText, mapWords } from './collapse/sentences.ts';
export { type CollapseSettings, checkCollapseSettings, collapseOptions } from './collapse/settings.ts';
export { kernelWords } from './experiment.ts';
