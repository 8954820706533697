export type { FiltersData } from './filters/data.ts';
export { type Photograph, type PhotographOptions, photographData } from './filters/photographs.ts';
export { filtersOf } from './filters/pictures.ts';
export { filterGrid, filtersPage } from './filters/report.ts';
export {
  type FiltersRunResult,
  type FiltersSummary,
  filtersResult,
  type RoundFilters,
} from './filters/result.ts';
export {
  type FiltersContext,
  type FiltersEvent,
  type FiltersRun,
  runFiltersExperiment,
} from './filters/run.ts';
export { filtersText, imageKernelWords, roundName } from './filters/sentences.ts';
export { checkFiltersSettings, type FiltersSettings, filtersOptions } from './filters/settings.ts';
