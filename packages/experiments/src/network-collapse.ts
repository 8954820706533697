export { networkCollapsePanels } from './network-collapse/panels.ts';
export { networkCollapsePage } from './network-collapse/report.ts';
export {
  type NetworkCollapseResult,
  type NetworkCollapseSummary,
  type NetworkEpoch,
  networkCollapseResult,
} from './network-collapse/result.ts';
export {
  type NetworkCollapseContext,
  type NetworkCollapseEvent,
  runNetworkCollapse,
} from './network-collapse/run.ts';
export { networkCollapseText } from './network-collapse/sentences.ts';
export {
  checkNetworkCollapseSettings,
  type NetworkCollapseSettings,
  networkCollapseOptions,
} from './network-collapse/settings.ts';
