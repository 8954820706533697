export { attachedPrior, modelAttachments, savedPreprocessor } from './tabular/attachments.ts';
export { type TabularData, tabularData } from './tabular/data.ts';
export { isBeyondChance } from './tabular/known-rows.ts';
export { tabularPage } from './tabular/report.ts';
export { type TabularResult, type TabularSummary, tabularResult } from './tabular/result.ts';
export {
  runTabularExperiment,
  type TabularContext,
  type TabularEvent,
  type TabularRun,
} from './tabular/run.ts';
export { checkTabularSettings, type TabularSettings, tabularOptions } from './tabular/settings.ts';
export { tabularText, topImportances } from './tabular/text.ts';
