export { type CollapseOptions, checkCollapseOptions, collapseOptions } from './collapse/options.ts';
export { checkFiltersOptions, type FiltersOptions, filtersOptions } from './filters/options.ts';
export { checkGrokkingOptions, type GrokkingOptions, grokkingOptions } from './grokking/options.ts';
