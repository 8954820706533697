export { alignmentPanels } from './alignment/panels.ts';
export { alignmentPage } from './alignment/report.ts';
export { type AlignmentResult, type AlignmentSummary, alignmentResult } from './alignment/result.ts';
export { type AlignmentEvent, runAlignment } from './alignment/run.ts';
export { alignmentText } from './alignment/sentences.ts';
export { type AlignmentSettings, alignmentOptions, checkAlignmentSettings } from './alignment/settings.ts';
