export { grokkingPanels } from './grokking/panels.ts';
export { grokkingPage } from './grokking/report.ts';
export { type GrokkingRunResult, type GrokkingSummary, grokkingResult } from './grokking/result.ts';
export { type GrokkingEvent, runGrokkingExperiment } from './grokking/run.ts';
export { grokkingText, title as grokkingTitle } from './grokking/sentences.ts';
export type { GrokkingSettings } from './grokking/settings.ts';
