export type { FiltersData } from './filters/data.ts';
export { filtersPage } from './filters/report.ts';
export { type FiltersRunResult, type FiltersSummary, filtersResult } from './filters/result.ts';
export {
  type FiltersContext,
  type FiltersEvent,
  type FiltersRun,
  runFiltersExperiment,
} from './filters/run.ts';
export { filtersText, imageKernelWords, roundName } from './filters/sentences.ts';
export { checkFiltersSettings, type FiltersSettings, filtersOptions } from './filters/settings.ts';
