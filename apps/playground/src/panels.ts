export { mountTablePanel, type TablePanelOptions } from './table/panel.tsx';
export type { MountedPanel } from './ui/mounted-panel.ts';
