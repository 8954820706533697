export { filterStartPage } from './filter-start/report.ts';
export { type FilterStartResult, type FilterStartSummary, filterStartResult } from './filter-start/result.ts';
export { type FilterStartData, type FilterStartEvent, runFilterStart } from './filter-start/run.ts';
export { filterStartText } from './filter-start/sentences.ts';
export { type FilterStartSettings, filterStartOptions } from './filter-start/settings.ts';
