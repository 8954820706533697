export { metricPicture } from './grokking/metric.ts';
export { grokkingPanels } from './grokking/panels.ts';
export { grokkingPage, grokkingSeen } from './grokking/report.ts';
export {
  type Course,
  type GrokkingRunResult,
  type GrokkingSummary,
  grokkingResult,
} from './grokking/result.ts';
export { type GrokkingEvent, runGrokkingExperiment } from './grokking/run.ts';
export { grokkingText, title as grokkingTitle } from './grokking/sentences.ts';
export { checkGrokkingSettings, type GrokkingSettings, grokkingOptions } from './grokking/settings.ts';
