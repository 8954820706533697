export { type CollapsePanelOptions, mountCollapsePanel } from './collapse/panel.tsx';
export { PageEngine, pageEngine } from './engine/page-engine.ts';
export { type FiltersPanelOptions, mountFiltersPanel } from './filters/panel.tsx';
export { type GrokkingPanelOptions, mountGrokkingPanel } from './grokking/panel.tsx';
export { mountTablePanel, type TablePanelOptions } from './table/panel.tsx';
export type { MountedPanel } from './ui/mounted-panel.ts';
