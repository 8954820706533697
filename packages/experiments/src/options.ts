export { type AlignmentSettings, alignmentOptions, checkAlignmentSettings } from './alignment/settings.ts';
export { type AnsatzSettings, ansatzOptions, checkAnsatzSettings } from './ansatz/settings.ts';
export { type CollapseSettings, checkCollapseSettings, collapseOptions } from './collapse/settings.ts';
export { type FilterStartSettings, filterStartOptions } from './filter-start/settings.ts';
export { checkFiltersSettings, type FiltersSettings, filtersOptions } from './filters/settings.ts';
export {
  checkFiltersAnsatzSettings,
  type FiltersAnsatzSettings,
  filtersAnsatzOptions,
} from './filters-ansatz/settings.ts';
export { checkGrokkingSettings, type GrokkingSettings, grokkingOptions } from './grokking/settings.ts';
export { checkHashingSettings, type HashingRunSettings, hashingRunOptions } from './hashing/settings.ts';
export {
  checkInterpolationSettings,
  type InterpolationSettings,
  interpolationOptions,
} from './interpolation/settings.ts';
export { type LayersSettings, layersOptions } from './layers/settings.ts';
export {
  checkNetworkCollapseSettings,
  type NetworkCollapseSettings,
  networkCollapseOptions,
} from './network-collapse/settings.ts';
export { checkPhenomenaSettings, type PhenomenaSettings, phenomenaOptions } from './phenomena/settings.ts';
export { refuse } from './refuse.ts';
export { checkSubspaceSettings, type SubspaceSettings, subspaceOptions } from './subspace/settings.ts';
export {
  checkTableChoiceSettings,
  type TableChoiceSettings,
  tableChoiceOptions,
} from './table-choice/settings.ts';
export { checkTabularSettings, type TabularSettings, tabularOptions } from './tabular/settings.ts';
