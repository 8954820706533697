export { filtersAnsatzPage } from './filters-ansatz/report.ts';
export {
  type FiltersAnsatzResult,
  type FiltersAnsatzSummary,
  filtersAnsatzResult,
} from './filters-ansatz/result.ts';
export {
  type FiltersAnsatzData,
  type FiltersAnsatzEvent,
  type NetworkToMeasure,
  runFiltersAnsatz,
} from './filters-ansatz/run.ts';
export { filtersAnsatzText } from './filters-ansatz/sentences.ts';
export {
  checkFiltersAnsatzSettings,
  type FiltersAnsatzSettings,
  filtersAnsatzOptions,
} from './filters-ansatz/settings.ts';
